"""A table of a DuckDB file becomes a CSV file."""

from harness.amounts import shown
from harness.answer import how_fast, how_much_memory
from harness.contest import Contestant, WrongAnswer
from harness.pintail import PintailProject
from harness.rivals import duckdb_rival, python_rival
from harness.rows import checksum_of

BUDGET = 160_000_000

STEPS = """\
  - load: items
    into: {target}
"""


def run(bench):
    folder, rows = bench.scratch("table-to-csv"), bench.rows
    question = f"table → CSV, {shown(rows.count)} rows"
    pintail, duckdb, pandas = bench.compete(question, [
        with_pintail(bench, folder),
        with_duckdb("DuckDB CLI, COPY TO", bench, folder),
        with_pandas(bench, folder),
    ])
    answers = [
        how_fast(question, pintail, duckdb, at_least=0.95),
        how_fast(question, pintail, pandas, at_least=10),
    ]
    size = f"{BUDGET // 1_000_000}MB"
    question += f", memory: {size}"
    pintail, duckdb = bench.compete(question, [
        with_pintail(bench, folder, memory=size),
        with_duckdb(f"DuckDB CLI, memory_limit {size}", bench, folder, f"SET memory_limit = '{size}';\n"),
    ])
    return answers + [how_much_memory(question, pintail, BUDGET, duckdb)]


def with_pintail(bench, folder, memory=None):
    target = folder / "pintail.csv"
    steps = STEPS.format(target=target)
    project = PintailProject(bench.pintail, folder / "pintail", steps, memory, database=bench.rows.duckdb)
    return project.contestant("pintail run", check=lambda: prove(target, bench.rows))


def with_duckdb(name, bench, folder, settings=""):
    target = folder / "duckdb.csv"
    command = duckdb_rival("table_to_csv", bench.rows.duckdb, settings, options=["-readonly"], target=target)
    return Contestant(name, command, folder, check=lambda: prove(target, bench.rows))


def with_pandas(bench, folder):
    target = folder / "pandas.csv"
    command = python_rival("table_to_csv", bench.rows.duckdb, target)
    return Contestant("pandas", command, check=lambda: prove(target, bench.rows), turns=1)


def prove(target, rows):
    if not target.exists():
        raise WrongAnswer("no file was written")
    if checksum_of(f"read_csv('{target}')") != rows.checksum:
        raise WrongAnswer("the file does not hold the table's rows")
    target.unlink()
