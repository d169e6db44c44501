"""Records how dbt ends the runs in this folder: python3 record.py DBT [NAME…], DBT being dbt-core 1.11 with dbt-duckdb.

A case is a small project and steps: what changes in its files, then the arguments of one call. What stands in `expected`
of a step is the exit code, the status and failures of every node, and what the database holds afterwards."""
import json
import pathlib
import subprocess
import sys
import tempfile

TABLES = """
import duckdb, json, sys
c = duckdb.connect("p.duckdb", read_only=True); hidden = json.loads(sys.argv[1]); found = {}
names = "select schema_name, table_name, 'table' from duckdb_tables() union all select schema_name, view_name, 'view' from duckdb_views() where not internal order by 1, 2"
for schema, name, kind in c.execute(names).fetchall():
    try: columns = [r[:2] for r in c.execute(f'describe "{schema}"."{name}"').fetchall()]
    except Exception: found[schema + "." + name] = {"kind": kind}; continue
    shown = ", ".join(f'case when "{n}" is null then null else \\'*\\' end' if n in hidden else f'"{n}"::varchar' for n, _ in columns)
    rows = c.execute(f'select {shown} from "{schema}"."{name}"').fetchall()
    found[schema + "." + name] = {"kind": kind, "columns": columns, "rows": sorted(rows, key=lambda r: [str(v) for v in r])}
print(json.dumps(found))
"""
here = pathlib.Path(__file__).parent
for path in sorted(here.glob("*.json")):
    if sys.argv[2:] and path.stem not in sys.argv[2:]:
        continue
    case = json.loads(path.read_text())
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        project = "name: p\nversion: '1.0'\nconfig-version: 2\nprofile: p\n" + case.get("settings", "")
        files = {"dbt_project.yml": project, "profiles.yml": json.dumps(case["profiles"]), **case["files"]}
        python = pathlib.Path(sys.argv[1]).parent / "python"
        for number, step in enumerate(case["steps"]):
            for name, text in {**(files if number == 0 else {}), **step.get("files", {})}.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text)
            if step.get("sql"):
                code = "import duckdb, sys; duckdb.connect('p.duckdb').execute(sys.argv[1])"
                subprocess.run([python, "-c", code, step["sql"]], cwd=folder, check=True)
            done = subprocess.run([sys.argv[1], *step["arguments"], "--profiles-dir", "."], cwd=folder)
            results = json.loads((folder / "target/run_results.json").read_text())["results"]
            tables = subprocess.run([python, "-c", TABLES, json.dumps(case.get("hidden", []))], cwd=folder,
                                    capture_output=True, text=True, check=True)
            step["expected"] = {
                "exitCode": done.returncode,
                "results": {r["unique_id"]: f"{r['status']} {r['failures'] or 0}" for r in results},
                "tables": json.loads(tables.stdout),
            }
    path.write_text(json.dumps(case, indent=1) + "\n")
