"""Parquet into PostgreSQL again, at a size where nothing fits in memory: what was measured on less must still hold."""

from harness.amounts import shown
from harness.answer import Answer, failed, how_much_memory, taken
from harness.postgres import PostgresServer

from .parquet_to_postgres import BUDGET, with_pintail


def run(bench):
    folder, huge = bench.scratch("huge-load"), bench.rows_of(bench.huge_rows)
    question = f"Parquet → Postgres, {shown(huge.count)} rows, memory: 100MB"
    with PostgresServer() as server:
        bench.remarks.append(server.description())
        [usual] = bench.compete(question + " (to extrapolate from)", [with_pintail(bench, server, folder, bench.rows)])
        # Once: it takes minutes.
        [outcome] = bench.compete(question, [with_pintail(bench, server, folder, huge)], turns=1)
    return [compared(question, outcome, usual, huge.count / bench.rows.count), how_much_memory(question, outcome, BUDGET)]


def compared(question, outcome, usual, times):
    """What it took beside what the usual number of rows promised."""
    if usual.failure or outcome.failure:
        return Answer(question, failed(outcome if outcome.failure else usual), "–", "–", "–", None)
    promised = usual.wall * times
    beside = f"extrapolated from fewer rows: {promised:.0f} s"
    return Answer(question, taken(outcome), beside, f"{promised / outcome.wall:.2f}×", "–", None)
