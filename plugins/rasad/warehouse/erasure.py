"""A person's erasure: the names first, which no load brings back from then on, and then all that stands.

Every step may be killed: what was not reached is found again by `enforce`, as often as it runs.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from rasad.warehouse import persons, takedown, tombstones
from rasad.warehouse.connection import connect
from rasad.warehouse.load import entity_key, lock_sources
from rasad.warehouse.persons import Erased

BATCH = 200  # versions a transaction
_FACT = (
    "fact_no", "kind", "field", "start_offset", "end_offset", "surface", "entity_id", "label", "speaker", "verb",
    "role", "unit", "unit_key", "details",
)  # fmt: skip
_VERSION = (
    "version_id", "day", "article_id", "source_id", "title", "text", "text_edits", "description", "subtitle",
    "section", "authors", "tags", "masked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Who is meant: the entities that are one, and every name by which they were written as a whole."""

    ids: tuple[int, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would touch, for whoever decides."""

    person: Person
    counts: dict[str, int]
    titles: tuple[str, ...]  # of the newest articles, so that a namesake is told


@dataclass(frozen=True, slots=True)
class Done:
    """What went, by kind."""

    takedown_id: int
    counts: dict[str, int]


def find(link: Connection, who: str) -> list[Person]:
    """Who has an entity's id, or of a name in any spelling: one, several, or none yet."""
    with link.cursor() as cursor:
        if re.fullmatch(r"-?[0-9]{1,19}", who):
            cursor.execute("SELECT root_id FROM news.entity_identity WHERE entity_id = %s::numeric", (who,))
        else:
            cursor.execute(
                "SELECT DISTINCT i.root_id FROM news.entity_alias l JOIN news.entity e USING (entity_id) "
                "JOIN news.entity_identity i USING (entity_id) WHERE e.type = 'PER' AND l.canonical "
                "AND (e.key = %(key)s OR l.alias = %(who)s OR lower(e.name_en) = lower(%(who)s)) ORDER BY 1",
                {"key": entity_key(who), "who": " ".join(who.split())},
            )
        roots = [root for (root,) in cursor]
        found = []
        for root in roots:
            cursor.execute(
                "SELECT array_agg(DISTINCT i.entity_id), "
                "array_remove(array_agg(DISTINCT l.alias) || array_agg(DISTINCT e.name_en), NULL), "
                "bool_or(e.type = 'PER') FROM news.entity_identity i JOIN news.entity e USING (entity_id) "
                "JOIN news.entity_alias l USING (entity_id) WHERE i.root_id = %s AND l.canonical",
                (root,),
            )
            ids, names, person = cursor.fetchone() or ([], [], False)
            if person:
                found.append(Person(tuple(sorted(ids)), tuple(sorted(set(names)))))
        return found


def preview(link: Connection, person: Person) -> Preview:
    """Counted, and nothing changed."""
    with link.cursor() as cursor:
        ids = list(person.ids)
        cursor.execute(
            "SELECT count(DISTINCT article_id), count(*) FILTER (WHERE kind = 'entity'), "
            "count(*) FILTER (WHERE kind IN ('quote', 'indirect_quote')) FROM news.fact WHERE entity_id = ANY (%s)",
            (ids,),
        )
        counts = dict(zip(("articles", "mentions", "quotes"), cursor.fetchone() or (), strict=True))
        cursor.execute("SELECT count(*) FROM news.alert WHERE entity_id = ANY (%s)", (ids,))
        (counts["alerts"],) = cursor.fetchone() or (0,)
        cursor.execute(
            "SELECT v.title FROM news.article a JOIN news.article_version v "
            "ON v.version_id = a.current_version AND v.day = a.day WHERE a.article_id IN "
            "(SELECT article_id FROM news.fact WHERE entity_id = ANY (%s)) AND v.title IS NOT NULL "
            "ORDER BY a.day DESC, a.article_id LIMIT 5",
            (ids,),
        )
        return Preview(person, counts, tuple(title for (title,) in cursor))


def erase(dsn: str, person: Person, why: str, by: str) -> Done:
    """Erase a person, in the warehouse; done again, it finds nothing more.

    Raises ValueError where `why` or `by` says the name, which is not to be kept.
    """
    names = {words for name in person.names if (words := persons.words(name))}
    with connect(dsn) as link, link.cursor() as cursor:
        _lock_all(cursor)  # no load that does not know of it goes on
        cursor.execute(
            "INSERT INTO news.erasure_secret (secret) VALUES (%s) ON CONFLICT DO NOTHING", (secrets.token_bytes(32),)
        )
        cursor.execute("SELECT secret FROM news.erasure_secret")
        (secret,) = cursor.fetchone() or (b"",)
        cursor.execute(
            "INSERT INTO news.takedown (why, decided_by, source_ids, what) VALUES (%s, %s, '{}', 'person') "
            "RETURNING takedown_id",
            (why, by),
        )
        (number,) = cursor.fetchone() or (0,)
        execute_values(
            cursor,
            "INSERT INTO news.erased_name (name, words, takedown_id) VALUES %s ON CONFLICT DO NOTHING",
            sorted((persons.hashed(bytes(secret), words), len(words), number) for words in names),
        )
        erased = persons.known(cursor)
        if erased.holds(why) or erased.holds(by):
            raise ValueError("the reason, or who decided it, holds the person's name: it would be kept for good")
    return Done(number, enforce(dsn, number, person.names))


def enforce(dsn: str, number: int | None = None, names: Sequence[str] = ()) -> dict[str, int]:
    """Take out what stands of persons who are erased, and what was left of it when an erasure was killed.

    `names` are looked for in texts besides those of entities that stand yet; `number` is the erasure that it is
    counted for, else the latest.
    """
    counts: Counter[str] = Counter()
    with connect(dsn) as link:
        with link.cursor() as cursor:
            erased = persons.known(cursor)
            if not erased:
                return {}
            gone, standing = _entities(cursor, erased)
            patterns = [words for name in {*names, *standing} if len(words := persons.words(name)) > 1]
            if not gone and not names:
                return {}
            if number is None:
                cursor.execute("SELECT max(takedown_id) FROM news.erased_name")
                (number,) = cursor.fetchone() or (0,)
            marker = f"erasure {number}"
            candidates = _candidates(cursor, sorted(gone), patterns)
        link.commit()
        for at in range(0, len(candidates), BATCH):
            with link.cursor() as cursor:
                counts += _hide(cursor, candidates[at : at + BATCH], erased, gone, marker, number)
            link.commit()
        with link.cursor() as cursor:
            _lock_all(cursor)
            counts += _forget(cursor, erased, gone, patterns, marker, number)
            if any(counts.values()):
                cursor.execute(
                    "SELECT coalesce(counts, '{}') FROM news.takedown WHERE takedown_id = %s FOR UPDATE", (number,)
                )
                (before,) = cursor.fetchone() or ({},)
                total = counts + Counter(before)
                cursor.execute(
                    "UPDATE news.takedown SET counts = %s WHERE takedown_id = %s", (json.dumps(dict(total)), number)
                )
    return dict(sorted(counts.items()))


def _lock_all(cursor: Cursor) -> None:
    """In the order of a takedown: no measuring and no load meanwhile."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.measure'))")
    cursor.execute("SELECT source_id FROM news.source ORDER BY 1")
    lock_sources(cursor, [row[0] for row in cursor.fetchall()])


def _entities(cursor: Cursor, erased: Erased) -> tuple[set[int], set[str]]:
    """Entities that go, and the names that they have."""
    cursor.execute("SELECT entity_id, type, key, name_en FROM news.entity")
    gone = {entity for entity, kind, *names in cursor if erased.entity(kind, *names)}
    cursor.execute(
        "SELECT l.alias FROM news.entity_alias l JOIN news.entity e USING (entity_id) "
        "WHERE l.canonical AND e.type = 'PER' AND l.entity_id = ANY (%(ids)s) "
        "UNION SELECT name_en FROM news.entity "
        "WHERE type = 'PER' AND entity_id = ANY (%(ids)s) AND name_en IS NOT NULL",
        {"ids": sorted(gone)},
    )
    return gone, {alias for (alias,) in cursor}


def _candidates(cursor: Cursor, gone: list[int], patterns: Sequence[Sequence[str]]) -> list[tuple[int, date]]:
    """Versions that may name them: by their facts, and by their words, which is a reading of every text."""
    cursor.execute("SELECT DISTINCT version_id, day FROM news.fact WHERE entity_id = ANY (%s)", (gone,))
    found = set(cursor.fetchall())
    if patterns:
        cursor.execute(
            "SELECT version_id, day FROM news.article_version WHERE NOT masked AND concat_ws(E'\\n', title, text, "
            "description, subtitle, section, array_to_string(authors, E'\\n'), array_to_string(tags, E'\\n')) ~* %s",
            (_pattern(patterns),),
        )
        found.update(cursor.fetchall())
    return sorted(found)


# What one letter of a match key may be in a text (rasad.arabic.text).
_LETTERS = {"ا": "اأإآٱ", "ي": "يىیئ", "و": "وؤ", "ه": "هة", "ك": "كک"}
_MARKS = "[\u064b-\u065f\u0670\u0640]*"


def _pattern(names: Sequence[Sequence[str]]) -> str:
    """A regular expression of Postgres for all that these could be, and for a little more."""
    return "|".join(r"[\s-]{1,3}".join(_letters(word, "") for word in name) for name in names)


def _letters(word: str, encoded: str) -> str:
    spelled = [f"[{_LETTERS.get(letter, re.escape(letter))}]" for letter in word]
    if word.find("عبدال") >= 0:  # written as two words as well
        spelled[word.find("عبدال") + 2] += _MARKS + r"[\s-]{0,3}"
    return _MARKS.join(spelled) + _MARKS


def _address_pattern(names: Sequence[Sequence[str]]) -> str:
    """The same for addresses, in which letters are bytes with percent signs."""

    def letter(sign: str) -> str:
        return "(?:" + "|".join(re.escape(quote(one)) for one in _LETTERS.get(sign, sign)) + ")"

    return "|".join(r"[^&?/]{1,12}".join("".join(map(letter, word)) for word in name) for name in names)


def _hide(
    cursor: Cursor, batch: Sequence[tuple[int, date]], erased: Erased, gone: set[int], marker: str, number: int
) -> Counter[str]:
    """One transaction: the versions read again behind the locks of their sources, and changed."""
    counts: Counter[str] = Counter()
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.measure'))")
    cursor.execute(
        "SELECT DISTINCT source_id FROM news.article_version v WHERE (version_id, day) IN "
        "(SELECT * FROM unnest(%s::bigint[], %s::date[]))",
        (ids := [one for one, _ in batch], days := [day for _, day in batch]),
    )
    sources = [source for (source,) in cursor]
    lock_sources(cursor, sources)
    cursor.execute(
        f"SELECT {', '.join(_VERSION)} FROM news.article_version WHERE (version_id, day) IN "
        "(SELECT * FROM unnest(%s::bigint[], %s::date[])) ORDER BY version_id FOR UPDATE",
        (ids, days),
    )
    versions = [dict(zip(_VERSION, row, strict=True)) for row in cursor.fetchall()]
    for version in versions:
        place = (version["version_id"], version["day"])
        cursor.execute(
            f"SELECT {', '.join(_FACT)} FROM news.fact WHERE (version_id, day) = (%s, %s) ORDER BY fact_no", place
        )
        facts = [dict(zip(_FACT, row, strict=True)) for row in cursor]
        hidden = persons.without(version, facts, erased, gone)
        if hidden is None:
            continue
        persons.put(cursor, version | hidden[0])
        stay = {fact["fact_no"]: fact for fact in hidden[1]}
        for fact in facts:
            kept = stay.get(fact["fact_no"])
            if kept is None:
                counts[_KINDS.get(fact["kind"], "facts") if fact["entity_id"] in gone else "facts"] += 1
                cursor.execute(
                    "DELETE FROM news.fact WHERE (version_id, day, fact_no) = (%s, %s, %s)", (*place, fact["fact_no"])
                )
                if fact["kind"] == "keyphrase":
                    _forget_phrase(cursor, fact["label"], version["day"])
            elif kept["surface"] != fact["surface"]:
                cursor.execute(
                    "UPDATE news.fact SET surface = %s WHERE (version_id, day, fact_no) = (%s, %s, %s)",
                    (kept["surface"], *place, fact["fact_no"]),
                )
        counts["texts"] += not version["masked"]
        cursor.execute("INSERT INTO news.dirty_day VALUES (%s, %s) ON CONFLICT DO NOTHING", (version["day"], marker))
    _note_sources(cursor, number, sources)
    cursor.execute(
        "UPDATE news.page SET file = NULL, file_offset = NULL WHERE article_id = ANY (%s)",
        ([version["article_id"] for version in versions],),
    )
    return counts


def _note_sources(cursor: Cursor, number: int, sources: list[str]) -> None:
    cursor.execute(
        "UPDATE news.takedown SET source_ids = ARRAY(SELECT DISTINCT unnest(source_ids || %s) ORDER BY 1) "
        "WHERE takedown_id = %s",
        (sources, number),
    )


_KINDS = {"entity": "mentions", "quote": "quotes", "indirect_quote": "quotes"}


def _forget_phrase(cursor: Cursor, label: str, day: date) -> None:
    """Out of the roll-ups at once: measuring counts what others wrote of it anew."""
    cursor.execute("DELETE FROM news.phrase_day WHERE (day, phrase_key) = (%s, %s)", (day, label))
    cursor.execute("DELETE FROM news.item_trend WHERE kind = 'phrase' AND key = %s", (label,))


def _forget(
    cursor: Cursor, erased: Erased, gone: set[int], patterns: Sequence[Sequence[str]], marker: str, number: int
) -> Counter[str]:
    """What is no text: articles whose address names them, entities, alerts, and what was read by hand."""
    counts: Counter[str] = Counter()
    _forget_named_pages(cursor, erased, patterns, marker, number, counts)
    cursor.execute("DELETE FROM news.fact WHERE entity_id = ANY (%s)", (sorted(gone),))
    cursor.execute("SELECT alert_id, entity_id, words, coalesce(details, '') FROM news.alert")
    alerts = [one for one, entity, words, said in cursor
              if entity in gone or erased.entity("PER", words) or erased.holds(f"{words}\n{said}")]  # fmt: skip
    cursor.execute("DELETE FROM news.alert WHERE alert_id = ANY (%s::uuid[])", (alerts,))
    counts["alerts"] += len(alerts)
    cursor.execute("SELECT list, rule, words FROM news.watch")
    for name, rule, words in cursor.fetchall():
        if erased.entity("PER", words) or erased.holds(words):
            cursor.execute("DELETE FROM news.watch WHERE (list, rule) = (%s, %s)", (name, rule))
            counts["watches"] += 1
    cursor.execute(
        "SELECT run_id, asked, concat_ws(E'\\n', title, found::text), concat_ws(' ', asked, url) FROM news.by_hand"
    )
    for run, asked, said, addresses in cursor.fetchall():
        if erased.holds(said) or any(map(erased.named, addresses.split())):
            cursor.execute("DELETE FROM news.by_hand WHERE (run_id, asked) = (%s, %s)", (run, asked))
            counts["by_hand"] += 1
    ids = sorted(gone)
    cursor.execute("DELETE FROM news.entity_merge WHERE into_id = ANY (%s)", (ids,))
    cursor.execute("DELETE FROM news.entity_root WHERE root_id = ANY (%s)", (ids,))
    cursor.execute("UPDATE news.entity_standing SET spelled_as = NULL WHERE spelled_as = ANY (%s)", (ids,))
    cursor.execute("CREATE TEMP TABLE t_erased ON COMMIT DROP AS SELECT unnest(%s::bigint[]) AS entity_id", (ids,))
    cursor.execute("SELECT l.entity_id, l.alias FROM news.entity_alias l JOIN news.entity e USING (entity_id) "
                   "WHERE e.type <> 'PER' AND l.alias LIKE '%% %%'", ())  # fmt: skip
    for entity, alias in [row for row in cursor.fetchall() if erased.holds(row[1])]:
        cursor.execute("DELETE FROM news.entity_alias WHERE (entity_id, alias) = (%s, %s)", (entity, alias))
    counts["entities"] += takedown.forget_entities(cursor, "SELECT entity_id FROM t_erased")
    return counts


def _forget_named_pages(
    cursor: Cursor, erased: Erased, patterns: Sequence[Sequence[str]], marker: str, number: int, counts: Counter[str]
) -> None:
    """A page whose address says the name is about the person: it goes as by a takedown, and its address with it."""
    if not patterns:
        return
    cursor.execute(
        "SELECT page_id, url, article_id, source_id FROM news.page WHERE url ~* %s", (_address_pattern(patterns),)
    )
    pages = [row for row in cursor if erased.named(row[1])]
    articles = sorted({article for *_, article, _ in pages if article is not None})
    cursor.execute(
        "SELECT DISTINCT source_id, text_key FROM news.article_version WHERE article_id = ANY (%s)", (articles,)
    )
    keys = {tombstones.of_text(source, text) for source, text in cursor} | {
        tombstones.of_url(url) for _, url, *_ in pages
    }
    execute_values(
        cursor,
        "INSERT INTO news.tombstone (key, takedown_id) VALUES %s ON CONFLICT DO NOTHING",
        [(one, number) for one in sorted(keys)],
    )
    if articles:
        takedown.remove(cursor, articles, marker)
    for page, *_ in pages:
        cursor.execute(
            "UPDATE news.page SET url = %s, outcome = %s, reason = %s, article_id = NULL, body_hash = NULL, "
            "etag = NULL, last_modified = NULL, file = NULL, file_offset = NULL, next_look_at = NULL, "
            "claimed_by = NULL, settled_at = clock_timestamp() WHERE page_id = %s",
            (persons.address(page), tombstones.OUTCOME, tombstones.REASON, page),
        )
    _note_sources(cursor, number, sorted({source for *_, source in pages}))
    counts["articles"] += len(articles)
    counts["addresses"] += len(pages)


def masked_pages(link: Connection, source_id: str) -> Iterator[str]:
    """Addresses of a source whose article has a name hidden."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT url FROM news.page WHERE article_id IN "
            "(SELECT article_id FROM news.article_version WHERE masked AND source_id = %s)",
            (source_id,),
        )
        yield from (url for (url,) in cursor.fetchall())


def recent(link: Connection, within: timedelta) -> set[str]:
    """Sources of which an article with a hidden name was fetched lately: their landing files hold it as it came."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT source_id FROM news.article_version WHERE masked AND last_fetched_at > now() - %s",
            (within,),
        )
        return {source for (source,) in cursor}
