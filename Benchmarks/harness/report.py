"""The table, as Markdown."""

from .answer import megabytes

VERDICT = {True: "yes", False: "**no**", None: "–"}


def ratios(answers):
    """What was asked, and whether it holds."""
    head = ["benchmark", "Pintail", "beside", "result", "asked", "holds"]
    lines = [
        [each.question, each.pintail, each.beside, each.result, each.asked, VERDICT[each.holds]] for each in answers
    ]
    return table(head, lines)


def measurements(outcomes):
    """Everything that was measured: each contestant's turns, CPU and peak."""
    head = ["benchmark", "contestant", "seconds, each turn", "median", "CPU seconds", "peak"]
    lines = []
    for benchmark, outcome in outcomes:
        if outcome.failure:
            lines.append([benchmark, outcome.name, f"failed: {outcome.failure}", "", "", ""])
            continue
        turns = [f"{each.wall:.3f}" for each in outcome.measurements]
        shown = " ".join(turns) if len(turns) <= 7 else f"{len(turns)} turns, {min(turns, key=float)} to {max(turns, key=float)}"
        lines.append([benchmark, outcome.name, shown, f"{outcome.wall:.3f}", f"{outcome.cpu:.3f}", megabytes(outcome.peak)])
    return table(head, lines)


def table(head, lines):
    rows = [head, ["---"] * len(head), *lines]
    # A bar inside a cell would end it.
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
