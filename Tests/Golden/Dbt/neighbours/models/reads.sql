select 1 as id from {{ source('files', 'plain') }}, {{ source('files', 'other') }}
