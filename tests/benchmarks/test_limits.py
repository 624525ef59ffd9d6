"""The simulated fleet: its workers are none, but its loads are real."""

from __future__ import annotations

import pytest
from benchmarks.limits import Fleet

from benchmarks import limits
from rasad.warehouse.connection import connect


@pytest.mark.postgres
def test_what_a_fleet_says_it_loaded_is_there(postgres, warehouse):
    work = limits.batches(4, size=10)
    found = limits.fleet(postgres, warehouse, work, workers=2, reading=0.1, seconds=300)
    with connect(warehouse) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM news.article")
        assert cursor.fetchall() == [(40,)]
    assert 0 < found.speed < 2 * 10 / 0.1
    assert found.undisturbed == pytest.approx(2 * 10 / (0.1 + found.median_load))
    assert found.client_cpu > 0
    assert found.server_cpu > 0


def test_the_report(capsys):
    limits.print_fleet(Fleet(4, 50, 80, 0.5, 2.0, 0.6, 0.7, {"CPU": 0.75, "Lock transactionid": 0.25}))
    shown = capsys.readouterr().out
    assert "50 articles a second,  62% of what they could" in shown
    assert "Lock transactionid 25%" in shown
