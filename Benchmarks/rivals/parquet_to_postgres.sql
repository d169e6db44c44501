-- DuckDB's own extension for PostgreSQL, which sends binary COPY as well.
LOAD '$extension';
ATTACH '$server' AS warehouse (TYPE postgres);
CREATE TABLE warehouse.public.items AS FROM '$source';
