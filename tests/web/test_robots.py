from __future__ import annotations

import time

import pytest

from rasad.web.robots import MAX_DELAY, Rules

FILE = """
User-agent: GPTBot
Disallow: /

User-agent: *
Disallow: /admin
Disallow: /*.pdf$
Allow: /admin/news
Crawl-delay: 12

Sitemap: https://example.com/sitemap.xml
"""


def test_the_rules_for_everybody() -> None:
    rules = Rules.parse(200, FILE.encode())
    assert rules.allowed("https://example.com/news/5")
    assert not rules.allowed("https://example.com/admin/users")
    assert rules.allowed("https://example.com/admin/news/5")
    assert not rules.allowed("https://example.com/a.pdf")
    assert rules.delay(5) == 12
    assert rules.delay(60) == 60
    assert rules.sitemaps == ("https://example.com/sitemap.xml",)


@pytest.mark.parametrize("name", ["Rasad", "RASAD", "rasad/1.0", "rasad  # ours"])
def test_the_rules_for_us_go_first(name: str) -> None:
    rules = Rules.parse(200, f"User-agent: *\nDisallow: /\n\nUser-agent: {name}\nDisallow: /live\n")
    assert rules.allowed("https://example.com/news")
    assert not rules.allowed("https://example.com/live/1")
    assert rules.delay(5) == 5


@pytest.mark.parametrize("name", ["Ras", "Rasadbot", "r", "Googlebot"])
def test_a_name_like_ours_is_somebody_else(name: str) -> None:
    assert Rules.parse(200, f"User-agent: {name}\nDisallow: /\n").allowed("https://example.com/")


def test_a_group_of_several_robots() -> None:
    rules = Rules.parse(200, "User-agent: a\nUser-agent: rasad\nDisallow: /x\nUser-agent: c\nDisallow: /")
    assert not rules.allowed("https://example.com/x")
    assert rules.allowed("https://example.com/y")


def test_paths_in_arabic() -> None:
    rules = Rules.parse(200, "User-agent: *\nDisallow: /أرشيف\n".encode())
    assert not rules.allowed("https://example.com/%D8%A3%D8%B1%D8%B4%D9%8A%D9%81/5")
    assert rules.allowed("https://example.com/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1")


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (404, True),
        (401, True),
        (403, True),
        (410, True),
        (301, True),
        (500, False),
        (503, False),
        (429, False),
        (0, False),
    ],
)
def test_no_file_forbids_nothing_and_a_failing_server_everything(status: int, allowed: bool) -> None:
    rules = Rules.parse(status, b"User-agent: *\nDisallow: /\n")
    assert rules.allowed("https://example.com/news") is allowed
    assert rules.delay(5) == 5
    assert (str(status) in (rules.why or "")) is (status != 0)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\0", b"<html>not found</html>", b"Disallow: /"])
def test_whatever_the_file_is(body: bytes) -> None:
    assert Rules.parse(200, body).allowed("https://example.com/news")


def test_bytes_before_the_first_line_do_not_hide_it() -> None:
    assert not Rules.parse(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /").allowed("https://example.com/news")


@pytest.mark.parametrize(("value", "seconds"), [("1e9", MAX_DELAY), ("nan", 5), ("inf", 5), ("-3", 5), ("0.5", 5)])
def test_delays_that_cannot_be_meant(value: str, seconds: float) -> None:
    assert Rules.parse(200, f"User-agent: *\nCrawl-delay: {value}\n").delay(5) == seconds


def test_request_rate_is_a_delay() -> None:
    assert Rules.parse(200, "User-agent: *\nRequest-rate: 1/30\n").delay(5) == 30


def test_a_hostile_file_costs_little() -> None:
    many = "".join(f"User-agent: robot{n}\n" for n in range(20_000)) + "Disallow: /x\n" * 30_000
    wild = "User-agent: *\n" + "Disallow: /" + "*a" * 200_000 + "$\n"
    start = time.process_time()
    for text in (many, wild, "User-agent: *\n" * 40_000, "\n" * 600_000, "a" * 600_000):
        assert Rules.parse(200, text).allowed("https://example.com/" + "a" * 2000)
    assert time.process_time() - start < 5
