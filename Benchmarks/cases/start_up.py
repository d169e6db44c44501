"""How long it takes to be there at all."""

import shutil
import sys

from harness.answer import how_quick
from harness.contest import Contestant
from harness.duckdb import duckdb_program

LIMIT = 0.020

# So brief a job needs many turns until its median stands still.
TURNS = 41


def run(bench):
    contestants = [
        Contestant("pintail version", [bench.pintail, "version"]),
        Contestant("duckdb --version", [duckdb_program(), "--version"]),
        Contestant("python -c pass", [sys.executable, "-c", "pass"]),
    ]
    if dbt := shutil.which("dbt"):
        contestants.append(Contestant("dbt --version", [dbt, "--version"], turns=5))
    pintail, *rivals = bench.compete("start-up", contestants, turns=TURNS, is_brief=True)
    return [how_quick("start-up (`pintail version`)", pintail, LIMIT, rivals)]
