"""What Pintail is compared with: the small programs in `rivals/`."""

import sys
from pathlib import Path
from string import Template

from .duckdb import duckdb_command

FOLDER = Path(__file__).resolve().parent.parent / "rivals"


def duckdb_rival(name, database=":memory:", before="", options=(), **blanks):
    """DuckDB's own command line with `rivals/NAME.sql`, its `$blanks` filled in."""
    return duckdb_command(before + text_of(f"{name}.sql", **blanks), database, options)


def python_rival(name, *arguments):
    """`rivals/NAME.py` with its arguments, in the Python that has what set-up installed for it."""
    return [sys.executable, FOLDER / f"{name}.py", *arguments]


def text_of(file, **blanks):
    """The text of a rival with its `$blanks` filled in."""
    return Template((FOLDER / file).read_text()).substitute(blanks)
