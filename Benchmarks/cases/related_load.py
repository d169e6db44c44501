"""A CSV file that names publications becomes two PostgreSQL tables, keys looked up, with every constraint on."""

import shutil

from harness.amounts import shown
from harness.answer import Answer, failed, how_fast, how_much_memory, megabytes
from harness.articles import RULES, Articles, ArticlesProject, prove
from harness.contest import Contestant, WrongAnswer
from harness.postgres import PostgresServer, memory_disk
from harness.rivals import python_rival, text_of

PEAK = 200_000_000
# How much more memory ten times the rows may take.
GROWTH = 1.3
# What the server writes for an article, in copies of its tables and in its log, which keeps files for the next turn.
SERVER_BYTES_PER_ROW = 8_000


def run(bench):
    few, many = bench.article_counts
    with PostgresServer() as server:
        bench.remarks.append(server.description())
        case = RelatedLoad(bench, server)
        answers = case.into_empty_tables(Articles(bench, few))
        answers += case.once_more(Articles(bench, few), Articles(bench, few, edition=2))
        answers += case.into_tables_with_rows(Articles(bench, few), Articles(bench, few, edition=2))
        answers += case.with_more_rows(Articles(bench, few), Articles(bench, many))
    # Whoever is fast waits for the disk that takes the server's log; without one, it shows whose way is shorter.
    if place := memory_disk(SERVER_BYTES_PER_ROW * few):
        with PostgresServer(place) as server:
            answers += RelatedLoad(bench, server, ", server's files in memory").into_empty_tables(Articles(bench, few))
    return answers


class RelatedLoad:
    """What is compared on one server; its databases are copies of ones that are set up once."""

    def __init__(self, bench, server, where=""):
        self.bench = bench
        self.server = server
        self.where = where
        self.folder = bench.scratch("related-load")
        self.project = ArticlesProject(bench, self.folder / "pintail", server)
        self.project.begin()
        self.project.pintail("migrate", "up")
        self.rules = server.query(RULES)
        server.keep_database("articles_empty")
        self.empty = {}

    # What each contestant begins with

    def start(self, database, articles):
        def prepare():
            self.server.restore_database(database)
            self.project.begin()
            self.project.take(articles)

        return prepare

    def start_after_run(self, articles):
        """The first run's tables and its project folder, with a file that may be another edition."""

        def prepare():
            self.server.restore_database("articles_loaded")
            shutil.rmtree(self.project.folder, ignore_errors=True)
            shutil.copytree(self.folder / "loaded", self.project.folder)
            self.project.take(articles)

        return prepare

    # Contestants

    def pintail(self, name, prepare, articles, turns=None, check=lambda: None):
        def prove_all():
            prove(self.server, articles, self.rules)
            check()

        return self.project.contestant(name, prepare, prove_all, turns)

    def by_hand(self, database, articles):
        script = self.folder / "rival.psql"
        script.write_text(text_of("related_load.psql", source=articles.file))
        command = self.server.psql("-f", script)
        return self.rival("COPY to a temporary table, INSERT … SELECT", command, database, articles)

    def in_python(self, database, articles):
        command = python_rival("related_load", articles.file, *self.server.place_of_database)
        return self.rival("SQLAlchemy async, asyncpg, msgspec", command, database, articles)

    def rival(self, name, command, database, articles):
        return Contestant(
            name,
            command,
            prepare=lambda: self.server.restore_database(database),
            check=lambda: prove(self.server, articles, self.rules),
        )

    # Questions

    def into_empty_tables(self, articles):
        question = f"CSV → two related Postgres tables, {shown(articles.count)} rows{self.where}"
        pintail, by_hand, in_python = self.bench.compete(question, [
            self.pintail("pintail run, first", self.start("articles_empty", articles), articles),
            self.by_hand("articles_empty", articles),
            self.in_python("articles_empty", articles),
        ])
        self.first = pintail
        return [
            how_fast(question, pintail, in_python, at_least=8),
            how_fast(question, pintail, by_hand, at_least=3),
            how_much_memory(question, pintail, PEAK),
        ]

    def once_more(self, articles, edited):
        self.start("articles_empty", articles)()
        self.project.pintail("run", "articles")
        [last] = self.server.query("SELECT pg_current_xact_id()")
        self.server.keep_database("articles_loaded")
        shutil.rmtree(self.folder / "loaded", ignore_errors=True)
        self.project.folder.rename(self.folder / "loaded")
        question = f"the same run once more, {shown(articles.count)} rows, nothing changed"
        edit = f"the same run once more, {shown(articles.count)} rows, one in a hundred edited"
        again, after_edit = self.bench.compete("the same run once more", [
            self.pintail(
                "pintail run, the same file", self.start_after_run(articles), articles,
                check=lambda: self.prove_written(last, "false"),
            ),
            self.pintail(
                "pintail run, another edition", self.start_after_run(edited), edited,
                check=lambda: self.prove_written(last, "title LIKE '%(edition 2)'"),
            ),
        ])
        return [
            how_fast(question, again, self.first, at_least=4),
            how_fast(edit, after_edit, self.first),
        ]

    def prove_written(self, last, condition):
        """Rows that were written after a transaction are those of the condition, and no others."""
        written = f"xmin::text::bigint > {last}"
        for table, wanted in [("articles", condition), ("publications", "false")]:
            wrong = self.server.query(f"SELECT count(*) FROM {table} WHERE ({written}) <> ({wanted})")
            if wrong != ["0"]:
                raise WrongAnswer(f"{wrong[0]} rows of {table} were written that are as they were, or not written")

    def into_tables_with_rows(self, articles, edited):
        """Half of the articles are there, one in a hundred as another edition has it."""
        self.start("articles_empty", edited)()
        self.project.pintail("run", "articles")
        self.server.query("DELETE FROM articles WHERE hashtext(url) % 2 = 0")
        self.server.query("VACUUM FULL ANALYZE articles")
        self.server.keep_database("articles_half")
        question = f"CSV → two related Postgres tables with half of the {shown(articles.count)} rows in them"
        pintail, by_hand, in_python = self.bench.compete(question, [
            self.pintail("pintail run", self.start("articles_half", articles), articles),
            self.by_hand("articles_half", articles),
            self.in_python("articles_half", articles),
        ])
        return [
            how_fast(question, pintail, in_python, at_least=3),
            how_fast(question, pintail, by_hand),
        ]

    def with_more_rows(self, few, many):
        question = f"CSV → two related Postgres tables, {shown(few.count)} and {shown(many.count)} rows"
        asked = f"≤ {GROWTH}×"
        [outcome] = self.bench.compete(
            f"CSV → two related Postgres tables, {shown(many.count)} rows",
            [self.pintail("pintail run", self.start("articles_empty", many), many)],
            turns=1,
        )
        for each in [self.first, outcome]:
            if each.failure:
                return [Answer(question, failed(each), "–", "–", asked, False)]
        peaks = f"{megabytes(self.first.peak)} and {megabytes(outcome.peak)}"
        ratio = outcome.peak / self.first.peak
        return [Answer(question, peaks, f"{shown(few.count)} rows", f"{ratio:.2f}× the peak", asked, ratio <= GROWTH)]
