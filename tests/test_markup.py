"""An element of a hundred thousand attributes is found before libxml2 makes a tree of it, wherever it hides."""

import time

import pytest
from tests.pages.test_fuzz import FETCHED, PLAIN, THEME, URL

from rasad import markup, pages
from rasad.model import Page, Settled
from rasad.web import autodiscovery

MANY = " ".join(f"a{n}" for n in range(100_000))
HIDDEN = {
    "bare": f"<p {MANY}>",
    "with values that end a tag": "<p " + " ".join(f'a{n}=">"' for n in range(100_000)) + ">",
    "glued": "<p " + "".join(f"a{n}='<'" for n in range(100_000)) + ">",
    "by slashes": f"<p {MANY.replace(' ', '/')}>",
    "behind a title's quotation mark": f'<title><a b="</title><p {MANY} ">',
    "behind a comment's": f"<!-- <a b=' --><p {MANY} '>",
    "behind a script's": f"<script><!-- <a b=' --></script><p {MANY} '>",
}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=list(HIDDEN))
def test_it_is_found(hidden: str) -> None:
    assert markup.crowded(f"<html><body>{hidden}x</p></body></html>".encode(), "utf-8")


@pytest.mark.parametrize("plain", ["", " ", "x", THEME, f"<!-- <p {MANY}> -->", f"<p title='{MANY}'>"])
def test_other_pages_are_not(plain: str) -> None:
    assert not markup.crowded(plain.encode(), "utf-8")


def test_a_page_of_it_is_settled_and_a_feed_announces_nothing() -> None:
    body = THEME.replace("<article", f"<article {MANY}").encode()
    start = time.process_time()
    read = pages.read(Page(URL, "difa", 200, (), body, FETCHED), PLAIN)
    assert isinstance(read, Settled)
    assert read.outcome == "failed"
    assert autodiscovery.articles(body, None, URL) == ()
    assert time.process_time() - start < 10  # a second on a busy machine; a tree of it takes half a minute
