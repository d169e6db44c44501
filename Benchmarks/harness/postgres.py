"""A PostgreSQL server of the benchmark's own; every contestant fills the same one."""

import glob
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .measure import CommandFailed

# What differs from a server just installed. Durability is as installed: fsync, synchronous_commit and full_page_writes on.
SETTINGS = {
    # Local clients only, all by the same Unix socket.
    "listen_addresses": "''",
    # As installed; said because a load without WAL would be another benchmark.
    "wal_level": "replica",
    "shared_buffers": "256MB",
    # No checkpoint of the server's own choosing in the middle of somebody's turn; each turn begins after one.
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    # Files of the log are kept and written over, so that only the first load has to make them.
    "min_wal_size": "4GB",
    # Nobody's rows are vacuumed while another contestant is measured.
    "autovacuum": "off",
}
PORT = 5432
DATABASE = "bench"
USER = "postgres"


class PostgresServer:
    """Runs while its `with` block does, on a data folder that goes with it."""

    def __init__(self, place="/var/tmp", settings=()):
        # /var/tmp is on a disk where /tmp may be memory.
        self.place = place
        self.settings = {**SETTINGS, **dict(settings)}
        self.programs = server_programs()

    def __enter__(self):
        # Outside the checkout: as root, the server runs as another user, who may not be able to enter that.
        self.folder = Path(tempfile.mkdtemp(prefix="pintail-bench-", dir=self.place))
        self.as_server = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
        if self.as_server:
            shutil.chown(self.folder, USER, USER)
        self.process = None
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        data = self.folder / "data"
        self.as_owner("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--lc-ctype=C.UTF-8", "--no-sync")
        with open(data / "postgresql.conf", "a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in self.settings.items())
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", data, "-k", self.folder, "-p", str(PORT)],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.as_server,
            )
        self.wait_until_it_answers()
        self.query(f"CREATE DATABASE {DATABASE}", database="postgres")

    def stop(self):
        if self.process:
            # Fast shutdown: sessions end, what they wrote is kept.
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def as_owner(self, program, *arguments):
        command = [str(self.programs / program), *map(str, arguments)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, **self.as_server)
        if done.returncode != 0:
            raise CommandFailed(done.stderr)

    def wait_until_it_answers(self):
        for _ in range(300):
            if self.process.poll() is not None:
                break
            if subprocess.run([self.programs / "pg_isready", "-q", *self.address]).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text())

    @property
    def address(self):
        """How PostgreSQL's own programs find it."""
        return ["-h", str(self.folder), "-p", str(PORT), "-U", USER]

    @property
    def words(self):
        """How libpq and what stands on it find it."""
        return f"host={self.folder} port={PORT} dbname={DATABASE} user={USER}"

    @property
    def place_of_database(self):
        """Host, port, database and user."""
        return [str(self.folder), str(PORT), DATABASE, USER]

    def psql(self, *arguments, database=DATABASE):
        """The command that runs psql, without the user's ~/.psqlrc; the first error ends it."""
        return [self.programs / "psql", *self.address, "-d", database, "-qXAt", "-F,", "-v", "ON_ERROR_STOP=1", *arguments]

    def query(self, sql, database=DATABASE):
        """Runs a statement unmeasured; its lines, with commas between values."""
        done = subprocess.run(
            self.psql("-c", sql, database=database), stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise CommandFailed(done.stderr.strip())
        return done.stdout.splitlines()

    def forget(self, table):
        """Takes a table away, as if it had never been, and writes out what is left to write."""
        self.query(f"DROP TABLE IF EXISTS {table}")
        self.query("CHECKPOINT")

    def keep_database(self, name):
        """Keeps the database as it is now under another name."""
        self.query(f"DROP DATABASE IF EXISTS {name}", database="postgres")
        self.query(f"CREATE DATABASE {name} TEMPLATE {DATABASE}", database="postgres")

    def restore_database(self, name):
        """Makes the database what was kept under that name, and writes out what is left to write."""
        self.query(f"DROP DATABASE IF EXISTS {DATABASE}", database="postgres")
        self.query(f"CREATE DATABASE {DATABASE} TEMPLATE {name} STRATEGY file_copy", database="postgres")
        self.query("CHECKPOINT")

    def description(self):
        """Which server this is, with what can decide how fast it takes rows, as the server itself says it."""
        [version] = self.query("SHOW server_version")
        shown = ["fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers", "max_wal_size"]
        return f"PostgreSQL {version} with " + ", ".join(f"{name}={self.query(f'SHOW {name}')[0]}" for name in shown)


def memory_disk(needed):
    """A folder whose files are in memory, where the system has one with so many bytes free."""
    place = Path("/dev/shm")
    return place if place.is_dir() and shutil.disk_usage(place).free >= needed else None


def server_programs():
    """The folder with the server's programs; Debian and Homebrew keep them off the path."""
    places = ["/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"]
    found = [Path(each) for place in places for each in glob.glob(place) if os.access(f"{each}/initdb", os.X_OK)]
    if found:
        return max(found, key=lambda folder: float("0" + "".join(filter(str.isdigit, str(folder)))))
    if on_path := shutil.which("initdb"):
        return Path(on_path).parent
    raise RuntimeError("PostgreSQL's server is not installed: run scripts/setup --test")
