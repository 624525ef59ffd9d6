"""Facts as rows of the warehouse: one function that knows which column each kind fills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rasad.model import (
    DateFact,
    Event,
    Fact,
    FactRow,
    IndirectQuote,
    Json,
    KeyPhrase,
    Mention,
    Nominal,
    Quantity,
    Quote,
    Topic,
)


def _columns(fact: Fact) -> Json:
    match fact:
        case Mention():
            return {
                "label": fact.type,
                "entity": (fact.type, fact.name),
                "entity_en": fact.name_en,
                "wikidata": fact.wikidata,
                "details": {"source": fact.source},
            }
        case Nominal():
            return {"label": fact.type, "entity": (fact.type, fact.name) if fact.name else None}
        case DateFact():
            return {
                "edtf": fact.value,
                "first_day": fact.first,
                "last_day": fact.last,
                "flag": fact.flag,
                "details": {"calendar": fact.calendar, "relative": fact.relative},
            }
        case Quantity():
            return {
                "label": fact.kind,
                "value": fact.value,
                "value_max": fact.value_max,
                "comparator": fact.comparator,
                "unit": fact.unit,
                "unit_key": fact.unit_key,
                "currency": fact.currency,
                "role": fact.role,
                "details": {"si_value": fact.si_value, "si_unit": fact.si_unit} if fact.si_unit else {},
            }
        case Quote() | IndirectQuote():
            named = fact.speaker_name and fact.speaker_type
            return {
                "speaker": fact.speaker,
                "verb": fact.verb,
                "entity": (fact.speaker_type, fact.speaker_name) if named else None,
                "flag": fact.flag if isinstance(fact, Quote) else None,
            }
        case KeyPhrase():
            return {"label": fact.key, "value": fact.score, "details": {"frequencies": fact.frequencies}}
        case Topic():
            return {"label": fact.code, "value": fact.score, "details": {"label": fact.label}}
        case Event():
            return {
                "label": fact.type,
                "edtf": fact.when,
                "details": {"actor": fact.actor, "target": fact.target, "place": fact.place},
            }
        case _:
            raise TypeError(f"no columns are known for {type(fact).__name__}: add them to rasad/facts/rows.py")


def rows(
    facts: Mapping[str, Iterable[Fact]], versions: Mapping[str, str], backend: str | None = None
) -> tuple[FactRow, ...]:
    """Facts by kind to rows in a fixed order: title before body, then by place in the text, then by kind.

    `backend`: what found names beside the rules, with its version.
    """
    out = [
        FactRow(
            kind=kind,
            field=fact.field,
            start=fact.start,
            end=fact.end,
            text=fact.text,
            confidence=round(fact.confidence, 4),
            extractor_version=versions[kind],
            backend=backend if isinstance(fact, Mention) else None,
            **_columns(fact),
        )
        for kind, found in facts.items()
        for fact in found
    ]
    return tuple(sorted(out, key=lambda r: (r.field != "title", r.start, r.end, r.kind, r.label or "")))
