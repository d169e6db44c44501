select * from {{ ref('stg_orders') }} join {{ ref('helper') }} on true
