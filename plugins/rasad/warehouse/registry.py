"""The registry of entities: which names are known, which spellings are one, and what a person has merged. Part of
measuring.

A name that the lexicon knows is `listed`. Another is `added` once it, with its other spellings, was named in enough
articles of several sources, and `candidate` until then. What is decided is a function of the current facts and of
`news.entity_merge`, whatever the order in which they came (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from rasad.arabic.text import key

ARTICLES = 3  # that name an entity before it is added
SOURCES = 2  # that they come from, so that one paper's slip of the pen is none
_LONG = 7  # letters: of shorter single words too many differ in these letters alone (جازان, غازان)
# Letters that write one foreign sound: سيرجي and سيرغي.
_SOUNDS = str.maketrans({"ج": "غ", "گ": "غ", "چ": "غ", "پ": "ب", "ڤ": "ف", "ژ": "ز"})

Standing = Literal["listed", "added", "candidate"]


@dataclass(frozen=True, slots=True)
class Name:
    """An entity as it is written, and where it was seen. `articles` are current ones, in which it is no name of the
    lexicon."""

    entity_id: int
    listed: bool
    articles: int
    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """What became of a name: its standing, and the spelling that it goes by (None: its own)."""

    standing: Standing
    spelled_as: int | None


def spelling(name: str) -> str:
    """What the spellings of a foreign name share, beyond the match key: ج and غ, a last ا or ه, doubled و and ي."""
    words = key(name).split()
    if len(words) == 1 and len(words[0]) < _LONG:
        return words[0]
    folded = (word[:-1] + "ا" if word.endswith("ه") and len(word) > 3 else word for word in words)
    out = "".join(folded).translate(_SOUNDS)
    return out.replace("يي", "ي").replace("وو", "و")


def settle(names: Iterable[Name]) -> dict[int, Place]:
    """Where each of the names stands that share a type and a spelling.

    They become one entity once they were seen often enough together: the listed one, or else the one in most articles,
    of equals the one of the least id. Where the lexicon holds several of them, they are left apart.
    """
    members = sorted(names, key=lambda n: (not n.listed, -n.articles, n.entity_id))
    listed = sum(n.listed for n in members)
    if listed < 2 and (listed or _enough(members)):
        first, *others = members
        standing: Standing = "listed" if listed else "added"
        return {first.entity_id: Place(standing, None)} | {
            other.entity_id: Place(standing, first.entity_id) for other in others
        }
    return {
        n.entity_id: Place("listed" if n.listed else "added" if _enough([n]) else "candidate", None) for n in members
    }


def _enough(names: list[Name]) -> bool:
    sources = frozenset[str]().union(*(n.sources for n in names))
    return sum(n.articles for n in names) >= ARTICLES and len(sources) >= SOURCES


# Returns the entities of which something changed; what stands is not written again.
_SIGHT = """
WITH counted AS MATERIALIZED (
    SELECT f.entity_id, f.day, a.source_id, count(DISTINCT a.article_id)::int AS articles
    FROM news.fact f
    JOIN news.article a ON a.current_version = f.version_id AND a.day = f.day
    WHERE f.day = %(day)s AND f.kind = 'entity' AND f.entity_id IS NOT NULL
      AND f.details ->> 'source' IS DISTINCT FROM 'lexicon'
    GROUP BY f.entity_id, f.day, a.source_id
), gone AS (
    DELETE FROM news.entity_sighting d
    USING (SELECT entity_id, source_id FROM news.entity_sighting WHERE day = %(day)s
           EXCEPT SELECT entity_id, source_id FROM counted) g
    WHERE d.day = %(day)s AND d.entity_id = g.entity_id AND d.source_id = g.source_id
    RETURNING d.entity_id
), put AS (
    INSERT INTO news.entity_sighting AS d (entity_id, day, source_id, articles)
    SELECT entity_id, day, source_id, articles FROM counted
    EXCEPT
    SELECT entity_id, day, source_id, articles FROM news.entity_sighting WHERE day = %(day)s
    ON CONFLICT (entity_id, day, source_id) DO UPDATE SET articles = excluded.articles
    RETURNING d.entity_id
)
SELECT entity_id FROM gone UNION SELECT entity_id FROM put
"""

_NEW = """
SELECT e.entity_id, e.type, e.key
FROM (SELECT DISTINCT f.entity_id FROM news.fact f WHERE f.day = %s AND f.entity_id IS NOT NULL) n
JOIN news.entity e USING (entity_id)
WHERE NOT EXISTS (SELECT FROM news.entity_standing s WHERE s.entity_id = n.entity_id)
"""

# Names whose spelling they share with one of some ids, or with one of the day that is listed since.
_MEMBERS = """
WITH touched AS (
    SELECT type, spelling FROM news.entity_standing WHERE entity_id = ANY (%(seen)s::bigint[])
    UNION
    SELECT s.type, s.spelling
    FROM (SELECT DISTINCT f.entity_id FROM news.fact f WHERE f.day = %(day)s::date AND f.entity_id IS NOT NULL) n
    CROSS JOIN LATERAL (  -- the day's alone: joined, those of all time may be read
        SELECT s.type, s.spelling FROM news.entity_standing s JOIN news.entity e USING (entity_id)
        WHERE s.entity_id = n.entity_id AND s.standing <> 'listed' AND e.name_en IS NOT NULL
        OFFSET 0
    ) s
)
SELECT s.type, s.spelling, s.entity_id, e.name_en IS NOT NULL, coalesce(g.articles, 0)::int,
       coalesce(g.sources, '{}'), s.standing, s.spelled_as
FROM touched JOIN news.entity_standing s USING (type, spelling) JOIN news.entity e USING (entity_id)
LEFT JOIN LATERAL (
    SELECT sum(t.articles) AS articles, array_agg(DISTINCT t.source_id) AS sources
    FROM news.entity_sighting t WHERE t.entity_id = s.entity_id
) g ON true
"""


def register(cursor: Cursor, day: date) -> set[date]:
    """Settle the names of a day. Returns the other days whose counts this changes, marked to be measured anew.

    Only one may run at a time (`trends.measure`). It writes no table that a load writes, but for such marks.
    """
    cursor.execute(_SIGHT, {"day": day})
    seen = {entity for (entity,) in cursor}  # where nothing of a name and its other spellings changed, they stand
    cursor.execute(_NEW, (day,))
    new = [(entity, kind, spelling(name)) for entity, kind, name in cursor]
    execute_values(
        cursor, "INSERT INTO news.entity_standing (entity_id, type, spelling) VALUES %s", new, page_size=1000
    )
    _resettle(cursor, seen | {entity for entity, *_ in new}, day)
    cursor.execute("SELECT day FROM news.resolve_entities('registry') day")
    days = {other for (other,) in cursor} - {day}
    cursor.execute("DELETE FROM news.dirty_day WHERE (day, batch_id) = (%s, 'registry')", (day,))  # counted right after
    return days


def settle_again(cursor: Cursor, ids: Iterable[int]) -> None:
    """Settle these names and their other spellings, of which some are gone; what it changes is marked to be measured.

    Nothing may be measured meanwhile."""
    _resettle(cursor, ids, None)
    cursor.execute("SELECT news.resolve_entities('registry')")


def _resettle(cursor: Cursor, ids: Iterable[int], day: date | None) -> None:
    """Write where names stand that share a spelling with one of these, or with one of the day's that is listed now."""
    cursor.execute(_MEMBERS, {"seen": sorted(ids), "day": day})
    groups: dict[tuple[str, str], list[Name]] = {}
    before: dict[int, Place] = {}
    for kind, spelled, entity, listed, articles, sources, standing, spelled_as in cursor:
        groups.setdefault((kind, spelled), []).append(Name(entity, listed, articles, frozenset(sources)))
        before[entity] = Place(standing, spelled_as)
    changed = [
        (entity, place.standing, place.spelled_as)
        for names in groups.values()
        for entity, place in settle(names).items()
        if place != before[entity]
    ]
    execute_values(
        cursor,
        "UPDATE news.entity_standing s SET standing = v.standing, spelled_as = v.spelled_as::bigint "
        "FROM (VALUES %s) v (entity_id, standing, spelled_as) WHERE s.entity_id = v.entity_id",
        changed,
        page_size=1000,
    )
