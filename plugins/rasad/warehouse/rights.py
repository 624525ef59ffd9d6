"""What is kept of a text, by the rights of its source: all of it, the sentences of its facts, or a hash alone.

Facts are held against the whole text first, since nobody can do that later. What goes is blanked, sign for sign, so
that offsets count on; of `facts` nothing is left to count in. What measuring asks of a text (which other texts are
copies of it) is kept beside it as hashes.
"""

from __future__ import annotations

import bisect
import hashlib
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from rasad.arabic.tokens import sentences
from rasad.model import FactRow, ReadArticle, Rights
from rasad.warehouse import near_duplicates
from rasad.warehouse.connection import connect

Span = tuple[int, int]

BATCH = 200  # versions a transaction
GAP = " "
BESIDE = 80  # as in sql/views/03_fact_changes.sql, which cuts the words of texts that are kept
_ARABIC = re.compile("[\u0621-\u064a]{3,}")


def proven(read: ReadArticle) -> ReadArticle:
    """The article with those of its facts alone whose words stand where they say."""
    fields = {"title": read.article.title or "", "body": read.article.text}
    facts = tuple(f for f in read.facts if f.start < f.end and fields[f.field][f.start : f.end] == f.text)
    return read if len(facts) == len(read.facts) else replace(read, facts=facts)


def around(text: str, spans: Sequence[Span]) -> list[Span]:
    """For each span the sentence in which it stands, or all from the first to the last where it stands in several."""
    cut = sentences(text)
    starts, ends = [start for start, _ in cut], [end for _, end in cut]
    found = []
    for start, end in spans:
        first = bisect.bisect_right(starts, start) - 1  # the last that begins before it
        last = bisect.bisect_left(ends, end)  # the first that ends behind it
        left = min(starts[first], start) if first >= 0 else start
        found.append((left, max(ends[last], end) if last < len(ends) else end))
    return found


def kept(text: str, shown: Iterable[Span], rights: Rights) -> str:
    """The text as its source lets it be kept; `shown` are the sentences of its facts."""
    if rights == "full":
        return text
    if rights == "facts":
        return ""
    parts, done = [], 0
    for start, end in sorted(shown):
        parts.append(GAP * (start - done))  # nothing where they overlap
        parts.append(text[max(start, done) : end])
        done = max(done, end)
    return "".join(parts) + GAP * (len(text) - done)


def body_spans(facts: Iterable[FactRow]) -> list[Span]:
    return [(fact.start, fact.end) for fact in facts if fact.field == "body"]


def words_beside(text: str, start: int, end: int) -> list[int]:
    """Hashes of the Arabic words within 80 code points of a span: what tells one count of a text from another, in
    mart.fact_changes, once the text is gone. 31 bits each."""
    beside = text[max(start - BESIDE, 0) : start] + " " + text[end : end + BESIDE]
    return sorted({zlib.crc32(word.encode()) & 0x7FFFFFFF for word in _ARABIC.findall(beside)})


def digest(text: str) -> bytes:
    """SHA-256 of the text as it was read: who has the text can prove that it is this one, and nobody can read it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def signature(text: str) -> bytes:
    """What tells copies of a text once it is gone: its shingles."""
    return near_duplicates.packed(near_duplicates.shingles(text))


def enforce(dsn: str) -> int:
    """Cut down what stands in the warehouse to what its sources allow now; returns how many versions that changed.

    A batch a transaction, so that it may be stopped anywhere. More than was kept does not come back.
    """
    done = 0
    with connect(dsn) as link:
        while True:
            with link.cursor() as cursor:
                cursor.execute(_TOO_MUCH, (BATCH,))
                rows = cursor.fetchall()
                for version_id, day, had, allowed, text in rows:
                    _cut_down(cursor, version_id, day, had, allowed, text)
            link.commit()
            if not rows:
                return done
            done += len(rows)


_TOO_MUCH = """
SELECT v.version_id, v.day, v.kept, s.rights, v.text
FROM news.article_version v JOIN news.source s USING (source_id)
WHERE v.kept = 'full' AND s.rights <> 'full' OR v.kept = 'snippet' AND s.rights = 'facts'
ORDER BY v.version_id LIMIT %s FOR UPDATE OF v
"""


def _cut_down(cursor: Cursor, version_id: int, day: date, had: Rights, allowed: Rights, text: str) -> None:
    place = (version_id, day)
    cursor.execute(
        "SELECT fact_no, start_offset, end_offset, kind FROM news.fact "
        "WHERE (version_id, day) = (%s, %s) AND field = 'body' ORDER BY fact_no",
        place,
    )
    facts = cursor.fetchall()
    shown = around(text, [(start, end) for _, start, end, _ in facts])
    bounds: list[tuple[int | None, int | None]] = [(None, None)] * len(facts) if allowed == "facts" else [*shown]
    rows = [
        (no, first, last, words_beside(text, start, end) if kind == "quantity" else None)
        for (no, start, end, kind), (first, last) in zip(facts, bounds, strict=True)
    ]
    execute_values(
        cursor,
        "UPDATE news.fact f SET sentence_start = n.first, sentence_end = n.last, around = coalesce(f.around, n.around) "
        "FROM (VALUES %s) n (fact_no, first, last, around) "
        f"WHERE f.version_id = {version_id} AND f.day = '{day}' AND f.fact_no = n.fact_no",
        rows,
        template="(%s, %s::int, %s::int, %s::int[])",
    )
    whole = had == "full"  # of a snippet they were taken when it was made
    cursor.execute(
        """
        UPDATE news.article_version SET kept = %(allowed)s, text = %(text)s, text_edits = '[]',
            text_sha256 = coalesce(text_sha256, %(digest)s), shingles = coalesce(shingles, %(shingles)s),
            description = CASE WHEN %(allowed)s = 'facts' THEN NULL ELSE description END,
            subtitle = CASE WHEN %(allowed)s = 'facts' THEN NULL ELSE subtitle END
        WHERE (version_id, day) = (%(version)s, %(day)s)
        """,
        {
            "version": version_id,
            "day": day,
            "allowed": allowed,
            "text": kept(text, shown, allowed),
            "digest": digest(text) if whole else None,
            "shingles": signature(text) if whole else None,
        },
    )
