select '{{ var('flavour') }}' as f, * from {{ source('raw_extra', 't') }}
