"""What monitors are told: of what stages count, and as Airflow's StatsD client writes it."""

from __future__ import annotations

import socket

import pytest

pytestmark = [pytest.mark.airflow, pytest.mark.postgres]

MAPPED = """
from rasad_airflow import metrics
for one in metrics.of_load({"articles": 3, "new_articles": 2, "new_versions": 0, "facts": 5,
                            "outcomes": {"loaded": 3, "gone": 1}, "kinds": {"quote": 1, "entity": 4}}):
    print(one.kind, one.name, one.value, *one.tags)
print(metrics.of_load({"addresses": 1, "facts": 0, "outcomes": {}}), metrics.of_load({}))
for one in metrics.of_health({"due_pages": 7, "oldest_due_seconds": 0, "fresh_articles": 0, "latency_p50_seconds": None,
                              "latency_p95_seconds": 90.5, "sources": {"failing": ["x", "y"], "ok": ["z"]}}):
    print(one.kind, one.name, one.value, *one.tags)
"""


def test_counts_become_figures_and_what_is_not_known_is_no_zero(run):
    status, said = run(MAPPED)
    assert status == 0, said
    assert [line for line in said.splitlines() if line.startswith(("count", "gauge", "["))] == [
        "count rasad.articles 2",
        "count rasad.pages 1 ('outcome', 'gone')",
        "count rasad.pages 3 ('outcome', 'loaded')",
        "count rasad.facts 4 ('kind', 'entity')",
        "count rasad.facts 1 ('kind', 'quote')",
        "[] []",
        "gauge rasad.due.pages 7",
        "gauge rasad.due.oldest_seconds 0",
        "gauge rasad.fresh.articles 0",
        "gauge rasad.latency.p95_seconds 90.5",
        "gauge rasad.sources 1 ('state', 'ok')",
        "gauge rasad.sources 0 ('state', 'late')",
        "gauge rasad.sources 0 ('state', 'silent')",
        "gauge rasad.sources 2 ('state', 'failing')",
        "gauge rasad.sources 0 ('state', 'off')",
    ]


SENT = """
import os
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics import stats_utils
from rasad_airflow import metrics
stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)
metrics.loaded({"new_articles": 1, "outcomes": {"loaded": 1}})
metrics.answered(0.25)
metrics.now(os.environ["RASAD_WAREHOUSE"])
"""


@pytest.fixture
def statsd():
    """A StatsD server, as far as one is needed: a function that gives the lines of all datagrams so far."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)

        def lines():
            got = []
            while True:
                try:
                    got += server.recv(65536).decode().split("\n")
                except BlockingIOError:
                    return got

        lines.env = {
            "AIRFLOW__METRICS__STATSD_ON": "True",
            "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
            "AIRFLOW__METRICS__STATSD_PORT": str(server.getsockname()[1]),
        }
        yield lines


def test_plain_statsd_has_the_value_of_a_tag_in_the_name(run, statsd):
    status, said = run(SENT, **statsd.env)
    assert status == 0, said
    got = statsd()
    assert got[:3] == [
        "airflow.rasad.articles:1|c",
        "airflow.rasad.pages.loaded:1|c",
        "airflow.rasad.answer:250.000000|ms",
    ]
    assert "airflow.rasad.due.pages:0|g" in got
    assert "airflow.rasad.sources.failing:0|g" in got


def test_where_tags_arrive_they_are_tags(run, statsd):
    status, said = run(SENT, **statsd.env, AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED="True")
    assert status == 0, said
    got = statsd()
    assert "airflow.rasad.pages,outcome=loaded:1|c" in got
    assert "airflow.rasad.sources,state=failing:0|g" in got


def test_nothing_is_sent_where_metrics_are_off_and_no_work_fails_with_them(run, statsd):
    status, said = run(SENT)
    assert status == 0, said
    assert statsd() == []
    status, said = run(SENT, **statsd.env | {"RASAD_WAREHOUSE": "postgresql://u:hidden@127.0.0.1:9/none"})
    assert status == 0, said
    assert "no figures for monitors: no connection to the warehouse at 127.0.0.1:9/none" in said
    assert "hidden" not in said
    assert "airflow.rasad.answer:250.000000|ms" in statsd()


EXPORTED = (
    SENT
    + """
from opentelemetry import metrics as otel
otel.get_meter_provider().force_flush()
otel.get_meter_provider().shutdown()
"""
)


def test_a_collector_gets_the_same_with_tags(run, monitor):
    env = {
        "AIRFLOW__METRICS__OTEL_ON": "True",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{monitor.otlp}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
    }
    status, said = run(EXPORTED, **env)
    assert status == 0, said
    found = {(name, *tags.values()): (value, how) for name, tags, value, how in monitor.points}
    assert found["airflow.rasad.pages", "loaded"] == (1, 1)  # 1: delta
    assert found["airflow.rasad.answer",] == (1, 1)
    assert found["airflow.rasad.due.pages",][0] == 0
    assert {tags["state"] for name, tags, *_ in monitor.points if name == "airflow.rasad.sources"} == {
        "ok", "late", "silent", "failing", "off"
    }  # fmt: skip
