"""The questions of the table, and their answers."""

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Answer:
    """One line of the table: what was asked of Pintail, what it was measured against, and whether it holds."""

    question: str
    pintail: str
    beside: str
    result: str
    asked: str
    # Nothing, where nothing is asked.
    holds: Optional[bool]


def how_fast(question, pintail, rival, at_least=None):
    """Pintail's speed as a multiple of the rival's, and whether that is enough."""
    asked = f"≥ {at_least}×" if at_least else "–"
    if pintail.failure or rival.failure:
        return unanswered(question, pintail, rival, asked)
    ratio = rival.wall / pintail.wall
    holds = None if at_least is None else ratio >= at_least
    return Answer(question, taken(pintail), f"{rival.name}: {taken(rival)}", f"{ratio:.2f}×", asked, holds)


def how_much_cpu(question, pintail, rival, at_least):
    """By how much less CPU time Pintail does the job, and whether that is enough."""
    asked = f"≥ {at_least}×"
    if pintail.failure or rival.failure:
        return unanswered(question, pintail, rival, asked)
    ratio = rival.cpu / pintail.cpu
    mine, theirs = (f"{outcome.cpu:.2f} s of CPU" for outcome in (pintail, rival))
    return Answer(question, mine, f"{rival.name}: {theirs}", f"{ratio:.2f}×", asked, ratio >= at_least)


def how_quick(question, pintail, limit, rivals=()):
    """Whether Pintail's time stays within a limit in seconds, beside what others take."""
    asked = f"≤ {limit * 1e3:.0f} ms"
    beside = ", ".join(f"{rival.name} {milliseconds(rival)}" for rival in rivals if not rival.failure)
    if pintail.failure:
        return Answer(question, failed(pintail), beside, "–", asked, False)
    return Answer(question, milliseconds(pintail), beside, milliseconds(pintail), asked, pintail.wall <= limit)


def how_much_memory(question, pintail, limit, rival=None):
    """Whether Pintail's peak stays within a limit in bytes, beside what another one took."""
    asked = f"≤ {limit / 1e6:.0f} MB"
    beside = "–" if rival is None else f"{rival.name}: {failed(rival) if rival.failure else taken(rival)}"
    if pintail.failure:
        return Answer(question, failed(pintail), beside, "–", asked, False)
    return Answer(question, taken(pintail), beside, f"{megabytes(pintail.peak)} peak", asked, pintail.peak <= limit)


def unanswered(question, pintail, rival, asked):
    beside = failed(rival) if rival.failure else taken(rival)
    # A rival that fails proves nothing; Pintail's own failure is an answer, where one was asked for.
    holds = False if pintail.failure and asked != "–" else None
    mine = failed(pintail) if pintail.failure else taken(pintail)
    return Answer(question, mine, f"{rival.name}: {beside}", "–", asked, holds)


def taken(outcome):
    return f"{seconds(outcome)}, {megabytes(outcome.peak)}"


def seconds(outcome):
    return f"{outcome.wall:.2f} s" if outcome.wall < 10 else f"{outcome.wall:.1f} s"


def milliseconds(outcome):
    return f"{outcome.wall * 1e3:.1f} ms"


def megabytes(count):
    return f"{count / 1e6:,.0f} MB"


def failed(outcome):
    return f"failed ({shortened(outcome.failure)})"


def shortened(text, width=80):
    return text if len(text) <= width else text[: width - 1] + "…"
