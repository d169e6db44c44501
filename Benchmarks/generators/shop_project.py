"""Makes a small dbt project, the same for the same seed: python3 shop_project.py FOLDER [SEED].

Three seeds, a view on each, two tables of joins and sums, twenty tests: about what a first project has."""
import csv
import pathlib
import random
import sys

folder, chance = pathlib.Path(sys.argv[1]), random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 7)
FIRST = ["Ada", "Björk", "Chidi", "Dora", "Emil", "Fatma", "Giò", "Hana"]
STATUSES = ["placed", "shipped", "completed", "returned"]
METHODS = ["card", "coupon", "transfer"]


def write(name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def write_seed(name, header, rows):
    path = folder / "seeds" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


write("dbt_project.yml", """name: shop
version: '1.0'
profile: shop
models:
  shop:
    +materialized: table
    staging:
      +materialized: view
""")
write("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n")
write_seed("raw_people", ["id", "name"], [[n, f"{chance.choice(FIRST)} {n}"] for n in range(1, 101)])
write_seed("raw_sales", ["id", "person", "day", "status"],
           [[n, chance.randint(1, 100), f"2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}", chance.choice(STATUSES)]
            for n in range(1, 121)])
write_seed("raw_receipts", ["id", "sale", "method", "cents"],
           [[n, chance.randint(1, 120), chance.choice(METHODS), chance.randint(100, 9000)] for n in range(1, 151)])
write("models/staging/people.sql", "select id as person_id, name from {{ ref('raw_people') }}\n")
write("models/staging/sales.sql", "select id as sale_id, person as person_id, day, status from {{ ref('raw_sales') }}\n")
write("models/staging/receipts.sql",
      "select id as receipt_id, sale as sale_id, method, cents * 0.01 as amount from {{ ref('raw_receipts') }}\n")
write("models/sales_paid.sql", """{% set methods = ['card', 'coupon', 'transfer'] %}
select sales.sale_id, sales.person_id, sales.day, sales.status
  {% for method in methods %}, coalesce(sum(amount) filter (method = '{{ method }}'), 0) as {{ method }}_amount
  {% endfor %}, coalesce(sum(amount), 0) as amount
from {{ ref('sales') }} as sales
left join {{ ref('receipts') }} as receipts using (sale_id)
group by all
""")
write("models/people_total.sql", """select people.person_id, people.name, min(day) as first_day, max(day) as last_day, count(sale_id) as sales,
  sum(amount) as amount
from {{ ref('people') }} as people
left join {{ ref('sales_paid') }} as paid using (person_id)
group by all
""")


def column(name, *tests):
    return f"      - name: {name}\n        data_tests:\n" + "".join(f"          - {test}\n" for test in tests)


def accepted(values):
    return "accepted_values:\n              arguments:\n                values: [" + ", ".join(values) + "]"


parents = "relationships:\n              arguments:\n                to: ref('people')\n                field: person_id"
write("models/schema.yml", "models:\n" + "".join([
    "  - name: people\n    columns:\n", column("person_id", "unique", "not_null"), column("name", "not_null"),
    "  - name: sales\n    columns:\n", column("sale_id", "unique", "not_null"), column("status", accepted(STATUSES)),
    "  - name: receipts\n    columns:\n", column("receipt_id", "unique", "not_null"), column("method", accepted(METHODS)),
    "  - name: sales_paid\n    columns:\n", column("sale_id", "unique", "not_null"), column("person_id", "not_null", parents),
    column("status", accepted(STATUSES)), *(column(f"{each}_amount", "not_null") for each in METHODS), column("amount", "not_null"),
    "  - name: people_total\n    columns:\n", column("person_id", "unique", "not_null"),
]))
