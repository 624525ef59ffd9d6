"""Saved pages of publishers are read as expected: those beside this file, and one's own that RASAD_SOURCES names."""

from __future__ import annotations

from pathlib import Path

import pytest

from rasad import sources
from rasad.model import Source
from rasad.settings import Settings
from rasad.stages import expect

HERE = Path(__file__).parent / "publishers"
OWN = Settings.from_env().source_dirs
PAGES = expect.saved([HERE], sources.load([HERE])) + expect.saved(OWN, sources.load([sources.PACKAGE_DIR, *OWN]))


@pytest.mark.parametrize(("source", "page"), PAGES, ids=[f"{source.id}/{page.stem}" for source, page in PAGES])
def test_a_saved_page_is_read_as_expected(source: Source, page: Path) -> None:
    assert list(expect.compare(source, page)) == []


def test_there_are_pages_of_each_publisher() -> None:
    assert {source.id for source, page in PAGES if page.is_relative_to(HERE)} == set(sources.load([HERE]))
