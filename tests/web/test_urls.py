from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.web import urls

NEWS = "https://example.com/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D9%85%D8%B5%D8%B1"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/أخبار/مصر",
        "HTTPS://Example.COM:443/أخبار/مصر#comments",
        "https://example.com/%d8%a3%D8%AE%d8%a8%D8%A7%d8%b1/مصر",
        "https://example.com/ا\u0654خبار/مصر",  # alef and hamza apart
        "https://example.com/%D8%A7%D9%94خبار/مصر",
        "https://example.com/عالم/../أخبار/./مصر",
        "  https://example.com/أخبار/مصر?utm_source=rss&utm_medium=feed&fbclid=Iw \n",
        "https://example.com./أخبار/مصر?at_medium=RSS&at_campaign=rss",
        "https://m.example.com/أخبار/مصر",
        "https://amp.example.com/أخبار/مصر/amp",
        "https://example.com/أخبار/مصر?amp=1",
        "https://example-com.cdn.ampproject.org/c/s/example.com/أخبار/مصر",
        "https://www.google.com/amp/s/example.com/أخبار/مصر",
        "https://reader@example.com/أخبار/مصر",
        "https://example.com/أخبار/مصر?amp&amp;utm_source=rss&#038;fbclid=x",
        "https://example.com/أخبار/مصر/?outputType=amp".replace("مصر/", "مصر"),
        "https://example.com/أخبار/مصر?nonamp=1&share=whatsapp&gad_source=1&_x_tr_tl=en",
        "https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fexample.com%2F%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1%2Fمصر",
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fexample.com%2fأخبار%2fمصر&c=1",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fأخبار%2Fمصر%3Ffbclid%3D1&h=AT",
    ],
)
def test_spellings_of_one_article(url: str) -> None:
    assert urls.canonical(url) == NEWS


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/?id=1%262", "https://example.com/?id=1&2"),
        ("https://example.com/?id=1", "https://example.com/?id=2"),
        ("https://example.com/a", "https://example.com/a/"),
        ("https://example.com/A", "https://example.com/a"),
        ("https://www.example.com/", "https://example.com/"),
        ("https://example.com/?ref=12", "https://example.com/"),
        ("https://example.com/amp", "https://example.com/"),  # a page about amplifiers
        ("https://example.com:8443/", "https://example.com/"),
        ("https://example.com/?m=1&id=5", "https://example.com/?id=5"),
        ("https://example.com/amp/story/5", "https://example.com/story/5"),  # not everywhere the same: the page says
        ("https://www.google.com/url?q=ftp://a/", "https://www.google.com/url"),
        ("https://example.com/?type=5", "https://example.com/"),
        ("https://example.com/?share=77", "https://example.com/"),
    ],
)
def test_different_addresses_stay_apart(url: str, other: str) -> None:
    assert urls.canonical(url) != urls.canonical(other)


def test_pages_for_telephones() -> None:
    assert urls.canonical("https://example.com/2026/03/jisr.html?m=1") == "https://example.com/2026/03/jisr.html"


def test_wrappers_within_wrappers() -> None:
    url = "https://example.com/5"
    while len(url) < 2000:
        url = "https://www.google.com/url?q=" + quote(url, "")
    assert urls.canonical(url) == "https://example.com/5"


def test_names_in_other_alphabets_are_one_with_their_punycode() -> None:
    for url in ("https://موقع.مصر/", "https://XN--4gbrim.xn--WGBH1C/", "https://موقع.مصر:443/#أعلى"):
        assert urls.canonical(url) == "https://xn--4gbrim.xn--wgbh1c/"


def test_what_it_keeps_as_it_is() -> None:
    assert urls.canonical("https://example.com/?b=2&a=1") == "https://example.com/?b=2&a=1"
    assert (
        urls.canonical("https://example.com/%cf%e1") == "https://example.com/%CF%E1"
    )  # windows-1256, not ours to guess
    assert urls.canonical("https://example.com/100%/x y") == "https://example.com/100%25/x%20y"
    assert urls.canonical("https://example.com") == "https://example.com/"
    assert urls.canonical("http://[::1]:80/") == "http://[::1]/"


def test_mobile_host_becomes_the_one_the_source_declares() -> None:
    assert urls.canonical("https://m.example.com/5", ["www.example.com"]) == "https://www.example.com/5"
    assert urls.canonical("https://www.example.com/5", ["example.com"]) == "https://www.example.com/5"
    assert urls.canonical("https://m.com/5") == "https://m.com/5"


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("javascript:alert(1)", "http://"),
        ("/news/5", "http://"),
        ("https:///news", "no host"),
        ("https://ex ample.com/", "no such host"),
        ("https://a..b/", "no such host"),
        ("https://example.com:99999/", "Port"),
        ("https://example.com:0/", "port 0"),
        ("https://[::1/", "IPv6"),
        ("https://example.com/" + "a" * 3000, "characters"),
    ],
)
def test_what_is_no_address_says_so(url: str, word: str) -> None:
    with pytest.raises(ValueError, match=word) as error:
        urls.canonical(url)
    assert "\n" not in str(error.value)


def test_backslash_does_not_hide_the_host() -> None:
    assert urls.netloc("https://example.com\\@evil.example/") == "example.com"


def test_netloc() -> None:
    assert urls.netloc("https://WWW.Example.com:443/x") == "www.example.com"
    assert urls.netloc("http://127.0.0.1:8080/x") == "127.0.0.1:8080"
    assert urls.netloc("https://موقع.مصر/") == "xn--4gbrim.xn--wgbh1c"


def test_readable() -> None:
    assert urls.readable(NEWS) == "https://example.com/أخبار/مصر"
    assert urls.readable("https://xn--4gbrim.xn--wgbh1c/a%20b") == "https://موقع.مصر/a%20b"
    assert urls.readable("https://example.com/%E2%80%AE%0A%CF") == "https://example.com/%E2%80%AE%0A%CF"
    assert urls.readable("no address") == "no address"


@given(st.text(max_size=300), st.sampled_from(["", "http://", "https://a.example/", "https://a.example/%", "https://"]))
def test_any_text_is_an_address_in_one_spelling_or_a_value_error(text: str, start: str) -> None:
    try:
        once = urls.canonical(start + text)
    except ValueError:
        return
    assert once.isascii()
    assert once.isprintable()
    assert urls.canonical(once) == once
    assert urls.canonical(urls.readable(once)) == once
