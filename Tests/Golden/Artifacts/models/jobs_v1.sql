select id, bike, hours, cast(done_at as date) as done_at from {{ source('books', 'repairs') }}
