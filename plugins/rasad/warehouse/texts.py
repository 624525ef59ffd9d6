"""The words that the warehouse keeps: titles and texts of the articles as they stand now."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg2.extensions import connection as Connection

FETCH = 500  # rows a round, so that memory stays bounded


def current(link: Connection) -> Iterator[str]:
    """Title and text of every article whose text is kept whole, one string each, in no particular order."""
    with link.cursor("texts") as cursor:  # on the server: only FETCH rows are here at once
        cursor.itersize = FETCH
        cursor.execute(
            """
            SELECT coalesce(v.title || E'\\n', '') || v.text
            FROM news.article a JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
            WHERE v.kept = 'full' AND v.text <> ''
            """
        )
        for (text,) in cursor:
            yield text
