"""What the numbers were measured on."""

import os
import platform
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

from .duckdb import duckdb_program


def machine_facts():
    """One line each: the machine, its system, and the versions of what is compared."""
    packages = ["pandas", "polars", "psycopg2-binary", "pyarrow"]
    return [
        f"{date.today().isoformat()}: {processor()}, {usable_cores()} cores, {memory() / 1e9:.0f} GB of memory, "
        f"{operating_system()}",
        f"DuckDB {first_line([duckdb_program(), '-version']).split()[0].lstrip('v')}, "
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in packages),
    ]


def busy_machine():
    """A sentence about what else the machine is doing, when that can be seen; nothing when it is idle."""
    load = os.getloadavg()[0]
    if load < 0.5:
        return None
    return f"The machine was not idle: its load was {load:.1f} when this began."


def usable_cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def memory():
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def processor():
    if sys.platform == "darwin":
        return first_line(["sysctl", "-n", "machdep.cpu.brand_string"])
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def operating_system():
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    lines = Path("/etc/os-release").read_text().splitlines()
    names = [line.partition("=")[2].strip('"') for line in lines if line.startswith("PRETTY_NAME=")]
    return f"{names[0] if names else 'Linux'}, Linux {platform.release()}"


def first_line(command):
    said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout.splitlines()
    return said[0].strip() if said else "unknown"
