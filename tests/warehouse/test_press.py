"""Silences that are no chance, told from nights, small papers, days off and days that are not over."""

from datetime import date, timedelta

import pytest

from rasad.warehouse.press import Counts, Seen, coverage, seen

DAY = date(2026, 3, 31)  # a Tuesday
PAPER = dict.fromkeys(range(7, 22), 3)  # 45 articles from 7 to 22 o'clock


def paper(hours=PAPER, days=28):
    return {DAY - timedelta(days=n): Counts(sum(hours.values()), hours) for n in range(1, days + 1)}


def with_today(hours):
    return {**paper(), DAY: Counts(sum(hours.values()), hours)}


def test_a_usual_day_is_seen_in_full():
    assert seen(with_today(PAPER), DAY) == Seen(45, 1.0)


def test_six_silent_hours_are_unknown():
    judged = seen(with_today({h: n for h, n in PAPER.items() if not 10 <= h < 16}), DAY)
    assert judged.missing_hours == (10, 11, 12, 13, 14, 15)
    assert judged.coverage == pytest.approx(1 - 18 / 45)


def test_a_whole_day_of_silence_is_unknown():
    judged = seen(paper(), DAY)
    assert judged.coverage == 0
    assert set(PAPER) <= set(judged.missing_hours)


def test_a_silence_that_began_the_evening_before_counts_from_there():
    days = with_today({h: n for h, n in PAPER.items() if h >= 8})
    assert seen(days, DAY).coverage == 1
    yesterday = {h: n for h, n in PAPER.items() if h < 17}
    days[DAY - timedelta(days=1)] = Counts(sum(yesterday.values()), yesterday)
    assert seen(days, DAY).missing_hours == tuple(range(8))


def test_a_paper_of_three_articles_a_day_may_be_silent():
    days = paper({9: 1, 12: 1, 18: 1})
    assert seen(days, DAY).coverage == 1


def test_a_day_off_is_no_outage():
    days = {day: counts for day, counts in paper().items() if day.weekday() != DAY.weekday()}
    assert seen(days, DAY) is None


def test_a_day_that_is_not_over_is_covered_so_far():
    judged = seen(with_today({h: n for h, n in PAPER.items() if h < 12}), DAY, last_hour=11)
    assert judged == Seen(45, pytest.approx(15 / 45), ())


def test_a_new_source_is_not_expected():
    assert seen({**paper(days=2), DAY: Counts(45, PAPER)}, DAY) is None


def test_an_outage_among_the_days_before_teaches_no_silence():
    days = with_today(PAPER)
    for n in (7, 14):
        days.pop(DAY - timedelta(days=n))
    del days[DAY]
    days[DAY - timedelta(days=21)] = Counts(50, PAPER)
    assert seen(days, DAY).coverage == 0


def test_pages_without_a_time_are_judged_by_the_day():
    days = {day: Counts(counts.articles) for day, counts in paper().items()}
    assert seen({**days, DAY: Counts(40)}, DAY) == Seen(45, 1.0)
    assert seen({**days, DAY: Counts(4)}, DAY).coverage == pytest.approx(4 / 45)
    assert seen(days, DAY).coverage == 0


def test_the_press_is_covered_by_what_was_expected_of_each():
    assert coverage([Seen(30, 1.0), Seen(10, 0.0)]) == 0.75
    assert coverage([]) is None


SMALL = {9: 1, 12: 1, 18: 1}


def test_hours_in_which_its_feeds_did_not_answer_are_unknown_however_little_was_expected():
    days = paper(SMALL)
    assert seen(days, DAY).coverage == 1  # three articles that did not come may be chance
    judged = seen(days, DAY, blind=range(8, 14))
    assert judged == Seen(3, pytest.approx(1 / 3), (8, 9, 10, 11, 12, 13))


def test_what_came_all_the_same_was_seen():
    days = paper(SMALL) | {DAY: Counts(2, {9: 1, 12: 1})}
    judged = seen(days, DAY, blind=range(8, 20))
    assert judged == Seen(3, pytest.approx(2 / 3), (8, 10, 11, 13, 14, 15, 16, 17, 18, 19))


def test_of_a_day_that_is_not_over_no_hour_to_come_is_unknown():
    judged = seen(paper(SMALL), DAY, last_hour=10, blind=range(8, 20))
    assert judged.missing_hours == (8, 9, 10)


@pytest.mark.parametrize(
    ("articles", "blind", "share"),
    [(0, 6, 0.75), (2, 6, 0.75), (2, 18, 2 / 3), (3, 18, 1.0), (0, 24, 0.0), (1, 0, 1.0)],
)
def test_without_times_what_came_in_all_tells(articles, blind, share):
    days = {DAY - timedelta(days=n): Counts(3) for n in range(1, 29)} | {DAY: Counts(articles)}
    assert seen(days, DAY, blind=range(blind)).coverage == pytest.approx(share)
