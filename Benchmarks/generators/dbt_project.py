"""Makes a dbt project of any size, the same for the same seed: python3 dbt_project.py FOLDER [MODELS [SEED]].

Two tests a model, layers of models that read up to three of the layer before, a macro every tenth model calls."""
import pathlib
import random
import sys

folder, models = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000
chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
PER_FOLDER = 50


def write(name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


write("dbt_project.yml", "name: generated\nversion: '1.0'\nprofile: generated\nmodels:\n  generated:\n    +materialized: view\n"
      + "".join(f"    layer_{n}:\n      +tags: [layer_{n}]\n" for n in range(models // PER_FOLDER)))
write("profiles.yml", "generated:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: generated.duckdb}\n")
write("macros/money.sql", "{% macro cents(column, scale=2) %}round({{ column }} / 100.0, {{ scale }}){% endmacro %}\n")
write("seeds/base.csv", "id,amount\n1,100\n2,250\n")
for number in range(models):
    layer = number // PER_FOLDER
    parents = ["base"] if layer == 0 else [f"m_{chance.randrange((layer - 1) * PER_FOLDER, layer * PER_FOLDER)}"
                                           for _ in range(chance.randint(1, 3))]
    amount = "{{ cents('a.amount') }}" if number % 10 == 0 else "a.amount"
    config = "{{ config(materialized='table', tags=['heavy']) }}\n" if number % 7 == 0 else ""
    joins = "".join(f"\nleft join {{{{ ref('{p}') }}}} as p{n} on p{n}.id = a.id" for n, p in enumerate(parents[1:]))
    write(f"models/layer_{layer}/m_{number}.sql",
          f"{config}select a.id, {amount} as amount\nfrom {{{{ ref('{parents[0]}') }}}} as a{joins}\n")
for layer in range((models + PER_FOLDER - 1) // PER_FOLDER):
    numbers = range(layer * PER_FOLDER, min(models, (layer + 1) * PER_FOLDER))
    write(f"models/layer_{layer}/schema.yml", "models:\n" + "".join(
        f"  - name: m_{n}\n    description: Model number {n}.\n    columns:\n      - name: id\n"
        f"        description: The key.\n        data_tests: [unique, not_null]\n" for n in numbers))
