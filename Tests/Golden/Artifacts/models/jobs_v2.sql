select id, bike, cast(hours as double) as hours, cast(done_at as date) as done_at from {{ ref('repairs') }}
