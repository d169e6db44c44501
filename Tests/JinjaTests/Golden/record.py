"""Records what Python's jinja2 makes of every template in stock.json: pip install Jinja2==3.1.6, then python3 record.py stock.json"""

import copy
import json
import sys

import jinja2

KINDS = {
    "default": jinja2.Undefined,
    "chainable": jinja2.ChainableUndefined,
    "debug": jinja2.DebugUndefined,
    "strict": jinja2.StrictUndefined,
}


def outcome(case, context):
    options = dict(case.get("options", {}))
    undefined = KINDS[options.pop("undefined", "default")]
    environment = jinja2.Environment(
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        loader=jinja2.DictLoader(case.get("templates", {})),
        undefined=undefined,
        **options,
    )
    try:
        return {"output": environment.from_string(case["template"]).render(copy.deepcopy(context))}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def main(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    for case in document["triples"]:
        for key in ("output", "error", "message"):
            case.pop(key, None)
        case.update(outcome(case, case.get("context", document["context"])))
    with open(path, "w", encoding="utf-8") as file:
        head = {key: value for key, value in document.items() if key != "triples"}
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in document["triples"])
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "triples": [\n' + lines + "\n]}\n")


main(sys.argv[1])
