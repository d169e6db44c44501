select id, 1.0 as old_amount from {{ ref('stg_orders') }}
