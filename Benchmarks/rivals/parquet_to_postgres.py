"""Polars, CSV and COPY in batches of two million rows: the fast way that people find.

usage: parquet_to_postgres.py PARQUET SERVER
"""

import io
import sys

import polars
import psycopg2

source, server = sys.argv[1:]
with psycopg2.connect(server) as connection, connection.cursor() as cursor:
    cursor.execute("CREATE TABLE items (id bigint, quantity integer, price double precision, name text, day date)")
    for batch in polars.read_parquet(source).iter_slices(2_000_000):
        text = io.BytesIO()
        batch.write_csv(text, include_header=False)
        text.seek(0)
        cursor.copy_expert("COPY items FROM STDIN (FORMAT csv)", text)
