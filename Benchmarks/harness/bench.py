"""What a benchmark is given: how much, how often, with which binary, and where."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from .contest import compete, say
from .rows import Rows


@dataclass
class Bench:
    """One run of the benchmarks, and everything that it measures."""

    rows: Rows
    turns: int
    pintail: Path
    # The checkout's `.deps`.
    dependencies: Path
    # Where the data is kept from one run to the next.
    data: Path
    # Row counts of the benchmark that looks at memory alone.
    flat_rows: list
    huge_rows: int
    # Sizes of the benchmark with references: the second is for memory alone.
    article_counts: list
    # Pairs of a benchmark's name and an Outcome.
    outcomes: list = field(default_factory=list)
    # What the table's reader must know besides.
    remarks: list = field(default_factory=list)

    def rows_of(self, count):
        """The rows in another number."""
        return self.rows if count == self.rows.count else Rows(count, self.data)

    def scratch(self, name):
        """An empty folder for what a benchmark's contestants make."""
        folder = self.data / "scratch" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def clean_up(self):
        """Takes away what contestants have made; the rows stay."""
        shutil.rmtree(self.data / "scratch", ignore_errors=True)

    def compete(self, name, contestants, turns=None, is_brief=False):
        """Measures contestants by turns and remembers what was measured."""
        say(f"{name}:")
        outcomes = compete(contestants, turns or self.turns, is_brief)
        self.outcomes += [(name, outcome) for outcome in outcomes]
        return outcomes
