select 1 as id, 'x' as name, true as ok
