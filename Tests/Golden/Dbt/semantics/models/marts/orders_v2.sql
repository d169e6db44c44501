select cast(id as int) as id, cast(amount as double) as amount from {{ ref('stg_orders') }}
