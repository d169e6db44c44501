select cast(d as date) as day from generate_series(date '2026-03-01', date '2026-03-03', interval 1 day) days(d)
