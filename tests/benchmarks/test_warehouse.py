import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from benchmarks import press
from benchmarks import warehouse as benchmark

UNTIL = date(2026, 3, 31)


def test_a_press_is_what_it_was_planned_to_be():
    made = press.plan(400, 20, 6, 15, UNTIL)
    days = list(press.days(made))
    reads = [read for _, found in days for read in found]
    assert (len(days), days[-1][0], len(reads)) == (20, UNTIL, 400)
    assert len({read.article.url for read in reads}) == 400
    for read in reads:
        words = {"title": read.article.title, "body": read.article.text}
        assert all(words[fact.field][fact.start : fact.end] == fact.text for fact in read.facts)
    kinds = Counter(fact.kind for read in reads for fact in read.facts)
    assert set(kinds) == set(press.VERSIONS)
    copies = Counter(read.article.text for read in reads)
    assert 1 < max(copies.values()) < 10
    assert Counter(len(read.facts) for read in reads).most_common(1)[0][0] == 15
    mean = sum(len(read.article.text.encode()) for read in reads) / len(reads)
    assert 1_800 < mean < 2_600


def test_the_same_plan_gives_the_same_press():
    one, other = (list(press.days(press.plan(50, 3, 4, 12, UNTIL))) for _ in range(2))
    assert one == other
    assert one != list(press.days(press.plan(50, 3, 4, 12, UNTIL, seed=6)))


def test_what_is_planted_is_in_the_press():
    made = press.plan(8_000, 80, 6, 15, UNTIL)
    burst, outage = made.bursts[0], made.outages[1]
    name = press.names(made.names)[burst.name].text
    named = [sum(any(fact.text == name for fact in read.facts) for read in found) for _, found in press.days(made)]
    usual = [count for day, count in enumerate(named) if day not in burst.days]
    high = sum(named[day] for day in burst.days) / press.BURST_DAYS
    assert high > 1.5 * sum(usual) / len(usual)
    assert burst.baseline == pytest.approx(sum(usual) / len(usual), rel=0.3)
    silent = made.cells[:, outage.source].reshape(-1)[outage.first : outage.first + outage.hours]
    assert (outage.hours, silent.sum()) == (24, 0)
    assert made.cells[:, outage.source].sum() > 1_000


def test_a_press_of_nothing_is_refused(capsys):
    assert benchmark.main(["--articles", "0"]) == 2
    assert "give 1 at least" in capsys.readouterr().err
    assert benchmark.main(["--articles", "9", "--facts-per-article", "3"]) == 2
    assert "3 facts an article" in capsys.readouterr().err


def test_a_target_is_missed_by_what_has_no_figure():
    figure = benchmark.Figure("trending", 140.0, "ms", 150)
    assert figure.met
    assert not replace(figure, value=160.0).met
    assert replace(figure, value=None).met is False
    assert replace(figure, value=160.0, more=True).met
    assert replace(figure, target=None).met is None


@pytest.mark.postgres
def test_a_small_press_is_loaded_measured_and_asked(postgres, warehouse, capsys):
    made = press.plan(300, 8, 5, 15, UNTIL)
    found = benchmark.measured(postgres, warehouse, made, restart=False)  # others use that server as well
    assert found["facts"] > 4_000
    assert [found["loads"][name]["articles"] for name in ("bulk", "everyday", "small")] == [270, 27, 3]
    figures = {figure["name"]: figure for figure in found["figures"]}
    assert figures["sums of roll-ups that are not those of facts"]["met"]
    assert all(figure["value"] is not None for figure in figures.values()), figures
    assert figures["size an article: all"]["value"] > figures["size an article: text"]["value"] > 500
    json.dumps(found)
    benchmark.print_report(found)
    told = capsys.readouterr().out
    assert "300 articles" in told
    assert "everyday load" in told
    again = benchmark.measured(postgres, warehouse, made, restart=False)  # what stands there is not loaded once more
    assert again["loads"] == {}
    asked = {figure["name"] for figure in again["figures"]}
    assert set(figures) - asked == {name for name in figures if "CPU second" in name or "first time" in name}
