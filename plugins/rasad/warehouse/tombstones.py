"""What was taken down stays down: hashes of addresses, texts and names that no load brings back.

A tombstone says nothing of what lies under it, and knows it again: an address by its canonical form, a text by its
source and its words (so that another address of it does not help), a person by type and key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Set
from dataclasses import replace

from psycopg2.extensions import cursor as Cursor

from rasad.arabic.text import key
from rasad.model import Batch, ReadArticle, Settled
from rasad.warehouse.connection import identity

OUTCOME = "taken_down"
REASON = "taken down: see news.takedown"


class Stands(Exception):
    """A batch brings what was taken down: `left` is the batch without it."""

    def __init__(self, left: Batch) -> None:
        super().__init__("the batch brings what was taken down")
        self.left = left


def refuse(cursor: Cursor, batch: Batch) -> None:
    """Raises Stands where the batch holds something that lies under a tombstone."""
    cursor.execute("SELECT EXISTS (SELECT FROM news.tombstone)")
    if not (cursor.fetchone() or (False,))[0]:  # as in almost every load, which hashes nothing then
        return
    gone = known(cursor, addresses(batch))
    if gone and (left := without(batch, gone)) != batch:
        raise Stands(left)


def of_url(url: str) -> bytes:
    return _hash("url", url)


def of_text(source_id: str, text_key: int) -> bytes:
    return _hash("text", source_id, str(text_key))


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()


def known(cursor: Cursor, keys: Iterable[bytes]) -> frozenset[bytes]:
    """Those of the keys that are tombstones."""
    cursor.execute("SELECT key FROM news.tombstone WHERE key = ANY (%s)", (list(keys),))
    return frozenset(bytes(row[0]) for row in cursor)


def addresses(batch: Batch) -> set[bytes]:
    """The keys under which a batch's pages could lie."""
    found = {of_url(settled.url) for settled in batch.settled}
    return found.union(*(of_article(read, batch.source) for read in batch.articles))


def of_article(read: ReadArticle, source_id: str) -> set[bytes]:
    article = read.article
    urls = {article.url, read.page_url, *filter(None, (article.canonical_url,))}
    text = of_text(article.source_id or source_id, identity("text", key(article.text)))
    return {text, *map(of_url, urls)}


def without(batch: Batch, gone: Set[bytes]) -> Batch:
    """The batch less what is under tombstones: their pages are settled as taken down, whatever they say now."""
    down = [read for read in batch.articles if of_article(read, batch.source) & gone]
    told = tuple(
        replace(one, outcome=OUTCOME, reason=REASON) if of_url(one.url) in gone else one for one in batch.settled
    )
    stay = tuple(read for read in batch.articles if read not in down)
    return replace(batch, articles=stay, settled=told + tuple(settled(down)))


def settled(reads: Collection[ReadArticle]) -> Iterable[Settled]:
    for read in reads:
        for url in sorted({read.page_url, read.article.url}):
            yield Settled(url, OUTCOME, REASON, read.status, read.article.fetched_at, source_id=read.article.source_id)
