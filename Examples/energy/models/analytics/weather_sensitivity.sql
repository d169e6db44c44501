-- Demand by temperature: the warmer the less heating, the hotter the more cooling.
select
    segment,
    2 * floor(temperature_c / 2) + 1 as temperature_c,
    count(*) as hours,
    round(avg(wh_per_m2), 3) as wh_per_m2
from {{ ref('demand_price_elasticity') }}
group by all
having count(*) >= 24
