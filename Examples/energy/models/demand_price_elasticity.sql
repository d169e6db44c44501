-- One row for each region, segment, tariff and hour: demand, price, and what else moves demand.
with readings as (
    select meter_id, read_at, kwh, quality
    from {{ source('inputs', 'meter_readings') }}
    where kwh is not null
),

contracts as (
    select meter_id, region, segment, tariff, floor_area_m2, has_heat_pump
    from {{ source('inputs', 'customers') }}
),

demand as (
    select
        c.region, c.segment, c.tariff, r.read_at,
        count(*) as meters,
        sum(r.kwh) as kwh,
        1000 * sum(r.kwh) / sum(c.floor_area_m2) as wh_per_m2,
        avg((r.quality = 'estimated')::int) as estimated_share,
        avg(c.has_heat_pump::int) as heat_pump_share
    from readings r
    join contracts c using (meter_id)
    group by all
),

spot as (
    select price_at, eur_mwh / 1000 as spot_eur_kwh
    from {{ source('inputs', 'spot_prices') }}
),

hours as (
    select distinct read_at, hour(read_at) as hour_of_day, read_at::date as day
    from demand
),

prices as (
    select
        h.read_at, t.tariff,
        t.eur_kwh + t.spot_share * greatest(s.spot_eur_kwh, 0.005) as price_eur_kwh,
        s.spot_eur_kwh
    from hours h
    join {{ source('inputs', 'tariffs') }} t
        on h.day >= t.valid_from and h.day < t.valid_to
        and h.hour_of_day >= t.from_hour and h.hour_of_day < t.to_hour
    join spot s on s.price_at = h.read_at
),

weather as (
    select
        region, observed_at, temperature_c, wind_ms, solar_wm2,
        greatest(0, 16 - temperature_c) as heating_degrees,
        greatest(0, temperature_c - 23) as cooling_degrees
    from {{ source('inputs', 'weather') }}
),

days as (
    select day, is_weekend, is_holiday, is_weekend or is_holiday as is_free, is_school_holiday
    from {{ source('inputs', 'calendar') }}
),

forecasts as (
    select region, segment, forecast_for, forecast_kwh
    from {{ source('inputs', 'load_forecasts') }}
),

cuts as (
    select h.read_at, o.region, max(o.share_affected) as outage_share
    from hours h
    join {{ source('inputs', 'outages') }} o on h.read_at >= o.started_at and h.read_at < o.ended_at
    group by all
),

joined as (
    select
        d.region, d.segment, d.tariff, d.read_at, h.day, h.hour_of_day,
        h.hour_of_day between 17 and 20 as is_peak,
        c.is_free, c.is_school_holiday,
        d.meters, d.kwh, d.wh_per_m2, d.estimated_share, d.heat_pump_share,
        p.price_eur_kwh, p.spot_eur_kwh,
        w.temperature_c, w.heating_degrees, w.cooling_degrees, w.wind_ms, w.solar_wm2,
        coalesce(x.outage_share, 0) as outage_share
    from demand d
    join hours h using (read_at)
    join days c using (day)
    join prices p using (read_at, tariff)
    join weather w on w.region = d.region and w.observed_at = d.read_at
    left join cuts x on x.region = d.region and x.read_at = d.read_at
),

-- What the same customers do in the same hour at other prices is the best guess at what this price does.
compared as (
    select
        *,
        ln(wh_per_m2) - avg(ln(wh_per_m2)) over same_hour as log_demand,
        ln(price_eur_kwh) - avg(ln(price_eur_kwh)) over same_hour as log_price
    from joined
    window same_hour as (partition by region, segment, read_at)
),

usual as (
    select
        *,
        avg(wh_per_m2) over (
            partition by region, segment, tariff, hour_of_day, is_free order by read_at
            range between interval 28 days preceding and interval 1 hour preceding
        ) as usual_wh_per_m2
    from compared
)

select
    u.region, u.segment, u.tariff, u.read_at, u.day, u.hour_of_day, u.is_peak, u.is_free, u.is_school_holiday,
    u.meters, round(u.kwh, 3) as kwh, round(u.wh_per_m2, 4) as wh_per_m2,
    round(u.usual_wh_per_m2, 4) as usual_wh_per_m2,
    u.price_eur_kwh, u.spot_eur_kwh, round(u.kwh * u.price_eur_kwh, 4) as revenue_eur,
    u.price_eur_kwh / {{ var('reference_price') }} as relative_price,
    u.log_demand, u.log_price,
    u.temperature_c, u.heating_degrees, u.cooling_degrees, u.wind_ms, u.solar_wm2, u.outage_share,
    f.forecast_kwh as segment_forecast_kwh,
    sum(u.kwh) over (partition by u.region, u.segment, u.read_at) as segment_kwh
from usual u
left join forecasts f on f.region = u.region and f.segment = u.segment and f.forecast_for = u.read_at
