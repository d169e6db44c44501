"""A large dbt project is read: from nothing, and again after one file was edited."""

import json
import subprocess

from harness.answer import Answer, failed, how_fast, how_quick, megabytes, taken
from harness.contest import WrongAnswer
from harness.dbt import DbtProject

MODELS = 1_000
SOME = 5_000
MANY = 10_000

# In seconds: what somebody waits for who has saved a file.
PATIENCE = 10.0

# What counts as linear: ten times the models in no more than twelve times the memory that they take.
LINEAR = 1.2


def run(bench):
    project = DbtProject(bench, bench.scratch("dbt-parse"), "dbt_project", MODELS)
    question = f"dbt project of {MODELS:,} models, {2 * MODELS:,} tests"
    first, listed, again, other, dbt = bench.compete(question, [
        project.pintail("pintail parse", "parse", check=prove),
        project.pintail("pintail ls", "ls"),
        project.pintail(
            "pintail parse, one model edited", "parse", prepare=lambda place: edit(place, bench.pintail), check=prove_edit
        ),
        project.pintail(
            "pintail parse, one ref more", "parse", prepare=lambda place: refer(place, bench.pintail), check=prove
        ),
        project.dbt("dbt parse", "parse", check=prove, turns=1),
    ])
    return [
        how_quick(f"{question}: parse", first, 1.0, [dbt]),
        how_quick(f"{question}: ls", listed, 1.0),
        how_fast(f"{question}: parse", first, dbt, at_least=30),
        how_fast(f"{question}: parse after one edit", again, first, at_least=10),
        how_quick(f"{question}: parse after one ref more", other, 1.0, [first]),
        how_quickly_it_is_checked(bench),
        how_memory_grows(bench),
    ]


def edit(folder, pintail, line="-- seen once more"):
    """Changes one model of a project that was read before: its SQL, and nothing that it reads."""
    if not (folder / "target").exists():
        subprocess.run([pintail, "parse", "-q"], cwd=folder, check=True)
    model = folder / "models" / "layer_3" / "m_170.sql"
    text = model.read_text()
    model.write_text(f"{text.rstrip()}\n{line}\n")


def refer(folder, pintail):
    """Lets one model of a project that was read before read another one more."""
    edit(folder, pintail, "-- {{ ref('m_1') }}")


def prove(folder):
    text = (folder / "target" / "manifest.json").read_text()
    if f'"model.generated.m_{MODELS - 1}"' not in text:
        raise WrongAnswer("the manifest lacks a model")
    return text


def prove_edit(folder):
    model = (folder / "models" / "layer_3" / "m_170.sql").read_text().strip()
    if json.dumps(model, ensure_ascii=False) not in prove(folder):
        raise WrongAnswer("the manifest lacks the edit")


def how_quickly_it_is_checked(bench):
    """How long it takes to bind every model and test to the columns that it reads, and to run nothing."""
    project = DbtProject(bench, bench.scratch("dbt-validate"), "dbt_project", MODELS)
    question = f"dbt project of {MODELS:,} models, {2 * MODELS:,} tests: validate"
    [checked] = bench.compete(question, [project.pintail("pintail validate", "validate")])
    return how_quick(question, checked, PATIENCE)


def how_memory_grows(bench):
    """Whether ten times the models take no more than about ten times the memory."""
    folder = bench.scratch("dbt-compile")
    counts = [MODELS, SOME, MANY]
    question = f"dbt projects of {MODELS:,}, {SOME:,} and {MANY:,} models: compile"
    contestants = []
    for count in counts:
        project = DbtProject(bench, folder / str(count), "dbt_project", count)
        contestants.append(project.pintail(f"pintail compile, {count:,} models", "compile", turns=1))
    empty = DbtProject(bench, folder / "none", "dbt_project", 0)
    contestants.append(empty.pintail("pintail compile, no models", "compile", turns=1))
    few, some, many, none = bench.compete(question, contestants)
    asked = f"≤ {LINEAR * MANY / MODELS:.0f}× the memory of {MODELS:,}"
    failures = [outcome for outcome in (few, some, many, none) if outcome.failure]
    if failures:
        return Answer(question, failed(failures[0]), "–", "–", asked, False)
    growth = (many.peak - none.peak) / (few.peak - none.peak)
    beside = f"{MODELS:,}: {taken(few)}; {SOME:,}: {taken(some)}; none: {megabytes(none.peak)}"
    return Answer(question, taken(many), beside, f"{growth:.1f}×", asked, growth <= LINEAR * MANY / MODELS)
