select * from {{ ref('price_elasticity') }} where elasticity >= 0
