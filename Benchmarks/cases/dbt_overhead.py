"""What Pintail adds to the time that DuckDB itself takes for a project's statements."""

import subprocess

from harness.answer import Answer, failed, seconds
from harness.contest import Contestant
from harness.dbt import DbtProject
from harness.duckdb import duckdb_command

# Three layers: views of views of views are not what is measured.
MODELS = 150

# In seconds, for each model or test.
LIMIT = 0.002


def run(bench):
    folder = bench.scratch("dbt-overhead")
    project = DbtProject(bench, folder, "dbt_project", MODELS)
    place = project.place("alone")
    question = f"dbt project of {MODELS:,} models, {2 * MODELS:,} tests: run and test, what a node costs beside DuckDB"
    pintail = project.pintail("pintail build", "build")
    subprocess.run([bench.pintail, "compile", "-q"], cwd=place, check=True)
    script = folder / "alone.sql"
    script.write_text(statements(place))
    alone = Contestant(
        "DuckDB CLI, the same statements",
        duckdb_command(f".read {script}", "generated.duckdb"),
        place,
        prepare=lambda: [file.unlink(missing_ok=True) for file in list(place.glob("generated.duckdb*"))],
    )
    built, bare = bench.compete(question, [pintail, alone])
    asked = f"≤ {LIMIT * 1e3:.0f} ms"
    failures = [outcome for outcome in (built, bare) if outcome.failure]
    if failures:
        return [Answer(question, failed(failures[0]), "–", "–", asked, False)]
    overhead = (built.wall - bare.wall) / (3 * MODELS + 1)
    beside = f"{bare.name}: {seconds(bare)}"
    return [Answer(question, seconds(built), beside, f"{overhead * 1e3:.2f} ms a node", asked, overhead <= LIMIT)]


def statements(place):
    """What a build sends to DuckDB, in an order that works: models by number, then their tests."""
    compiled = place / "target" / "compiled" / "generated" / "models"
    models = sorted(compiled.glob("layer_*/m_*.sql"), key=lambda file: int(file.stem[2:]))
    tables = {int(file.stem[2:]) for file in models if int(file.stem[2:]) % 7 == 0}
    made = ["create table base as from read_csv('seeds/base.csv')"]
    for file in models:
        kind = "table" if int(file.stem[2:]) in tables else "view"
        made.append(f"create {kind} main.{file.stem} as {file.read_text()}")
    tests = [file.read_text() for file in sorted(compiled.glob("layer_*/schema.yml/*.sql"))]
    made += [f"select count(*) as failures, count(*) != 0 as should_warn from ({text}) as test" for text in tests]
    return ";\n".join(made) + ";\n"
