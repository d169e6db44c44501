select * from {{ ref('by_bike') }} where paid < 0
