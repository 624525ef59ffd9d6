"""Stories: articles whose texts are equal but for spelling, or copies of one another. Part of measuring.

A story's id is the least of its articles' ids. Which articles it holds is a function of the current texts and their
days, whatever the order in which they came: what a change touches is decided anew, out to the last text that is near a
text that is near it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from rasad.warehouse import near_duplicates
from rasad.warehouse.near_duplicates import Shingles

DAYS = 7  # between copies; texts that are equal are one story however far apart

# Articles that came to this day or left it, or got another text, since the day was measured last.
_CHANGED = """
WITH changed AS MATERIALIZED (
    SELECT a.article_id, a.day, a.text_key, a.current_version, s.text_key AS before
    FROM news.article a LEFT JOIN news.signature s USING (article_id)
    WHERE a.article_id IN (
            SELECT article_id FROM news.article WHERE day = %(day)s
            UNION SELECT article_id FROM news.signature WHERE day = %(day)s)
      AND (s.day, s.text_key) IS DISTINCT FROM (a.day, a.text_key)
)
SELECT c.article_id, c.day, c.text_key, v.text, v.shingles, c.before
FROM changed c
CROSS JOIN LATERAL (
    SELECT v.text, v.shingles FROM news.article_version v WHERE v.version_id = c.current_version AND v.day = c.day
    OFFSET 0  -- the texts of these alone are read, each in its month: joined, those of all months may be
) v
"""

_CONNECTED = """
WITH RECURSIVE reached (text_key) AS (
    SELECT unnest(%s::bigint[]) UNION SELECT n.other_key FROM reached JOIN news.near_text n USING (text_key)
)
SELECT text_key FROM reached
"""

# The windows' bands are read once, and met by those of the touched texts.
_CANDIDATES = """
WITH touched AS (
    SELECT s.text_key, s.day, band FROM news.signature s, unnest(s.bands) band WHERE s.text_key = ANY (%(keys)s)
), others AS (
    SELECT s.text_key, s.day, band FROM news.signature s, unnest(s.bands) band
    WHERE s.day BETWEEN (SELECT min(day) FROM touched) - %(days)s AND (SELECT max(day) FROM touched) + %(days)s
)
SELECT DISTINCT least(t.text_key, o.text_key), greatest(t.text_key, o.text_key)
FROM touched t JOIN others o USING (band)
WHERE t.text_key <> o.text_key AND o.day BETWEEN t.day - %(days)s AND t.day + %(days)s
"""

_TEXTS = """
SELECT a.text_key, v.text, v.shingles
FROM (
    SELECT DISTINCT ON (text_key) text_key, current_version, day
    FROM news.article WHERE text_key = ANY (%s) ORDER BY text_key, article_id
) a
CROSS JOIN LATERAL (
    SELECT v.text, v.shingles FROM news.article_version v WHERE v.version_id = a.current_version AND v.day = a.day
    OFFSET 0
) v
"""


def join(cursor: Cursor, day: date) -> set[date]:
    """Give the articles of a day their stories, and those of other days that this changes.

    Returns the other days that have another number of stories now. Only one may run at a time (`trends.measure`).
    Articles are locked in the order in which a load takes them, by id.
    """
    cursor.execute(_CHANGED, {"day": day})
    changed = cursor.fetchall()
    if not changed:
        return set()
    found = {text_key: _shingles(text, kept) for _, _, text_key, text, kept, _ in changed}
    touched = sorted(found.keys() | {old for *_, old in changed if old is not None})
    before = _connected(cursor, touched)
    cursor.execute("DELETE FROM news.signature WHERE article_id = ANY (%s)", ([row[0] for row in changed],))
    bands = {text_key: near_duplicates.bands(text) for text_key, text in found.items()}
    execute_values(
        cursor,
        "INSERT INTO news.signature (article_id, day, text_key, bands) VALUES %s",
        [(article, its_day, text_key, bands[text_key]) for article, its_day, text_key, *_ in changed],
        template="(%s, %s, %s, %s::bigint[])",
        page_size=500,
    )
    cursor.execute("DELETE FROM news.near_text WHERE text_key = ANY (%(t)s) OR other_key = ANY (%(t)s)", {"t": touched})
    pairs = _near(cursor, touched, found)
    execute_values(
        cursor,
        "INSERT INTO news.near_text (text_key, other_key, nearness) VALUES %s",
        [row for one, other, share in pairs for row in ((one, other, share), (other, one, share))],
        page_size=1000,
    )
    return _name(cursor, _connected(cursor, before), day)


def _shingles(text: str, kept: memoryview | None) -> Shingles:
    """Of a text that its source lets us keep in part or not at all, they were cut when it was loaded."""
    return near_duplicates.shingles(text) if kept is None else near_duplicates.unpacked(bytes(kept))


def _connected(cursor: Cursor, text_keys: Iterable[int]) -> list[int]:
    """These texts, and all that are near them, or near those."""
    cursor.execute(_CONNECTED, (list(text_keys),))
    return [text_key for (text_key,) in cursor.fetchall()]


def _near(cursor: Cursor, touched: list[int], found: dict[int, Shingles]) -> list[tuple[int, int, int]]:
    """The pairs of near texts in which a touched one stands, and how near they are.

    `found`: what is cut into shingles already, by text.
    """
    cursor.execute(_CANDIDATES, {"keys": touched, "days": DAYS})
    candidates = cursor.fetchall()
    missing = {text_key for pair in candidates for text_key in pair} - found.keys()
    if missing:
        # A text that a load has replaced meanwhile is in no article any more; its day is measured anew for that.
        cursor.execute(_TEXTS, (sorted(missing),))
        found = found | {text_key: _shingles(text, kept) for text_key, text, kept in cursor}
    return [
        (one, other, share)
        for one, other in candidates
        if one in found and other in found and (share := near_duplicates.nearness(found[one], found[other]))
    ]


def _name(cursor: Cursor, text_keys: list[int], day: date) -> set[date]:
    """Cut the texts into stories and give their articles the ids; the other days that this changes."""
    cursor.execute("SELECT text_key, article_id FROM news.signature WHERE text_key = ANY (%s)", (text_keys,))
    articles: dict[int, list[int]] = defaultdict(list)
    for text_key, article in cursor:
        articles[text_key].append(article)
    cursor.execute(
        "SELECT text_key, other_key, nearness FROM news.near_text WHERE text_key = ANY (%s) AND text_key < other_key",
        (text_keys,),
    )
    near = {(one, other): share for one, other, share in cursor}

    @cache
    def text(text_key: int) -> Shingles:
        cursor.execute(_TEXTS, ([text_key],))
        row = cursor.fetchone()
        return _shingles(*row[1:]) if row else near_duplicates.shingles("")

    groups = near_duplicates.groups(near, articles, lambda one, other: near_duplicates.kin(text(one), text(other)))
    story = {
        text_key: min(article for member in group for article in articles[member])
        for group in groups
        for text_key in group
    }
    cursor.execute("CREATE TEMP TABLE t_story (text_key bigint PRIMARY KEY, story_id bigint NOT NULL) ON COMMIT DROP")
    execute_values(cursor, "INSERT INTO t_story VALUES %s", sorted(story.items()), page_size=1000)
    cursor.execute(
        "SELECT a.article_id FROM news.article a JOIN t_story s USING (text_key) "
        "WHERE a.story_id IS DISTINCT FROM s.story_id ORDER BY a.article_id FOR UPDATE OF a"
    )
    # Articles without a story are of days that are measured yet, whatever happens here.
    cursor.execute(
        "SELECT DISTINCT a.day, a.story_id, s.story_id FROM news.article a JOIN t_story s USING (text_key) "
        "WHERE a.day <> %s AND a.story_id IS NOT NULL",
        (day,),
    )
    names: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for other_day, old, new in cursor:
        names[other_day].append((old, new))
    cursor.execute(
        "UPDATE news.article a SET story_id = s.story_id FROM t_story s "
        "WHERE a.text_key = s.text_key AND a.story_id IS DISTINCT FROM s.story_id"
    )
    # A day whose stories only got other ids has as many as before.
    return {
        other_day
        for other_day, both in names.items()
        if not len(both) == len({old for old, _ in both}) == len({new for _, new in both})
    }
