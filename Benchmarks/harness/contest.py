"""Lets commands that do the same job take turns."""

import os
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

from .measure import CommandFailed, measure


class WrongAnswer(Exception):
    """A command ended well, but what it made is not what it should have made."""


def nothing():
    pass


@dataclass
class Contestant:
    """A command, what stands ready for it, and how its result is proven."""

    name: str
    command: list
    directory: Optional[Path] = None
    environment: dict = field(default_factory=dict)
    # Before every turn, outside the measurement: takes away what the last turn made.
    prepare: Callable[[], None] = nothing
    # After every turn, outside the measurement: raises WrongAnswer.
    check: Callable[[], None] = nothing
    # How often at most; the slowest ones go once.
    turns: Optional[int] = None


@dataclass
class Outcome:
    """What a contestant's turns came to."""

    contestant: Contestant
    measurements: list = field(default_factory=list)
    failure: Optional[str] = None

    @property
    def name(self):
        return self.contestant.name

    @property
    def wall(self):
        """The median time in seconds."""
        return statistics.median(each.wall for each in self.measurements)

    @property
    def cpu(self):
        """The median CPU time in seconds."""
        return statistics.median(each.cpu for each in self.measurements)

    @property
    def peak(self):
        """The highest peak in bytes: a limit is kept in every turn or not at all."""
        return max(each.peak for each in self.measurements)


def compete(contestants, turns, is_brief=False):
    """Lets every contestant do its job `turns` times, by turns, so that a slow minute of the machine hits all of them.

    Brief jobs are done many times: they are not told of one by one, and nothing of theirs has to reach the disk.
    """
    outcomes = [Outcome(contestant) for contestant in contestants]
    for turn in range(turns):
        # Nobody always comes first.
        start = turn % len(outcomes)
        for outcome in outcomes[start:] + outcomes[:start]:
            if outcome.failure is None and turn < (outcome.contestant.turns or turns):
                take_turn(outcome, is_brief)
    return outcomes


def take_turn(outcome, is_brief):
    contestant = outcome.contestant
    contestant.prepare()
    if not is_brief:
        # What others have written goes to the disk now, not during this turn.
        os.sync()
    try:
        taken = measure(contestant.command, contestant.directory, contestant.environment)
        contestant.check()
    except (CommandFailed, WrongAnswer) as error:
        outcome.failure = str(error)
        say(f"  {contestant.name}: {error}")
        return
    outcome.measurements.append(taken)
    if not is_brief:
        say(f"  {contestant.name}: {taken.wall:.3f} s, {taken.cpu:.3f} s of CPU, {taken.peak / 1e6:.0f} MB")


def say(line):
    print(line, file=sys.stderr, flush=True)
