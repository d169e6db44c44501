"""Articles of publications, as `Examples/articles` makes them and takes them into its two tables."""

import os
import shutil
import subprocess
from pathlib import Path

from .contest import Contestant, WrongAnswer, nothing
from .duckdb import duckdb_lines
from .measure import CommandFailed
from .rows import read_through

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "Examples" / "articles"

# Every row is in the sum with all that it is made of, the spelling of its publication aside: which of several is taken
# is a matter of taste. Understood by DuckDB and PostgreSQL alike, apart from how each reads hexadecimal digits.
ROW = "concat_ws('|', url, title, published_on::text, words::text, lower(publication))"
EXPECTED = """
    SELECT count(*), count(DISTINCT lower(publication)), sum(('0x' || substr(md5({row}), 1, 15))::bigint::hugeint)
    FROM (
        SELECT url, trim(title) AS title, TRY_CAST(published_on AS date) AS published_on, words, trim(publication) AS publication
        FROM (SELECT *, row_number() OVER () AS line FROM read_csv('{file}', delim = ';', header = true, all_varchar = true))
        WHERE TRY_CAST(published_on AS date) IS NOT NULL AND trim(publication) <> ''
        QUALIFY row_number() OVER (PARTITION BY url ORDER BY line DESC) = 1
    )
"""
FOUND = f"""
    SELECT count(*), (SELECT count(*) FROM publications), sum(('x' || substr(md5({ROW}), 1, 15))::bit(60)::bigint::numeric)
    FROM (SELECT a.*, p.name AS publication FROM articles a JOIN publications p ON p.id = publication_id) rows
"""
# What must be there again when a load has ended, all of it checked.
RULES = """
    SELECT conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid IN ('articles'::regclass, 'publications'::regclass)
    UNION ALL
    SELECT indrelid::regclass, indexrelid::regclass::text, indisvalid, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid IN ('articles'::regclass, 'publications'::regclass) ORDER BY 1, 2
"""


class Articles:
    """One file of so many articles: an edition of it."""

    def __init__(self, bench, count, edition=1):
        self.bench = bench
        self.count = count
        # Fifty articles a publication, as twenty thousand have a million.
        self.publications = count // 50
        self.edition = edition
        self.file = self.made()
        self.expected = self.summed_up()

    def made(self):
        folder = self.bench.data / "articles"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.count}-{self.edition}.csv"
        if not file.exists():
            project = copy_of_example(self.bench.scratch("articles") / "generator")
            words = [f"ARTICLES={self.count}", f"PUBLICATIONS={self.publications}", f"EDITION={self.edition}"]
            run_unmeasured([self.bench.pintail, "run", "inputs", "--vars", *words], project)
            os.replace(project / "data" / "articles.csv", file)
            shutil.rmtree(project)
        read_through(file)
        return file

    def summed_up(self):
        sums = self.file.with_suffix(".sums")
        if not sums.exists():
            sums.write_text("\n".join(duckdb_lines(EXPECTED.format(file=self.file, row=ROW))))
        return sums.read_text().strip()


class ArticlesProject:
    """`Examples/articles` in a folder of its own, with a server to load into and a file to load."""

    def __init__(self, bench, folder, server):
        self.bench = bench
        self.folder = Path(folder)
        self.server = server

    def begin(self):
        """As checked out: nothing has run yet."""
        shutil.rmtree(self.folder, ignore_errors=True)
        copy_of_example(self.folder)
        host, port, database, user = self.server.place_of_database
        lines = {"DB_HOST": host, "DB_PORT": port, "DB_NAME": database, "DB_USER": user}
        (self.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))

    def take(self, articles):
        """Puts a file where the pipeline looks for one."""
        file = self.folder / "data" / "articles.csv"
        file.parent.mkdir(exist_ok=True)
        file.unlink(missing_ok=True)
        os.link(articles.file, file)

    def pintail(self, *words):
        """Runs another of the program's commands, unmeasured."""
        run_unmeasured([self.bench.pintail, *words], self.folder)

    def contestant(self, name, prepare, check=nothing, turns=None):
        """`pintail run articles` in this folder."""
        return Contestant(
            name, [self.bench.pintail, "run", "articles"], self.folder, prepare=prepare, check=check, turns=turns
        )


def run_unmeasured(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise CommandFailed(done.stderr.strip())


def copy_of_example(folder):
    """The example without what runs have left in it."""
    left = shutil.ignore_patterns("data", ".pintail", ".env")
    return Path(shutil.copytree(EXAMPLE, folder, ignore=left))


def prove(server, articles, rules):
    """All rows are there with what belongs to them, and so are the constraints."""
    [found] = server.query(FOUND)
    if found != articles.expected:
        raise WrongAnswer(f"the tables do not hold the file's rows: {found}, not {articles.expected}")
    if server.query(RULES) != rules:
        raise WrongAnswer("the tables have other constraints or indexes than before")
