from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.newsroom import Newsroom
from tests.pipeline import settings_of

from rasad.settings import Settings


@pytest.fixture
def room() -> Iterator[Newsroom]:
    """The sample newsroom, first edition, on free ports."""
    with Newsroom() as room:
        yield room


@pytest.fixture
def settings(room: Newsroom, tmp_path) -> Settings:
    return settings_of(room, tmp_path)
