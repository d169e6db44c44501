-- How far the forecasts were off, by day and region, in percent of what was drawn.
with hourly as (
    select distinct region, segment, day, read_at, segment_kwh, segment_forecast_kwh
    from {{ ref('demand_price_elasticity') }}
    where segment_forecast_kwh is not null
)

select
    day, region,
    round(sum(segment_kwh), 1) as kwh,
    round(sum(segment_forecast_kwh), 1) as forecast_kwh,
    round(100 * sum(abs(segment_kwh - segment_forecast_kwh)) / sum(segment_kwh), 2) as error_percent
from hourly
group by all
