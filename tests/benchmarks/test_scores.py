"""What counts as right, rule by rule."""

from __future__ import annotations

import pytest
from benchmarks.scores import Tally

from benchmarks import scores


def entity(start, end, kind="LOC"):
    return {"type": kind, "start": start, "end": end, "text": ""}


def date(start, end, value, **more):
    return {"start": start, "end": end, "text": "", "value": value} | more


def quantity(start, end, value, comparator="=", **more):
    return {"start": start, "end": end, "text": "", "value": value, "comparator": comparator} | more


def quote(start, end, speaker=None, **more):
    return {"start": start, "end": end, "text": "", "speaker": speaker} | more


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (entity(0, 7), True),
        (entity(0, 7, "ORG"), False),
        (entity(0, 8), False),
        (entity(1, 7), False),
        (entity(7, 14), False),
    ],
)
def test_an_entity_is_right_with_its_type_and_exact_span(found, right):
    assert scores.is_right("entities", entity(0, 7), found) is right


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (date(0, 10, "2026-03-09"), True),
        (date(5, 10, "2026-03-09"), True),  # half of the union
        (date(6, 10, "2026-03-09"), False),
        (date(0, 20, "2026-03-09"), True),
        (date(0, 21, "2026-03-09"), False),
        (date(0, 10, "2026-03-08"), False),
        (date(0, 10, "2026-03"), False),
        (date(0, 10, "2025-03-09"), True),  # what the rule gives, though the context says otherwise
    ],
)
def test_a_date_is_right_with_its_value_and_half_of_its_span(found, right):
    gold = date(0, 10, "2026-03-09", rule_value="2025-03-09")
    assert scores.is_right("dates", gold, found) is right


def test_a_date_without_a_second_right_value_has_one():
    assert not scores.is_right("dates", date(0, 4, "2026"), date(0, 4, "None"))


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (quantity(9, 20, 3_500_000), True),
        (quantity(10, 20, 3_500_000), False),  # touches, overlaps nowhere
        (quantity(0, 10, 3_500_001), True),  # a millionth
        (quantity(0, 10, 3_500_010), False),
        (quantity(0, 10, 3.5), False),
        (quantity(0, 10, None), False),
        (quantity(0, 10, 3_500_000, ">"), False),
    ],
)
def test_a_quantity_is_right_with_its_value_and_comparator(found, right):
    assert scores.is_right("quantities", quantity(0, 10, 3_500_000), found) is right


@pytest.mark.parametrize(
    ("gold", "found", "same"),
    [
        ({"unit": "جنود"}, {"unit": "جنود"}, True),
        ({"unit": "طن قمح"}, {"unit": "طن"}, True),
        ({"unit": "جنود"}, {"unit": "قتلى"}, False),
        ({"unit": "جنود"}, {"unit": None}, False),
        ({"unit": "اصابة"}, {"unit": "إصابه"}, True),
        ({}, {}, True),
        ({"currency": "EGP"}, {"currency": "EGP", "unit": "جنيه"}, True),
        ({"currency": "EGP"}, {"currency": "SDG"}, False),
        ({"currency": "EGP"}, {"unit": "جنيه"}, False),
        ({"unit": "دولار"}, {"unit": "دولار", "currency": "USD"}, False),
    ],
)
def test_a_unit_is_a_word_in_common_and_money_its_currency(gold, found, same):
    assert scores.same_unit(gold, found) is same


@pytest.mark.parametrize(("end", "right"), [(100, True), (80, True), (79, False), (125, True), (126, False)])
def test_a_quote_is_right_with_four_fifths_of_its_span(end, right):
    assert scores.is_right("quotes", quote(0, 100), quote(0, end)) is right


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ({"speaker": "سامي الدروبي"}, True),
        ({"speaker": "الوزير سامي الدروبي"}, True),  # two of three words
        ({"speaker": "الدروبي"}, True),
        ({"speaker": "سامي"}, True),
        ({"speaker": "وزير المياه السوداني سامي"}, False),  # one of five
        ({"speaker": "هناء الزيادي"}, False),
        ({"speaker": None}, False),
        ({"speaker": "الوزير", "speaker_name": "سامى الدروبى"}, True),
        ({"speaker": "الوزير", "speaker_name": "هناء الزيادي"}, False),
        ({"speaker": "الوزير", "speaker_name": ""}, False),
    ],
)
def test_a_speaker_is_half_of_the_words_or_a_known_name(found, same):
    gold = {"speaker": "سامي الدروبي", "speaker_names": ["سامي الدروبي", ""]}
    assert scores.same_speaker(gold, found) is same


def test_a_kind_nobody_knows_is_named():
    with pytest.raises(ValueError, match="no kind is called 'names'"):
        scores.is_right("names", entity(0, 1), entity(0, 1))


def test_one_fact_found_is_right_for_one_gold_fact_only():
    twice = [quantity(0, 10, 5), quantity(5, 15, 5)]
    one = [quantity(0, 15, 5)]
    assert list(scores.pairs("quantities", twice, one)) == [(twice[0], one[0]), (twice[1], None)]
    assert list(scores.pairs("quantities", one, twice)) == [(one[0], twice[0]), (None, twice[1])]


def test_the_tallies_of_an_article():
    gold = {
        "entities": [entity(0, 5), entity(10, 15, "PER"), entity(20, 25, "ORG")],
        "dates": [],
        "quantities": [quantity(30, 40, 7, unit="قتلى"), quantity(50, 60, 2, unit="جرحى")],
        "quotes": [quote(100, 200, "سامي الدروبي"), quote(300, 400), quote(500, 600, "هناء الزيادي")],
    }
    found = {
        "entities": [entity(0, 5), entity(10, 15, "ORG"), entity(20, 25, "ORG")],
        "dates": [date(0, 5, "2026")],
        "quantities": [quantity(30, 40, 7, unit="جنود"), quantity(50, 60, 2, unit="جرحى")],
        "quotes": [quote(100, 200, "الدروبي"), quote(300, 400, "الدروبي"), quote(500, 600)],
    }
    assert scores.facts(gold, found) == {
        "entities": Tally(2, 3, 3),
        "entities.PER": Tally(0, 1, 0),
        "entities.ORG": Tally(1, 1, 2),
        "entities.LOC": Tally(1, 1, 1),
        "dates": Tally(0, 0, 1),
        "quantities": Tally(2, 2, 2),
        "quantities.unit": Tally(1, 2, 2),
        "quotes": Tally(3, 3, 3),
        "quotes.speaker": Tally(1, 2, 1),  # the quote whose speaker nobody marked is left out
    }
    assert tuple(scores.facts(gold, gold)) == scores.TAGS


def test_a_kind_that_is_not_annotated_is_not_scored():
    gold = {"entities": None, "dates": [], "quotes": []}
    assert set(scores.facts(gold, {"entities": [entity(0, 5)]})) == {"dates", "quotes", "quotes.speaker"}


def test_precision_recall_and_f1():
    tally = scores.total([Tally(1, 2, 3), Tally(2, 4, 1)])
    assert (tally.precision, tally.recall, tally.f1) == (0.75, 0.5, pytest.approx(0.6))
    assert (Tally(0, 5, 0).precision, Tally(0, 0, 5).recall, Tally(0, 5, 5).f1, Tally().f1) == (0, 0, 0, 0)


def test_the_interval_holds_the_figure_and_narrows_with_more_articles():
    few = [Tally(9, 10, 10), Tally(4, 10, 10), Tally(7, 10, 10), Tally(10, 10, 10)]

    def f1(drawn):
        return scores.total(drawn).f1

    low, high = scores.interval(few, f1)
    assert 0.4 <= low < f1(few) < high <= 1
    lower, higher = scores.interval(few * 25, f1)
    assert low < lower < f1(few) < higher < high
    assert scores.interval(few, f1) == (low, high)
    assert scores.interval([Tally(9, 10, 10)] * 5, f1) == (pytest.approx(0.9), pytest.approx(0.9))
    assert scores.interval([], f1) == (0, 0)


BODY = "وصلت القافلة إلى المدينة، ثم عادت القافلة."


@pytest.mark.parametrize(
    ("text", "precision", "recall"),
    [
        (BODY, 1, 1),
        ("وصلتِ القافلـة إلى المدينة ثم\u200f عادت القافلة", 1, 1),
        ("القافلة إلى المدينة", 1, 3 / 7),
        (f"{BODY} اقرأ أيضا", 7 / 9, 1),
        ("القافلة القافلة القافلة", 2 / 3, 2 / 7),  # as often as it stands there
        ("", 0, 0),
        (None, 0, 0),
    ],
)
def test_a_body_is_scored_by_its_words(text, precision, recall):
    score = scores.page({"body": BODY}, {"text": text})
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0
    assert score == {"precision": pytest.approx(precision), "recall": pytest.approx(recall), "f1": pytest.approx(f1)}


def test_title_day_and_author_are_right_or_wrong():
    gold = {"title": "عودة القافلة", "title_alt": ["القافلة تعود"], "published": "2026-03-09", "author": "هناء الزيادي"}
    right = {"title": "القافلة تعود!", "published_at": "2026-03-09T23:30:00+03:00", "authors": ["ع. ب", "هناء الزيادي"]}
    assert scores.page(gold, right) == {"title": 1, "day": 1, "author": 1}
    wrong = {"title": "القافلة تعود | شراع", "published_at": "2026-03-10", "authors": ["هناء"]}
    assert scores.page(gold, wrong) == {"title": 0, "day": 0, "author": 0}
    assert scores.page(gold, {}) == {"title": 0, "day": 0, "author": 0}


def test_several_days_and_authors_may_be_right_and_none_is_asked_for_nothing():
    gold = {"published": ["2026-03-09", "2026-03-10"], "author": ["هناء الزيادي", "سامي الدروبي"], "title": None}
    found = {"published_at": "2026-03-10", "authors": ["سامي الدروبي"]}
    assert scores.page(gold, found) == {"day": 1, "author": 1}
    assert scores.page({"title": None, "body": None, "published": None, "author": None}, found) == {}
