"""The benchmarks, in the order of the table. A new one is a file beside this one and a line below."""

from . import (
    csv_to_table,
    dbt_build,
    dbt_overhead,
    dbt_parse,
    flat_memory,
    huge_load,
    parquet_to_postgres,
    related_load,
    start_up,
    table_to_csv,
)

CASES = {
    "csv-to-table": csv_to_table,
    "table-to-csv": table_to_csv,
    "parquet-to-postgres": parquet_to_postgres,
    "related-load": related_load,
    "start-up": start_up,
    "flat-memory": flat_memory,
    "dbt-build": dbt_build,
    "dbt-parse": dbt_parse,
    "dbt-overhead": dbt_overhead,
}

# Those that take too much time or disk to be run unless they are asked for.
ON_REQUEST = {"huge-load": huge_load}
