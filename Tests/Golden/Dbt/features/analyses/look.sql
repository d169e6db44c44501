select * from {{ ref('summary') }}
