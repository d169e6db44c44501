"""The rows that are moved: seeded, so that they are the same everywhere, and made by DuckDB, so that it takes seconds."""

import os
from functools import cached_property
from pathlib import Path

from .duckdb import duckdb_lines

# Five columns of five types, about 49 bytes a row as CSV: 20 million rows are one gigabyte.
ROWS = """
    SELECT i + 1 AS id,
           (hash(i, 'quantity') % 999 + 1)::INTEGER AS quantity,
           (hash(i, 'price') % 1000000) / 100 AS price,
           ['amber', 'black', 'coral', 'green', 'ivory', 'olive', 'white'][(hash(i, 'colour') % 7)::INTEGER + 1] || '-'
             || ['eagle', 'finch', 'goose', 'heron', 'raven', 'robin', 'stork'][(hash(i, 'bird') % 7)::INTEGER + 1] || '-'
             || lpad((hash(i, 'number') % 10000)::VARCHAR, 4, '0') AS name,
           DATE '2015-01-01' + (hash(i, 'day') % 3650)::INTEGER AS day
    FROM range({rows}) AS t(i)
"""

# Understood by DuckDB and PostgreSQL alike, in whole numbers throughout. Each value is multiplied by something of its
# row's id, so that values in the wrong row show; of each name one character is looked at, another one in each row.
CHECKSUM = """
    SELECT count(*),
           sum(id::bigint),
           sum(id::bigint % 1009 * quantity::bigint),
           sum(id::bigint % 1009 * round(price * 100)::bigint),
           sum(id::bigint % 1009 * ascii(substr(name, 1 + (id::bigint % 16)::int, 1))),
           sum(id::bigint % 1009 * (day::date - DATE '2000-01-01'))
    FROM {relation}
"""


class Rows:
    """So many rows, as files of several forms; each is made when it is first asked for, and kept."""

    def __init__(self, count, folder):
        self.count = count
        self.folder = Path(folder) / f"{count}-rows"
        self.folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def parquet(self):
        return self.make("rows.parquet", lambda path: [f"COPY ({ROWS.format(rows=self.count)}) TO '{path}'"])

    @cached_property
    def csv(self):
        source = self.parquet
        return self.make("rows.csv", lambda path: [f"COPY (FROM '{source}') TO '{path}' (HEADER)"])

    @cached_property
    def duckdb(self):
        """A database with the rows in its table `items`."""
        source = self.parquet
        return self.make(
            "rows.duckdb",
            lambda path: [f"ATTACH '{path}' AS made", f"CREATE TABLE made.items AS FROM '{source}'", "CHECKPOINT made"],
        )

    @cached_property
    def checksum(self):
        """What `CHECKSUM` says of the rows, wherever they are."""
        return checksum_of(f"'{self.parquet}'")

    def make(self, name, statements):
        made, half_made = self.folder / name, self.folder / f".{name}"
        if made.exists():
            read_through(made)
        else:
            half_made.unlink(missing_ok=True)
            duckdb_lines(*statements(half_made))
            os.replace(half_made, made)
        return made


def read_through(file):
    """Brings a file into memory where it fits, so that nobody has to fetch it from the disk for those who come after."""
    with open(file, "rb", buffering=0) as opened:
        while opened.read(1 << 20):
            pass


def checksum_of(relation, database=":memory:"):
    """The checksum of anything that DuckDB can read."""
    [line] = duckdb_lines(CHECKSUM.format(relation=relation), database=database)
    return line
