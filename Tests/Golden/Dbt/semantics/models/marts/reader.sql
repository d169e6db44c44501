select * from {{ ref('secret') }} cross join {{ ref('orders') }} o join {{ ref('orders', v=1) }} x on true join {{ ref('shop', 'eph') }} e on true
