"""record.py DBT: runs every case of materializations.json with dbt-core and writes down what it leaves.

DBT is the dbt program of an environment with dbt-core 1.11 and dbt-duckdb 1.11. A case is a node that is built once for
every step, in one database; what stands in `expected` of a step is the node's relation after it, or its failure.
"""
import json, os, shutil, subprocess, sys, tempfile
dbt = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, "materializations.json")
cases = json.load(open(path))
only = sys.argv[2:]
python = os.path.join(os.path.dirname(dbt), "python")
DUMP = """
import duckdb, json, sys
c = duckdb.connect(sys.argv[1])
r = c.execute("select table_type from information_schema.tables where table_schema='main' and table_name='node'").fetchone()
if r is None:
    try: c.execute("from node()"); r = ["FUNCTION"]
    except Exception: print("null"); sys.exit()
source = "node()" if r[0] == "FUNCTION" else "node"
cols = [[x[0], x[1]] for x in c.execute("describe select * from " + source).fetchall()]
rows = c.execute("select " + ", ".join('"%s"::varchar' % n for n, _ in cols) + " from " + source + " order by all").fetchall()
print(json.dumps({"kind": r[0], "columns": cols, "rows": rows}))
"""
for case in cases:
    if only and case["name"] not in only: continue
    folder = tempfile.mkdtemp()
    kind = case.get("kind", "model")
    for name in ("models", "snapshots", "seeds"): os.mkdir(os.path.join(folder, name))
    open(os.path.join(folder, "dbt_project.yml"), "w").write("name: p\nversion: '1.0'\nprofile: p\n")
    open(os.path.join(folder, "profiles.yml"), "w").write("p:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: p.duckdb, threads: 1}\n")
    for step in case["steps"]:
        config = {**case.get("config", {}), **step.get("config", {})}
        if step.get("before"):
            subprocess.run([python, "-c", "import duckdb,sys; duckdb.connect('p.duckdb').execute(sys.argv[1])", step["before"]], cwd=folder, check=True)
        if kind == "seed":
            open(os.path.join(folder, "seeds", "node.csv"), "w").write(step["csv"])
            json.dump({"seeds": [{"name": "node", "config": config}]}, open(os.path.join(folder, "seeds", "node.yml"), "w"))
        else:
            text = "{{ config(" + ", ".join(f"{k}={v!r}" for k, v in config.items()) + ") }}\n" + step["sql"]
            if kind == "snapshot": text = "{% snapshot node %}\n" + text + "\n{% endsnapshot %}"
            open(os.path.join(folder, kind + "s", "node.sql"), "w").write(text)
            if case.get("properties"): json.dump({kind + "s": [{"name": "node", **case["properties"]}]}, open(os.path.join(folder, kind + "s", "node.yml"), "w"))
        command = [dbt, "build", "--profiles-dir", "."] + (["--full-refresh"] if step.get("fullRefresh") else [])
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        out = subprocess.run([python, "-c", DUMP, "p.duckdb"], cwd=folder, capture_output=True, text=True)
        if out.returncode: print(out.stderr)
        expected = json.loads(out.stdout) or {}
        expected["succeeds"] = done.returncode == 0
        if done.returncode: print(case["name"], done.stdout[-600:])
        hidden = case.get("volatile", [])
        if hidden and "columns" in expected:
            places = [i for i, (n, _) in enumerate(expected["columns"]) if n in hidden]
            expected["rows"] = sorted([None if v is None else "*" if i in places else v for i, v in enumerate(r)] for r in expected["rows"]) if not any(v is None for r in expected["rows"] for v in r) else [[None if v is None else "*" if i in places else v for i, v in enumerate(r)] for r in expected["rows"]]
        step["expected"] = expected
    shutil.rmtree(folder)
    print("recorded", case["name"])
json.dump(cases, open(path, "w"), indent=1)
open(path, "a").write("\n")
