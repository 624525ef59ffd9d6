"""Facts as JSON Lines: what `python -m rasad facts` reads and writes.

In: `{"id", "title", "text", "published_at"}` a line. Out: the same with the facts of the body under `entities`,
`dates`, `quantities`, `quotes`, `indirect_quotes`, `keyphrases`, `topics` and `nominals` (lists) and `event`
(an object or null); the facts of the title stand in the same shape under `title_facts`. Offsets count
Unicode code points into the text as it was given, end exclusive.
"""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from rasad import facts
from rasad.facts import tagger
from rasad.facts.backend import NerBackend
from rasad.model import Article, Fact, FieldName, Json

# kind → its key in a line
LISTS = {
    "entity": "entities",
    "date": "dates",
    "quantity": "quantities",
    "quote": "quotes",
    "indirect_quote": "indirect_quotes",
    "keyphrase": "keyphrases",
    "topic": "topics",
    "nominal": "nominals",
}

log = logging.getLogger(__name__)


def row(article: Article, found: Mapping[str, Sequence[Fact]]) -> Json:
    """One line: the article and its facts by kind, as `rasad.facts.read` gives them."""
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "published_at": article.published_at,
        **_of_field("body", found),
        "title_facts": _of_field("title", found),
    }


def _of_field(field: FieldName, found: Mapping[str, Sequence[Fact]]) -> Json:
    out: Json = {
        name: [_fact(fact) for fact in found.get(kind, ()) if fact.field == field] for kind, name in LISTS.items()
    }
    out["event"] = next((_fact(fact) for fact in found.get("event", ()) if fact.field == field), None)
    return out


def _fact(fact: Fact) -> Json:
    """A fact without its field, which the place in the line tells; a whole number loses its decimal point."""
    out = {f.name: getattr(fact, f.name) for f in dataclasses.fields(fact) if f.name != "field"}
    return {
        k: int(v) if isinstance(v, float) and v.is_integer() and k.startswith("value") else v for k, v in out.items()
    }


def read_lines(lines: Iterable[str], backend: NerBackend = tagger) -> Iterator[Json]:
    """Read articles, one JSON object a line, and give their facts in the layout above, in the same order.

    Empty lines are passed over. A line that cannot be read gives `{"id", "error"}` and the next ones go on.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        name: str | int | None = None
        try:
            given = _object(line)
            name = _id(given)
            article = _article(given, name)
        except ValueError as problem:
            yield {"id": name, "error": f"line {number}: {problem}"}
            continue
        try:
            found = facts.read(article, backend)
        except Exception as fault:  # ours, in an extractor: the other lines are still done
            log.exception("line %d", number)
            yield {"id": name, "error": f"line {number}: an extractor failed on it: {type(fault).__name__}: {fault}"}
        else:
            yield row(article, found) | {"id": name}


def _object(line: str) -> Json:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"no JSON ({problem}); expected one object a line") from problem
    if not isinstance(given, dict):
        raise ValueError(f"a JSON {type(given).__name__}; expected an object with id, title, text, published_at")
    return given


def _id(given: Json) -> str | int | None:
    name = given.get("id")
    if name is None or (isinstance(name, str | int) and not isinstance(name, bool)):
        return name
    raise ValueError(f"id is a {type(name).__name__}; expected text or a whole number")


def _article(given: Json, name: str | int | None) -> Article:
    text, title, published = given.get("text"), given.get("title"), given.get("published_at")
    if not isinstance(text, str):
        what = "missing" if text is None else f"a {type(text).__name__}"
        raise ValueError(f"text is {what}; expected the article's body")
    if not isinstance(title, str | None):
        raise ValueError(f"title is a {type(title).__name__}; expected text or null")
    if published is not None:
        _check_time(published)
    return Article(
        url="",
        title=title,
        text=text,
        published_at=published,
        id=None if name is None else str(name),
        country=_text_or_none(given, "country"),
        months=_text_or_none(given, "months"),
    )


def _check_time(published: object) -> None:
    """ISO 8601, a day or a time; raises ValueError naming what stands there instead."""
    try:
        if not isinstance(published, str):
            raise TypeError
        datetime.fromisoformat(published.replace("Z", "+00:00"))
    except (TypeError, ValueError):
        raise ValueError(
            f"published_at {str(published)[:40]!r} is no ISO 8601 time (2026-03-10T08:00:00+03:00)"
        ) from None


def _text_or_none(given: Json, name: str) -> str | None:
    value = given.get(name)
    return value if isinstance(value, str) else None
