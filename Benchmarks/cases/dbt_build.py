"""A small dbt project is built: seeds, views, tables and their tests."""

from harness.answer import how_fast, how_much_cpu, how_much_memory
from harness.dbt import DbtProject, same_tables

MEMORY = 80_000_000


def run(bench):
    project = DbtProject(bench, bench.scratch("dbt-build"), "shop_project")
    check = same_tables("shop.duckdb", {})
    question = "dbt project of 5 models, 3 seeds, 20 tests: build"
    pintail, dbt = bench.compete(question, [
        project.pintail("pintail build", "build", check=check),
        project.dbt("dbt build", "build", check=check),
    ])
    return [
        how_fast(question, pintail, dbt, at_least=30),
        how_much_cpu(question, pintail, dbt, at_least=30),
        how_much_memory(question, pintail, MEMORY, dbt),
    ]
