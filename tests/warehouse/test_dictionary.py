"""docs/data-dictionary.md is what the comments of schema mart say, and they leave nothing out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rasad.settings import ROOT
from rasad.warehouse import dictionary

pytestmark = pytest.mark.postgres

PAGE = ROOT / "docs" / "data-dictionary.md"


@pytest.fixture
def entries(warehouse):
    return dictionary.read(warehouse)


def test_the_page_is_in_step(entries):
    written = dictionary.markdown(entries)
    if os.environ.get("RASAD_DICTIONARY") == "write":  # `make dictionary`
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written, (
        "schema mart says something else than docs/data-dictionary.md: run `make dictionary` and commit the page "
        "together with the views"
    )


def test_every_function_has_its_meaning(entries):
    assert [name for name, entry in entries.items() if entry.call and not entry.meaning] == []


def test_what_is_made_by_a_file_stands_under_its_heading(tmp_path):
    (tmp_path / "01_articles.sql").write_text("CREATE VIEW mart.b AS SELECT 1;\nCREATE VIEW mart.a AS SELECT 1;")
    (tmp_path / "09_two_words.sql").write_text("CREATE OR REPLACE FUNCTION mart.find(q text) RETURNS int …")
    names = ["a", "b", "find", "strange"]
    assert dictionary.groups(names, Path(tmp_path)) == {
        "Sources, articles and stories": ["b", "a"],
        "Two words": ["find"],
        "Further": ["strange"],
    }


def test_a_comment_cannot_break_its_table():
    entry = dictionary.Entry("v", "A view.", (("c", "text", "one | two\nthree"),))
    assert "| `c` | text | one \\| two three |" in dictionary.markdown({"v": entry})
