"""pandas writes a table of DuckDB's as CSV, as everybody does it: all of it at once.

usage: table_to_csv.py DATABASE CSV
"""

import sys

import duckdb

database, target = sys.argv[1:]
with duckdb.connect(database, read_only=True) as connection:
    connection.table("items").df().to_csv(target, index=False)
