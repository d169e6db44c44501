-- width: 120
SELECT 1 AS whole, 2.50::DECIMAL(9,2) AS exact, 1e100::DOUBLE AS large, 'text' AS text, true AS yes, DATE '2026-01-02' AS day,
    TIMESTAMP '2026-01-02 03:04:05.678' AS moment;
SELECT [1, 2, NULL] AS list, {'a': 1, 'b': 'x'} AS struct, MAP {'k': 1} AS map, '\xAA'::BLOB AS blob, INTERVAL 3 DAY AS interval, NULL AS nothing,
    'a'::ENUM ('a', 'b') AS enum, 170141183460469231731687303715884105727::HUGEINT AS huge;
