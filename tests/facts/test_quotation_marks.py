"""Which marks belong together, whatever their glyphs and spaces."""

from __future__ import annotations

import time

import pytest

from rasad.arabic.tokens import tokenize
from rasad.facts.quotation_marks import pairs


def read(text: str) -> list[tuple[str, bool]]:
    """What stands between the marks, outer before inner, and whether a closing one was found."""
    out = []
    for pair in pairs(text, tokenize(text)):
        end = len(text) if pair.closing is None else pair.closing.start
        out.append((text[pair.opening.end : end].strip(), pair.closing is not None))
    return out


@pytest.mark.parametrize(
    "text",
    [
        "قال «نعم هذا» ثم مضى",
        'قال "نعم هذا" ثم مضى',
        "قال “نعم هذا” ثم مضى",
        "قال ”نعم هذا“ ثم مضى",
        "قال „نعم هذا“ ثم مضى",
        "قال ‘نعم هذا’ ثم مضى",
        "قال ''نعم هذا'' ثم مضى",
        'قال ""نعم هذا"" ثم مضى',
        'قال “نعم هذا" ثم مضى',
        "قال « نعم هذا « ثم مضى",
        "قال:» نعم هذا» ثم مضى",
        "قال ” نعم هذا “ ثم مضى",
        'قال "نعم هذا "ثم مضى',
        'وصفه ب"نعم هذا" ثم مضى',
        "وصفه بـ«نعم هذا» ثم مضى",
        'قال «نعم هذا" ثم مضى',
        "قال «نعم هذا»، ثم مضى»",
    ],
)
def test_any_glyphs_and_spaces(text: str) -> None:
    assert read(text) == [("نعم هذا", True)]


def test_quote_within_a_quote_stands_behind_the_outer_one() -> None:
    assert read("قال «سألني «من أنت» فسكت» ومضى") == [("سألني «من أنت» فسكت", True), ("من أنت", True)]
    assert read('قال «سألني "من أنت" فسكت» ومضى') == [('سألني "من أنت" فسكت', True), ("من أنت", True)]


def test_missing_closing_mark() -> None:
    assert read('"وصلت اليوم، هذه رسالة "سامي" إلى أهله') == [
        ('وصلت اليوم، هذه رسالة "سامي" إلى أهله', False),
        ("سامي", True),
    ]
    assert read("قال: «نعم هذا.\nوقال «غيره هنا» ثم مضى")[1:] == [("غيره هنا", True)]


def test_a_stray_closing_mark_is_no_quote() -> None:
    assert read("حلقت فوق الساحة”. ثم مضت") == []


def test_a_quote_may_run_into_the_next_paragraph() -> None:
    assert read("قال: «نعم هذا.\nوهذا أيضا».") == [("نعم هذا.\nوهذا أيضا", True)]


def test_apostrophes_are_no_marks() -> None:
    assert read("صحيفة l'Orient وفيلم don't look") == []


@pytest.mark.parametrize("text", ['"' * 30_000, '" ' * 50_000, " «ا" * 30_000, '"\n' * 30_000, "«»" * 50_000])
def test_hostile_marks_take_linear_time(text: str) -> None:
    tokens = tokenize(text)
    started = time.process_time()
    pairs(text, tokens)
    assert time.process_time() - started < 10
