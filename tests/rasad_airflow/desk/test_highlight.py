"""Pieces of a text put together again are the text, whatever the spans; a comparison gives both versions back."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from rasad_airflow.desk.highlight import MOST_COMPARED, Change, Piece, compare, paragraphs


@dataclass(frozen=True)
class At:
    start: int
    end: int


TEXT = "قال الوزير سامي الدروبي «نعمل ليلا ونهارا» أمس.\nوأضاف."


def at(words):
    start = TEXT.index(words)
    return At(start, start + len(words))


def test_nested_facts_share_their_pieces():
    name, quote, part = at("سامي الدروبي"), at("نعمل ليلا ونهارا"), at("ليلا")
    first, second = paragraphs(TEXT, [quote, name, part])
    assert [(piece.text, piece.facts) for piece in first if piece.facts] == [
        ("سامي الدروبي", (1,)),
        ("نعمل ", (0,)),
        ("ليلا", (0, 2)),
        (" ونهارا", (0,)),
    ]
    assert second == [Piece("وأضاف.")]


def test_overlapping_facts_and_one_over_two_paragraphs():
    first, second = paragraphs("ab\ncd", [At(0, 4), At(1, 5)])
    assert first == [Piece("a", (0,)), Piece("b", (0, 1))]
    assert second == [Piece("c", (0, 1)), Piece("d", (1,))]


def test_spans_outside_the_text_and_empty_ones_do_no_harm():
    assert paragraphs("ab", [At(-3, 1), At(1, 90), At(1, 1), At(5, 2)]) == [[Piece("a", (0,)), Piece("b", (1,))]]
    assert paragraphs("", [At(0, 3)]) == []


@given(
    st.text(alphabet="اب\n .", max_size=40),
    st.lists(st.builds(At, st.integers(-2, 45), st.integers(-2, 45)), max_size=8),
)
def test_the_pieces_are_the_text_and_each_letter_knows_its_facts(text, spans):
    lines = paragraphs(text, spans)
    assert "".join(piece.text for line in lines for piece in line) == text.replace("\n", "")
    letters = [(letter, set(piece.facts)) for line in lines for piece in line for letter in piece.text]
    own = [
        (letter, {n for n, span in enumerate(spans) if span.start <= i < span.end})
        for i, letter in enumerate(text)
        if letter != "\n"
    ]
    assert letters == own


def test_a_comparison_shows_what_went_and_what_came():
    assert compare("قتل 5 أشخاص أمس", "قتل 9 أشخاص أمس") == [
        Change("قتل ", "same"),
        Change("5 ", "gone"),
        Change("9 ", "come"),
        Change("أشخاص أمس", "same"),
    ]


@given(st.text(alphabet="اب ج\n", max_size=60), st.text(alphabet="اب ج\n", max_size=60))
def test_a_comparison_gives_both_versions_back(before, after):
    changes = compare(before, after)
    assert "".join(change.text for change in changes if change.kind != "come") == before
    assert "".join(change.text for change in changes if change.kind != "gone") == after


def test_long_versions_are_compared_line_by_line():
    line = "كلمة " * 100 + "\n"
    many = line * (MOST_COMPARED // 100 + 1)
    changes = compare(many + "قديم\n", many + "جديد\n")
    assert [change.kind for change in changes] == ["same", "gone", "come"]
