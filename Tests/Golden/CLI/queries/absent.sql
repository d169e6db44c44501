FROM carriers;
SELECT carier FROM (SELECT 1 AS carrier);
