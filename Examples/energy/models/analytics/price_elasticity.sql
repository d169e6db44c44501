-- How demand answers to price, by segment: -0.3 means that a price 10 % higher lowers demand by 3 %.
with hours as (
    select * from {{ ref('demand_price_elasticity') }} where outage_share = 0
),

-- Customers of one tariff may always draw more than those of another; that is no answer to a price.
centred as (
    select
        segment, kwh,
        log_demand - avg(log_demand) over same_customers as log_demand,
        log_price - avg(log_price) over same_customers as log_price
    from hours
    window same_customers as (partition by region, segment, tariff)
)

select
    segment,
    round(regr_slope(log_demand, log_price), 3) as elasticity,
    round(sqrt((1 - regr_r2(log_demand, log_price)) * regr_syy(log_demand, log_price)
               / regr_sxx(log_demand, log_price) / (count(*) - 2)), 4) as standard_error,
    round(regr_r2(log_demand, log_price), 3) as r2,
    count(*) as hours,
    round(sum(kwh) / 1000, 1) as mwh
from centred
group by segment
