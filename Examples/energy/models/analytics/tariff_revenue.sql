-- What each tariff earned in a week, and at which average price.
select
    date_trunc('week', day)::date as week, tariff,
    round(sum(revenue_eur), 2) as revenue_eur,
    round(sum(kwh), 1) as kwh,
    round(sum(revenue_eur) / sum(kwh), 4) as eur_kwh
from {{ ref('demand_price_elasticity') }}
group by all
