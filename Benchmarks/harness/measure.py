"""Runs a command in a process of its own and says what it took."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """What one process took, its children included: seconds on the clock, seconds of CPU, peak resident bytes."""

    wall: float
    cpu: float
    peak: int


class CommandFailed(Exception):
    """A command ended with an error, or took too long."""


def measure(command, directory=None, environment=None, timeout=7200):
    """Runs `command` to its end.

    Linux hands the peak of the process that starts a command down to it, so this program keeps itself small:
    nothing below what it uses (about 20 MB) is ever reported.
    """
    command = [str(word) for word in command]
    with tempfile.TemporaryFile() as messages:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=directory,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=messages,
            # A group of its own, so that what it has started ends with it.
            start_new_session=True,
        )
        alarm = threading.Timer(timeout, os.killpg, [process.pid, signal.SIGKILL])
        alarm.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            alarm.cancel()
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise CommandFailed(why_it_failed(process.returncode, messages, timed_out=wall >= timeout))
    # macOS counts bytes, Linux kibibytes.
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return Measurement(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit)


def why_it_failed(code, messages, timed_out):
    if timed_out:
        return "took too long"
    messages.seek(0)
    lines = [line.strip() for line in messages.read().decode(errors="replace").splitlines()]
    # The line that says it is the first with "error" in it; where there is none, the last one.
    telling = [line for line in lines if "error" in line.lower()] or [line for line in lines if line][-1:]
    return telling[0] if telling else f"exit status {code}"
