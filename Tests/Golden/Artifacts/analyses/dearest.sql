select max(paid) from {{ ref('by_bike') }}
