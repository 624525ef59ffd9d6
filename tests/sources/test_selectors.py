"""Selectors are checked when a source's file is read, and not first on some page at night."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from rasad import sources
from rasad.model import SelectorField
from rasad.sources import SourceError

GOOD = """\
name_ar: الأخبار
name_en: The News
country: EG
timezone: Africa/Cairo
homepage: https://www.example.com
hosts: [www.example.com]
selectors:
"""


def load(folder: Path, lines: str) -> tuple[tuple[SelectorField, str], ...]:
    (folder / "akhbar.yaml").write_text(GOOD + lines, encoding="utf-8")
    return sources.load([folder])["akhbar"].selectors


def test_every_field_is_allowed_and_kept_in_order(tmp_path: Path) -> None:
    fields = get_args(SelectorField)
    assert set(fields) == {"drop", "title", "authors", "published", "section", "body"}
    lines = "".join(f"  {field}: '#main > .{field}:not([hidden]), p:nth-of-type(2n+1)'\n" for field in fields)
    assert [field for field, _ in load(tmp_path, lines)] == list(fields)


@pytest.mark.parametrize(
    "css", ["h1.main", "article > p, article > h3", "meta[name='x']", "p:has(> b) ~ p", ".نص-الخبر", "div:is(.a, .b)"]
)
def test_css_as_browsers_know_it(tmp_path: Path, css: str) -> None:
    assert load(tmp_path, f'  body: "{css}"\n') == (("body", css),)


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ("  body: h1..x\n", 8, ["body 'h1..x' is no CSS selector", "position"]),
        ("  title: h1\n  body: '.a >'\n", 9, ["body '.a >' is no CSS selector"]),
        ("  body: 'a[href'\n", 8, ["is no CSS selector"]),
        ("  body: //div/p\n", 8, ["'//div/p' is no CSS selector"]),  # that is XPath
        ("  body: 'p::text'\n", 8, ["'p::text' is no CSS selector", "Pseudo-element"]),  # that is Scrapy's
        ("  body: 'p:unknown'\n", 8, ["is no CSS selector"]),
        ("  body: 'p:nth-child(x)'\n", 8, ["is no CSS selector"]),
        ("  body: '" + "a " * 20_000 + "'\n", 8, ["is no CSS selector", "nesting limit"]),
        ("  text: p\n", 8, ["unknown key 'text' in selectors", "known are drop, title, authors, published"]),
        ("  body: p\n  body: div\n", 9, ["'body' stands twice in selectors"]),
        ("  body:\n", 8, ["'body' must be text"]),
        ("  body: [p, div]\n", 8, ["'body' must be text"]),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, lines: str, line: int, words: list[str]) -> None:
    with pytest.raises(SourceError) as error:
        load(tmp_path, lines)
    message = str(error.value)
    assert message.startswith(f"{tmp_path / 'akhbar.yaml'}:{line}: ")
    assert all(word in message for word in words), message
    assert "\n" not in message
    assert len(message) < 600
