-- The usual working day, hour by hour, for each segment and tariff.
select
    segment, tariff, hour_of_day,
    round(avg(wh_per_m2), 3) as wh_per_m2,
    round(avg(price_eur_kwh), 4) as price_eur_kwh
from {{ ref('demand_price_elasticity') }}
where not is_free
group by all
