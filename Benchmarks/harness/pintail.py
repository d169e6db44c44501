"""Pintail as its users run it: a project in a folder, and `pintail run`."""

import shutil
from pathlib import Path

from .contest import Contestant, nothing


class PintailProject:
    """A project folder, written anew for every turn, so that nothing of the last one is left to be skipped."""

    def __init__(self, program, folder, steps, memory=None, connections="", database=None):
        self.program = Path(program)
        self.folder = Path(folder)
        self.steps = steps
        self.memory = memory
        self.connections = connections
        # A database that is there when the run begins.
        self.given = database
        self.database = self.folder / "bench.duckdb"

    def write(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "pipelines").mkdir(parents=True)
        (self.folder / "pintail.yml").write_text(self.settings)
        (self.folder / "pipelines" / "bench.yml").write_text(f"pipeline: bench\nsteps:\n{self.steps}")
        if self.given:
            shutil.copyfile(self.given, self.database)

    @property
    def settings(self):
        lines = ["project: bench", "database: bench.duckdb"]
        if self.memory:
            lines.append(f"resources: {{memory: {self.memory}}}")
        if self.connections:
            lines.append(f"connections:\n{self.connections}")
        return "\n".join(lines) + "\n"

    def contestant(self, name, check=nothing, before=nothing, turns=None):
        """`pintail run` in this folder."""

        def prepare():
            before()
            self.write()

        return Contestant(name, [self.program, "run"], self.folder, prepare=prepare, check=check, turns=turns)
