"""Reads what a build leaves in FOLDER/target with the classes of dbt-artifacts-parser, and says what it found."""

import collections
import json
import sys
from pathlib import Path

from dbt_artifacts_parser import parser

target = Path(sys.argv[1]) / "target"


def read(name, parse):
    parsed = parse(json.loads((target / f"{name}.json").read_text()))
    print(f"{name}: {type(parsed).__name__}")
    return parsed


manifest = read("manifest", parser.parse_manifest)
kinds = collections.Counter(type(node).__name__ for node in manifest.nodes.values())
print("  nodes:", ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
for part in ["sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "groups"]:
    print(f"  {part}:", ", ".join(sorted(getattr(manifest, part))))
results = read("run_results", parser.parse_run_results)
print("  " + ", ".join(f"{n} {status}" for status, n in sorted(collections.Counter(r.status.value for r in results.results).items())))
catalog = read("catalog", parser.parse_catalog)
print("  nodes:", ", ".join(sorted(catalog.nodes)))
print("  sources:", ", ".join(sorted(catalog.sources)))
sources = read("sources", parser.parse_sources)
print("  " + ", ".join(f"{r.unique_id} {r.status.value}" for r in sources.results))
