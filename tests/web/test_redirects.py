from __future__ import annotations

import pytest

from rasad.web.redirects import astray

SITE = "https://www.example.com"
ARTICLE = f"{SITE}/news/politics/123456-%D8%AE%D8%A8%D8%B1"


@pytest.mark.parametrize(
    ("final", "outcome"),
    [
        (f"{SITE}/", "gone"), (f"{SITE}/ar", "gone"), (f"{SITE}/ar/index.html", "gone"), (f"{SITE}/home", "gone"),
        ("https://m.example.com/", "gone"), (f"{SITE}/404", "gone"), (f"{SITE}/ar/error-404.html", "gone"),
        (f"{SITE}/page-not-found?url=x", "gone"), (f"{SITE}/news/politics", "gone"), (f"{SITE}/news/", "gone"),
        (f"{SITE}/login?next=/news/123456", "login"), ("https://id.example.com/users/login", "login"),
        ("https://consent.example.org/v2/collectConsent?sessionId=1", "consent"),
        ("https://geo.captcha-delivery.com/captcha/?cid=1", "blocked"),
        ("https://validate.perfdrive.com/1/?ssa=2", "blocked"), (f"{SITE}/.well-known/sgcaptcha/?r=%2F", "blocked"),
    ],
)  # fmt: skip
def test_where_no_article_is(final: str, outcome: str) -> None:
    led = astray(ARTICLE, final)
    assert led
    assert led[0] == outcome
    assert led[1].startswith("it leads to ")


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        (ARTICLE, ARTICLE + "/"),
        (ARTICLE, f"{SITE}/news/politics/123456"),
        (ARTICLE, f"{SITE}/?p=123456"),
        (ARTICLE, "https://other.example.org/story/9"),
        (f"{SITE}/?p=123456", ARTICLE),
        (f"{SITE}/", f"{SITE}/ar"),
        (f"{SITE}/?p=123456", f"{SITE}/?p=123457"),
        (f"http://{SITE[8:]}/", f"{SITE}/"),
        (f"{SITE}/news/404", f"{SITE}/ar/news/404"),  # the 404th
        (f"{SITE}/live/election/2026/11/22/777777", f"{SITE}/live/election/2026/11/22/777777/888888"),
        (f"{SITE}/politics/world", f"{SITE}/politics"),
        (f"{SITE}/news/login-records-leaked-in-massive-breach", f"{SITE}/tech/login-records-leaked-in-massive-breach"),
    ],
)
def test_where_the_article_may_be(asked: str, final: str) -> None:
    assert astray(asked, final) is None


def test_a_number_that_was_asked_for_and_dropped_is_gone() -> None:
    assert astray(f"{SITE}/?p=123456", f"{SITE}/") == ("gone", "it leads to the home page")
