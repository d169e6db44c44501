select 1 as b from {{ ref('extra_model') }}
