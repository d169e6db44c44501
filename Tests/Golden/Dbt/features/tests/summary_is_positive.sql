select * from {{ ref('summary') }} where n < 0
