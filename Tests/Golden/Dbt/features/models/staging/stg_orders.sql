select * from {{ source('shop_src', 'orders') }} where day >= '{{ var("day") }}'
