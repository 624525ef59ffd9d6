"""Rows of a warehouse written short, for the tests of questions.

    sources: {alef: LB, ba: EG}             publisher → its country
    articles:
      - at: alef 2026-03-10T09:00+03:00     publisher, and when it published: a moment, a day, or nothing
        title: عنوان
        copies: 1                           the text of the first article of the list
        facts: [{PER: سامي}, {kind: quantity, surface: خمسة قتلى, value: 5, role: killed}]
      - again: 1                            a later version of the first article
        facts: […]

A fact is `{PER: name}`, `{ORG: name}`, `{LOC: name}`, `{topic: code, named: in Arabic, surface: its words}`, or columns
of FactRow with its words as `surface`.
The words of facts make up the text, in their order, unless one is given; in: title puts one into the title.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from rasad.model import Article, Batch, FactRow, ReadArticle, Source
from rasad.warehouse.connection import connect
from rasad.warehouse.load import load
from rasad.warehouse.trends import measure

SEEN = datetime(2026, 3, 12, 6, tzinfo=timezone.utc)  # after all that these articles tell
_WORDS = ("نص", "خبر", "كلام", "قول", "حديث", "بيان", "رأي", "أمر", "سؤال", "جواب", "حال", "شأن", "باب", "وجه", "طرف")


def fill(dsn: str, rows: dict[str, Any]) -> None:
    """Load the rows as a run would, and measure them."""
    known = {
        name: Source(
            id=name,
            name_ar=f"صحيفة {name}",
            name_en=name.title(),
            country=country,
            timezone="UTC",
            homepage=f"https://{name}.example/",
            hosts=(f"{name}.example",),
            rights="full",
        )
        for name, country in rows["sources"].items()
    }
    with connect(dsn) as link, link.cursor() as cursor:
        for source in known.values():
            cursor.execute(
                "INSERT INTO news.source (source_id, name_ar, name_en, country, timezone, homepage, rights, enabled) "
                "VALUES (%s, %s, %s, %s, 'UTC', %s, 'full', true)",
                (source.id, source.name_ar, source.name_en, source.country, source.homepage),
            )
    made: list[ReadArticle] = []
    for number, row in enumerate(rows["articles"], 1):
        made.append(_article(row, made, number))
    for later in (False, True):  # a later version is another look, after all first ones
        for source in known:
            reads = [one for one, row in zip(made, rows["articles"], strict=True) if _is(one, source, row, later)]
            kinds = dict.fromkeys((fact.kind for one in reads for fact in one.facts), "1")
            batch = Batch(f"{source}/run/{later}", "run", source, tuple(reads))
            load(dsn, batch, known, {"entity": "1", "quantity": "1", **kinds})
    measure(dsn)


def _is(one: ReadArticle, source: str, row: dict[str, Any], later: bool) -> bool:
    return one.article.source_id == source and ("again" in row) == later


def _article(row: dict[str, Any], made: list[ReadArticle], number: int) -> ReadArticle:
    facts: list[FactRow] = []
    title, text = row.get("title", f"عنوان {number}"), row.get("text", "")
    given = "text" in row or "copies" in row
    if "copies" in row:
        text = made[row["copies"] - 1].article.text
    end = {"title": 0, "body": 0}
    for fact in row.get("facts", ()):
        columns = _columns(dict(fact))
        field = columns.pop("in", "body")
        words = str(columns.pop("surface"))
        if field == "body" and not given:
            text += f"{' ثم ' if text else ''}{words}"
        start = (text if field == "body" else title).index(words, end[field] if field == "body" and not given else 0)
        end[field] = start + len(words)
        facts.append(
            FactRow(
                field=field, start=start, end=end[field], text=words, confidence=1.0, extractor_version="1", **columns
            )
        )
    if not given:
        text += ". " + _filler(number)
    if "again" in row:
        before = made[row["again"] - 1].article
        return ReadArticle(
            replace(before, text=text, fetched_at=(SEEN + timedelta(hours=number)).isoformat()),
            tuple(facts),
            before.url,
        )
    source, _, published = row["at"].partition(" ")
    url = f"https://{source}.example/{number}"
    article = Article(url, title, text, published or None, source_id=source, fetched_at=SEEN.isoformat())
    return ReadArticle(article, tuple(facts), url)


def _columns(fact: dict[str, Any]) -> dict[str, Any]:
    for kind in ("PER", "ORG", "LOC"):
        if kind in fact and "kind" not in fact:
            name = fact.pop(kind)
            return {"kind": "entity", "label": kind, "entity": (kind, name), "surface": name, **fact}
    if "topic" in fact:
        return {
            "kind": "topic",
            "label": fact["topic"],
            "value": 1.0,
            "surface": fact["surface"],
            "details": {"label": fact["named"]},
        }
    if isinstance(fact.get("entity"), str):
        fact["entity"] = tuple(fact["entity"].split(" ", 1))
    return fact


def _filler(number: int) -> str:
    """Words of which no two articles share three in a row: they are no story."""
    return " ".join(f"{_WORDS[(number * step) % len(_WORDS)]}{number}و{step}" for step in range(1, 25))
