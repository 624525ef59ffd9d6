"""The newsroom in fast time: what comes when."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import requests
from tests.newsroom import stream
from tests.newsroom.publishers import BY_ID
from tests.newsroom.stream import Stream, coming

START, LENGTH = datetime(2026, 1, 1, tzinfo=timezone.utc), timedelta(hours=12)


@pytest.fixture
def room():
    with Stream(500, START, LENGTH) as room:
        yield room


def test_the_whole_past_comes_in_order_and_there_are_periods_of_silence():
    found = coming(500)
    periods = [one.period for one in found]
    assert periods == sorted(periods)
    assert (periods[0], periods[-1], len({one.article.ref for one in found})) == (0, 499, len(found))
    assert 150 < len(set(periods)) < 400


def test_articles_are_published_corrected_and_withdrawn(room):
    shown, changed = {}, 0
    for _ in range(100):
        changed += bool(room.advance())
        for publisher in BY_ID.values():
            for article in room.shown(publisher):
                shown.setdefault(article.ref, []).append(article)
    assert 40 < changed < 90
    assert len(shown) > 80
    texts = {ref: {article.paragraphs for article in found} for ref, found in shown.items()}
    assert 5 < sum(len(versions) == 2 for versions in texts.values()) < 30
    assert all(len(versions) < 3 for versions in texts.values())
    assert {found[-1].status for found in shown.values()} == {200, 410}
    assert all(article.published_at <= START + 101 * LENGTH for found in shown.values() for article in found)


def test_it_is_served(room):
    publisher = BY_ID["minbar"]
    for _ in range(40):
        room.advance()
    article = room.shown(publisher)[0]
    feed = requests.get(room.origins["minbar"] + "/rss.xml", timeout=10).text
    page = requests.get(room.origins["minbar"] + publisher.path(article), timeout=10)
    assert article.title in feed
    assert page.status_code == article.status
    room.advance()
    assert not room.requests  # forgotten, as nobody asks for them


def test_what_is_long_past_is_shown_no_more(room):
    publisher = BY_ID["sada"]
    for _ in range(300):
        room.advance()
    first = room.start + (room.period - stream.SHOWN) * LENGTH
    shown = room.shown(publisher)
    assert all(article.published_at > first for article in shown)
    assert [a.published_at for a in shown] == sorted((a.published_at for a in shown), reverse=True)
