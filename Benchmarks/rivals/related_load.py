"""Articles and their publications as people load them: DuckDB reads, msgspec validates row by row, SQLAlchemy inserts.

usage: related_load.py CSV HOST PORT DATABASE USER
"""

import asyncio
import sys
from datetime import date
from typing import Annotated, Optional

import duckdb
import msgspec
from sqlalchemy import URL, Column, Date, FetchedValue, ForeignKey, Integer, MetaData, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import create_async_engine

BATCH = 10_000

tables = MetaData()
publications = Table(
    "publications",
    tables,
    Column("id", Uuid, FetchedValue(), primary_key=True),
    Column("name", Text),
    Column("name_key", Text),
)
articles = Table(
    "articles",
    tables,
    Column("id", Uuid, FetchedValue(), primary_key=True),
    Column("publication_id", Uuid, ForeignKey(publications.c.id)),
    Column("url", Text),
    Column("title", Text),
    Column("published_on", Date),
    Column("words", Integer),
)


class Article(msgspec.Struct):
    url: str
    title: str
    published_on: date
    words: Annotated[int, msgspec.Meta(gt=0)]
    publication: Optional[str]


def read(path):
    """The articles by URL, so that of those that come twice the last one stays, and how many rows are bad."""
    rows = duckdb.execute("SELECT * FROM read_csv(?, delim = ';', header = true, all_varchar = true)", [path])
    columns = [column[0] for column in rows.description]
    found, bad = {}, 0
    while batch := rows.fetchmany(BATCH):
        for row in batch:
            try:
                article = msgspec.convert(dict(zip(columns, row)), Article, strict=False)
            except msgspec.ValidationError:
                bad += 1
                continue
            article.title = article.title.strip()
            article.publication = (article.publication or "").strip()
            if article.publication:
                found[article.url] = article
            else:
                bad += 1
    return found, bad


async def load(connection, found):
    names = {}
    for article in found.values():
        names.setdefault(article.publication.lower(), article.publication)
    for batch in batches(list(names.items())):
        await connection.execute(
            insert(publications).on_conflict_do_nothing(), [{"name": name, "name_key": key} for key, name in batch]
        )
    keys = await connection.execute(select(publications.c.name_key, publications.c.id))
    keys = {name: key for name, key in keys}
    statement = insert(articles)
    statement = statement.on_conflict_do_update(
        index_elements=["url"],
        set_={name: statement.excluded[name] for name in ["publication_id", "title", "published_on", "words"]},
    )
    for batch in batches(list(found.values())):
        await connection.execute(
            statement,
            [
                {
                    "publication_id": keys[article.publication.lower()],
                    "url": article.url,
                    "title": article.title,
                    "published_on": article.published_on,
                    "words": article.words,
                }
                for article in batch
            ],
        )


def batches(rows):
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


async def main(path, host, port, database, user):
    found, bad = read(path)
    address = URL.create("postgresql+asyncpg", username=user, database=database, query={"host": host, "port": port})
    engine = create_async_engine(address)
    async with engine.begin() as connection:
        await load(connection, found)
    await engine.dispose()
    print(f"{len(found)} articles, {bad} bad rows")


asyncio.run(main(*sys.argv[1:]))
