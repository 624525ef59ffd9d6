"""Planning: who is due, who may be polled at all, and what a person asks for by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rasad.settings import Settings
from rasad.sources import SourceError
from rasad.stages import plan as module
from rasad.stages.plan import PlanError, plan
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.ledger import FeedState

pytestmark = pytest.mark.postgres


def write(folder, name, host, extra=""):
    (folder / f"{name}.yaml").write_text(
        f"name_ar: {name}\nname_en: {name}\ncountry: LB\ntimezone: Asia/Beirut\nhomepage: http://{host}/\n"
        f"hosts: ['{host}']\nfeeds: [{{url: 'http://{host}/rss', kind: rss}}]\n{extra}",
        encoding="utf-8",
    )


@pytest.fixture
def settings(tmp_path):
    """Two real publishers, one that is not enabled, and one on this machine."""
    write(tmp_path, "balad", "balad.example")
    write(tmp_path, "nahar", "nahar.example")
    write(tmp_path, "off", "off.example", "enabled: false\nreason: asks not to be read\n")
    write(tmp_path, "local", "127.0.0.1:9")
    return Settings(tmp_path, "memory://landing", source_dirs=(tmp_path,), allow_hosts=frozenset({"127.0.0.1:9"}))


@pytest.fixture
def named(settings):
    return replace(settings, contact="desk@example.org")


def ids(works):
    return [work["source"] for work in works]


def read_all(dsn):
    """As if every feed had just been polled."""
    with connect(dsn, autocommit=True) as link, link.cursor() as cursor:
        cursor.execute("SELECT url FROM news.feed")
        for (url,) in cursor.fetchall():
            ledger.polled(link, url, FeedState(None, None, None), 0, None)


def test_without_a_contact_only_the_allowed_hosts_are_polled(settings, warehouse):
    assert ids(plan(settings, warehouse, "run")) == ["local"]
    assert ids(plan(settings, warehouse, "other", everything=True)) == ["local"]
    with pytest.raises(PlanError, match="nahar is not polled: set RASAD_CONTACT to your mail or web address"):
        plan(settings, warehouse, "run", ["nahar"])


def test_with_a_contact_all_enabled_sources_are_polled(named, warehouse):
    assert ids(plan(named, warehouse, "run")) == ["balad", "local", "nahar"]


def test_a_source_that_is_not_enabled_is_never_polled_and_says_why(named, warehouse):
    assert "off" not in ids(plan(named, warehouse, "run", everything=True))
    with pytest.raises(PlanError, match=r"off is not polled: it is not enabled \(asks not to be read\)"):
        plan(named, warehouse, "run", ["off"])


def test_one_host_that_is_not_allowed_is_enough_to_ask_for_a_contact(settings, warehouse):
    write(settings.source_dirs[0], "both", "127.0.0.1:9', 'both.example")
    (settings.source_dirs[0] / "local.yaml").unlink()
    text = (settings.source_dirs[0] / "both.yaml").read_text()
    (settings.source_dirs[0] / "both.yaml").write_text(
        text.replace("http://127.0.0.1:9', 'both.example/", "http://127.0.0.1:9/")
    )
    assert module.load_sources(settings)["both"].hosts == ("127.0.0.1:9", "both.example")
    assert plan(settings, warehouse, "run") == []


def test_only_what_is_due_is_planned(named, warehouse):
    assert ids(plan(named, warehouse, "first")) == ["balad", "local", "nahar"]
    read_all(warehouse)
    assert plan(named, warehouse, "second") == []
    with connect(warehouse) as link, link.cursor() as cursor:
        cursor.execute("UPDATE news.feed SET next_poll_at = now() WHERE source_id = 'nahar'")
    (work,) = plan(named, warehouse, "third")
    assert (work["source"], work["run"], work["everything"]) == ("nahar", "third", False)


def test_what_a_person_names_is_due(named, warehouse):
    plan(named, warehouse, "first")
    read_all(warehouse)
    works = plan(named, warehouse, "hand", ["nahar", "balad", "nahar"])
    assert ids(works) == ["balad", "nahar"]
    assert all(work["everything"] for work in works)
    assert ids(plan(named, warehouse, "all", everything=True)) == ["balad", "local", "nahar"]


def test_a_limit_leaves_the_rest_to_the_next_run(named, warehouse):
    assert ids(plan(named, warehouse, "run", limit=2)) == ["balad", "local"]


def test_what_a_limit_left_over_comes_first_in_the_next_run(named, warehouse):
    seen = []
    for number in range(3):
        (work,) = plan(named, warehouse, f"run-{number}", limit=1)
        seen.append(work["source"])
        with connect(warehouse, autocommit=True) as link, link.cursor() as cursor:  # it was read, and is due again
            cursor.execute(
                "UPDATE news.feed SET next_poll_at = clock_timestamp() WHERE source_id = %s", (work["source"],)
            )
    assert seen == ["balad", "local", "nahar"]
    assert ids(plan(named, warehouse, "all", everything=True, limit=1)) == ["balad"]


def test_a_run_planned_again_is_noted_once(named, warehouse):
    assert plan(named, warehouse, "run") == plan(named, warehouse, "run")
    with connect(warehouse) as link, link.cursor() as cursor:
        cursor.execute("SELECT run_id, source_id FROM news.run_source ORDER BY 2")
        assert cursor.fetchall() == [("run", "balad"), ("run", "local"), ("run", "nahar")]


def test_all_sources_are_written_down_polled_or_not(settings, warehouse):
    plan(settings, warehouse, "run")
    with connect(warehouse) as link, link.cursor() as cursor:
        cursor.execute("SELECT source_id, enabled, reason FROM mart.sources ORDER BY 1")
        assert cursor.fetchall() == [
            ("balad", True, None), ("local", True, None), ("nahar", True, None), ("off", False, "asks not to be read"),
        ]  # fmt: skip


def test_what_is_asked_for_wrongly_is_said_before_the_warehouse_is_asked(named):
    nowhere = "postgresql://127.0.0.1:9/none"
    with pytest.raises(PlanError, match=r"no source is called 'nahr': known are balad, local, nahar, off"):
        plan(named, nowhere, "run", ["nahr"])
    write(named.source_dirs[0], "bad", "bad.example", "colour: red\n")
    with pytest.raises(SourceError, match=r"bad\.yaml:8: unknown key 'colour'"):
        plan(named, nowhere, "run")


def test_without_folders_the_sources_of_the_package_are_read(tmp_path):
    assert len(module.load_sources(Settings(tmp_path, ""))) > 40
