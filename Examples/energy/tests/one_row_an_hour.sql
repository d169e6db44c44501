-- Region, segment, tariff and hour tell the rows of the master table apart.
select region, segment, tariff, read_at, count(*) as times
from {{ ref('demand_price_elasticity') }}
group by all
having count(*) > 1
