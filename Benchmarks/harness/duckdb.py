"""DuckDB's own command line, as the Python package duckdb-cli brings it."""

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from .measure import CommandFailed


@lru_cache(maxsize=None)
def duckdb_program():
    """The program itself: what the package puts on the path is a Python script that starts it."""
    for folder in Path(sys.prefix).glob("lib/python3*/site-packages/duckdb_cli"):
        return folder / "duckdb"
    sys.exit("bench: the rivals are not here: say `make bench`, or scripts/setup --bench and .deps/bench/bin/python")


def duckdb_command(sql, database=":memory:", options=()):
    """The command that runs statements as a user would, but for their ~/.duckdbrc; the first error ends it."""
    return [duckdb_program(), "-no-init", "-bail", *options, database, "-c", sql]


def duckdb_lines(*statements, database=":memory:"):
    """Runs statements unmeasured; the lines of the last one's result, as CSV without header."""
    command = duckdb_command(";\n".join(statements), database, options=["-csv", "-noheader"])
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise CommandFailed(done.stderr.strip())
    return done.stdout.splitlines()
