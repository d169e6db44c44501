SELECT 1 AS a, 'x' AS b WHERE false;
