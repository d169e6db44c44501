"""Records what dbt makes of the projects in this folder: python3 record.py DBT, DBT being dbt-core 1.11 with dbt-duckdb.

Writes manifest.json beside each dbt_project.yml: of every node what decides how it is selected, named and built. Where
there is a whole.json, everything but dbt's own macros and what differs from run to run goes there."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

FACTS = ["resource_type", "fqn", "alias", "schema", "database", "relation_name", "tags", "meta", "description", "group",
         "access", "version", "latest_version", "column_name", "attached_node", "patch_path", "primary_key"]
CONFIG = ["enabled", "materialized", "severity", "where", "tags", "meta", "schema", "post-hook", "pre-hook", "docs",
          "column_types", "quote_columns", "store_failures", "unique_key", "strategy", "group"]
PARTS = ["nodes", "sources", "exposures", "unit_tests", "groups", "metrics", "semantic_models", "saved_queries", "docs",
         "selectors", "macros"]
OWN = ("doc.dbt.", "macro.dbt.", "macro.dbt_duckdb.")
VOLATILE = {"created_at", "root_path", "compiled_path"}
here = pathlib.Path(__file__).parent


def manifest_of(project):
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch) / "project"
        shutil.copytree(project, copy)
        subprocess.run([sys.argv[1], "--quiet", "parse", "--no-partial-parse", "--profiles-dir", "."], cwd=copy, check=True)
        return json.loads((copy / "target/manifest.json").read_text())


def whole(manifest):
    entries = {}
    for part in PARTS:
        for name, entry in manifest[part].items():
            if not name.startswith(OWN):
                entries[part + " " + name] = {key: value for key, value in entry.items() if key not in VOLATILE}
    return entries


def facts(manifest):
    facts = {}
    for part in ("nodes", "sources", "exposures", "unit_tests", "groups"):
        for name, node in manifest[part].items():
            facts[name] = {key: node[key] for key in FACTS if node.get(key) not in (None, "", [], {})}
            facts[name]["depends_on"] = sorted((node.get("depends_on") or {}).get("nodes", []))
            config = node.get("config") or {}
            facts[name]["config"] = {key: config[key] for key in CONFIG if config.get(key) not in (None, "", [], {})}
    facts["disabled"] = {name: {} for name in sorted(manifest["disabled"])}
    return facts


for project in sorted(p.parent for p in here.glob("*/dbt_project.yml")):
    if (project / "messages.txt").exists():
        continue
    if (project / "whole.json").exists():
        name, recorded = "whole.json", whole(manifest_of(project))
    else:
        name, recorded = "manifest.json", facts(manifest_of(project))
    (project / name).write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
