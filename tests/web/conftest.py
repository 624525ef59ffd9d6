"""A site on loopback, and a client that may ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.web.site import Site

from rasad.web.client import Client, LocalGate


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def client(site: Site) -> Iterator[Client]:
    with Client(
        "editor@example.org", frozenset({site.host}), LocalGate(), timeouts=(2, 2), total=2.0, backoff=0.01
    ) as made:
        yield made
