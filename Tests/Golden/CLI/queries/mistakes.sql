CREATE TABLE customers (id INTEGER, name VARCHAR);
SELECT *
FROM custmers
WHERE id = 1;
SELECT nmae FROM customers;
SELECT CAST('x' AS INTEGER);
SELECT '数据', nope FROM customers;
SELECT 'a long line before the mistake, a long line before the mistake, a long line before the mistake', nope FROM customers;
