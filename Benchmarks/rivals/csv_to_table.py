"""pandas in chunks of 1,000 rows into DuckDB, as loaders that must not hold a file in memory do it.

usage: csv_to_table.py CSV DATABASE
"""

import sys

import duckdb
import pandas

source, database = sys.argv[1:]
with duckdb.connect(database) as connection:
    # One transaction: with one for each chunk, it takes several times as long.
    connection.begin()
    for number, chunk in enumerate(pandas.read_csv(source, chunksize=1000, parse_dates=["day"])):
        if number == 0:
            connection.execute("CREATE TABLE items AS FROM chunk LIMIT 0")
        connection.execute("INSERT INTO items FROM chunk")
    connection.commit()
