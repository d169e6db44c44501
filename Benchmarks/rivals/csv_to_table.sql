-- DuckDB's own command line: $source is the CSV file.
CREATE TABLE items AS FROM '$source';
