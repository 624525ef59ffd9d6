"""The same DAGs with Celery's workers, Redis and a landing zone on S3 give the warehouse that one machine gives."""

from __future__ import annotations

import pytest
from tests import servers
from tests.chaos import compare
from tests.newsroom import Newsroom
from tests.newsroom.articles import articles

from rasad_airflow.environment import Ports
from rasad_airflow.supervisor import SupervisorError, check_port

INGEST, MEASURE, RUN = "ingest_news", "measure_trends", "newsroom"


@pytest.fixture
def ports(free_port) -> Ports:
    while True:
        first = free_port()
        try:
            for number in range(first, first + 8):
                check_port(number, "")
        except SupervisorError:
            continue
        return Ports(web=free_port(), postgres=free_port(), newsroom=first)


def read(house: servers.Servers) -> None:
    """The whole newsroom, measured, under one name whoever runs it."""
    for dag_id, conf in ((INGEST, {"everything": True}), (MEASURE, {})):
        house.run(dag_id, RUN, conf)
        house.forget(dag_id, RUN)


@pytest.mark.slow
@pytest.mark.airflow
@pytest.mark.postgres
@pytest.mark.timeout(3600)
def test_two_workers_and_four_give_the_warehouse_of_one_machine(tmp_path, ports, free_port):
    if reason := servers.lacking():
        pytest.skip(reason)
    with (
        Newsroom(ports.newsroom, sources_dir=tmp_path / "sources") as room,
        servers.opened(tmp_path / "var", ports, room, free_port) as house,
    ):
        read(house)
        one_machine = compare.state(house.place.server.dsn("warehouse"))
        announced = [room.announced(article.ref) for article in articles()]
        assert len(one_machine["article"]) > len(announced) / 2
        assert not house.landed(), "one machine has its landing zone on disk"
        for number in (2, 4):
            name = f"workers_{number}"
            dsn = house.warehouse(name)
            with house.workers(number, name):
                read(house)
            assert compare.differences(one_machine, compare.state(dsn)) == []
            assert compare.unaccounted(dsn, announced) == []
            assert sum(house.worked(one) for one in range(1, number + 1)) > 1, "one worker did it all"
            assert house.landed()
