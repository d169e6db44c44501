"""pandas in chunks of 1,000 rows into DuckDB, as loaders that must not hold a file in memory do it.

usage: csv_to_table.py CSV DATABASE [--one-transaction]
"""

import sys

import duckdb
import pandas

source, database, *options = sys.argv[1:]
with duckdb.connect(database) as connection:
    # As such scripts are written, every chunk commits; who knows DuckDB well puts one transaction around them all.
    if options:
        connection.begin()
    for number, chunk in enumerate(pandas.read_csv(source, chunksize=1000, parse_dates=["day"])):
        if number == 0:
            connection.execute("CREATE TABLE items AS FROM chunk LIMIT 0")
        connection.execute("INSERT INTO items FROM chunk")
    if options:
        connection.commit()
