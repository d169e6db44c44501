"""A Parquet file becomes a new table of a PostgreSQL server."""

from harness.amounts import shown
from harness.answer import how_fast, how_much_memory
from harness.contest import Contestant, WrongAnswer
from harness.duckdb import duckdb_lines
from harness.pintail import PintailProject
from harness.postgres import DATABASE, PORT, USER, PostgresServer, memory_disk
from harness.rivals import duckdb_rival, python_rival, text_of
from harness.rows import CHECKSUM

BUDGET = 100_000_000

STEPS = """\
  - extract: items
    from: {source}
  - load: items
    into: warehouse.public.items
"""


# What the server writes for a row: its table and its log, which keeps files for the next turn.
SERVER_BYTES_PER_ROW = 400


def run(bench):
    answers = on_server(bench, "", PostgresServer())
    # On a slow disk everybody waits for the server's log; without one, it shows who feeds the server fastest.
    if place := memory_disk(SERVER_BYTES_PER_ROW * bench.rows.count):
        answers += on_server(bench, ", server's files in memory", PostgresServer(place))
    return answers


def on_server(bench, where, new_server):
    folder = bench.scratch("parquet-to-postgres")
    question = f"Parquet → Postgres, {shown(bench.rows.count)} rows, memory: 100MB{where}"
    with new_server as server:
        bench.remarks.append(server.description())
        pintail, psql, extension, polars = bench.compete(question, [
            with_pintail(bench, server, folder, bench.rows),
            with_psql(bench, server, folder),
            with_extension(bench, server),
            with_polars(bench, server),
        ])
    return [
        how_fast(question, pintail, psql, at_least=1.25),
        how_fast(question, pintail, extension, at_least=1),
        how_fast(question, pintail, polars, at_least=2.5),
        how_much_memory(question, pintail, BUDGET),
    ]


def with_pintail(bench, server, folder, rows):
    connections = (
        f"  warehouse: {{postgres: {{host: {server.folder}, port: {PORT}, database: {DATABASE}, user: {USER}}}}}"
    )
    steps = STEPS.format(source=rows.parquet)
    project = PintailProject(bench.pintail, folder / "pintail", steps, "100MB", connections)
    return project.contestant(
        "pintail run", before=lambda: server.forget("items"), check=lambda: prove(server, rows)
    )


def with_psql(bench, server, folder):
    script = folder / "rival.psql"
    script.write_text(text_of("parquet_to_postgres.psql", source=prepared(bench, server, folder)))
    return rival(r"psql \copy, prepared binary file", server.psql("-f", script), bench, server)


def with_extension(bench, server):
    command = duckdb_rival(
        "parquet_to_postgres", extension=extension(bench), server=server.words, source=bench.rows.parquet
    )
    return rival("DuckDB CLI, its Postgres extension", command, bench, server)


def extension(bench):
    return bench.dependencies / "duckdb" / "extensions" / "postgres_scanner.duckdb_extension"


def with_polars(bench, server):
    command = python_rival("parquet_to_postgres", bench.rows.parquet, server.words)
    return rival("Polars → CSV → COPY, 2 M rows a batch", command, bench, server)


def rival(name, command, bench, server):
    return Contestant(
        name, command, prepare=lambda: server.forget("items"), check=lambda: prove(server, bench.rows)
    )


def prepared(bench, server, folder):
    """The rows as PostgreSQL itself writes them with COPY BINARY.

    Made anew each time: the server, too, has then taken in the rows once, and nobody's turn is its first.
    """
    file = folder / "rows.pgcopy"
    duckdb_lines(
        text_of("parquet_to_postgres.sql", extension=extension(bench), server=server.words, source=bench.rows.parquet)
    )
    server.query(rf"\copy items TO '{file}' (FORMAT binary)")
    prove(server, bench.rows)
    return file


def prove(server, rows):
    [found] = server.query(CHECKSUM.format(relation="items"))
    if found != rows.checksum:
        raise WrongAnswer("the table does not hold the file's rows")
    server.query("DROP TABLE items")
