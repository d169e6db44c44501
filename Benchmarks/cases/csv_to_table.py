"""A CSV file becomes a table of a DuckDB file."""

from harness.amounts import shown
from harness.answer import how_fast, how_much_memory
from harness.contest import Contestant, WrongAnswer
from harness.duckdb import duckdb_lines
from harness.pintail import PintailProject
from harness.rivals import duckdb_rival, python_rival
from harness.rows import checksum_of

BUDGETS = [100_000_000, 500_000_000]

STEPS = """\
  - extract: items
    from: {source}
    strategy: eager
"""


def run(bench):
    folder, rows = bench.scratch("csv-to-table"), bench.rows
    question = f"CSV → table, {shown(rows.count)} rows"
    pintail, duckdb, unordered, pandas, pandas_at_once = bench.compete(question, [
        with_pintail(bench, folder / "pintail", rows),
        with_duckdb("DuckDB CLI", folder, rows),
        with_duckdb("DuckDB CLI, order not kept", folder, rows, "SET preserve_insertion_order = false;\n"),
        with_pandas("pandas, chunks of 1,000 rows", folder, rows),
        with_pandas("pandas, the same in one transaction", folder, rows, "--one-transaction"),
    ])
    answers = [
        how_fast(question, pintail, duckdb, at_least=0.95),
        how_fast(question, pintail, unordered),
        how_fast(question, pintail, pandas, at_least=9),
        how_fast(question, pintail, pandas_at_once),
    ]
    for budget in BUDGETS:
        answers += within(budget, bench, folder)
    return answers


def within(budget, bench, folder):
    """The same within a budget for the whole process; DuckDB gets it as its `memory_limit`."""
    size = f"{budget // 1_000_000}MB"
    question = f"CSV → table, {shown(bench.rows.count)} rows, memory: {size}"
    pintail, duckdb = bench.compete(question, [
        with_pintail(bench, folder / "pintail", bench.rows, memory=size),
        with_duckdb(f"DuckDB CLI, memory_limit {size}", folder, bench.rows, f"SET memory_limit = '{size}';\n"),
    ])
    return [how_much_memory(question, pintail, budget, duckdb)]


def with_pintail(bench, folder, rows, memory=None):
    project = PintailProject(bench.pintail, folder, STEPS.format(source=rows.csv), memory)
    return project.contestant("pintail run", check=lambda: prove(project.database, rows))


def with_duckdb(name, folder, rows, settings=""):
    database = folder / "duckdb.duckdb"
    command = duckdb_rival("csv_to_table", database, before=settings, source=rows.csv)
    return Contestant(name, command, folder, prepare=lambda: forget(database), check=lambda: prove(database, rows))


def with_pandas(name, folder, rows, *options):
    database = folder / "pandas.duckdb"
    return Contestant(
        name,
        python_rival("csv_to_table", rows.csv, database, *options),
        prepare=lambda: forget(database),
        check=lambda: prove(database, rows),
        turns=1,
    )


def forget(database):
    for file in [database, database.with_name(database.name + ".wal")]:
        file.unlink(missing_ok=True)


def prove(database, rows):
    # A view of the file would give the right sums as well.
    if duckdb_lines("SELECT internal FROM duckdb_tables() WHERE table_name = 'items'", database=database) != ["false"]:
        raise WrongAnswer("there is no table")
    if checksum_of("items", database) != rows.checksum:
        raise WrongAnswer("the table does not hold the file's rows")
    forget(database)
