"""dbt projects that both run, and how each is told to."""

import subprocess
import sys
import tempfile
from pathlib import Path

from .contest import Contestant, WrongAnswer
from .duckdb import duckdb_lines

GENERATORS = Path(__file__).resolve().parent.parent / "generators"


def anything(_):
    """No proof is asked for."""


# What both leave besides tables: traces of earlier runs, which make the next one quicker.
TRACES = ["target", "logs", ".pintail", ".user.yml"]


class DbtProject:
    """A generated project in a folder for each contestant, so that nobody finds what another has left."""

    def __init__(self, bench, folder, generator, *arguments):
        self.bench = bench
        self.folder = folder
        self.command = [sys.executable, GENERATORS / f"{generator}.py"]
        self.arguments = [str(argument) for argument in arguments]

    def place(self, name):
        """The project's folder for one contestant."""
        folder = self.folder / name
        if not folder.exists():
            subprocess.run([*self.command, folder, *self.arguments], check=True)
        return folder

    def pintail(self, name, *words, prepare=None, check=anything, turns=None):
        """Pintail in a folder of its own."""
        return self.contestant(name, [self.bench.pintail, *words], prepare, check, turns)

    def dbt(self, name, *words, prepare=None, check=anything, turns=None):
        """dbt-core in a folder of its own, as installed beside the other rivals."""
        program = self.bench.dependencies / "dbt" / "bin" / "dbt"
        # It would ask the internet for newer versions, and tell that it runs.
        command = [program, "--no-send-anonymous-usage-stats", "--no-version-check", *words]
        return self.contestant(name, command, prepare, check, turns)

    def contestant(self, name, command, prepare, check, turns):
        folder = self.place(name.replace(" ", "-").replace(",", ""))
        before = (lambda: forget(folder)) if prepare is None else (lambda: prepare(folder))
        return Contestant(name, command, folder, prepare=before, check=lambda: check(folder), turns=turns)


def forget(folder):
    """Takes away what a run has left, its tables included.

    It is put aside, not deleted: some file systems make new files slowly for seconds after many were deleted.
    """
    aside = Path(tempfile.mkdtemp(prefix="left-", dir=folder.parent))
    for left in [*(folder / name for name in TRACES), *folder.glob("*.duckdb"), *folder.glob("*.duckdb.wal")]:
        if left.exists():
            left.rename(aside / left.name)


def tables_of(folder, database):
    """The rows of all tables and views, to be compared."""
    path = folder / database
    names = duckdb_lines("SELECT table_name FROM information_schema.tables ORDER BY 1", database=path)
    return {name: sorted(duckdb_lines(f'FROM "{name}"', database=path)) for name in names}


def same_tables(database, expected):
    """A check that a folder's database holds what another run has left there; the first one sets what is expected."""

    def check(folder):
        found = tables_of(folder, database)
        if not found:
            raise WrongAnswer("no table was made")
        if expected.setdefault("tables", found) != found:
            raise WrongAnswer("the tables differ")

    return check
