"""Every DAG: no import error, the house's policy, and no way to Airflow's own database."""

from __future__ import annotations

import ast
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rasad.settings import ROOT

pytestmark = pytest.mark.airflow

FILES = sorted((ROOT / "dags").glob("*.py"))

# Read in a process of its own: importing Airflow sets up logging and a home folder, which no other test should see.
_READ = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
print(json.dumps({
    "errors": bag.import_errors,
    "dags": {
        d.dag_id: {
            "doc": d.doc_md, "tags": sorted(d.tags), "catchup": d.catchup, "active": d.max_active_runs,
            "deadline": bool(d.deadline), "file": d.fileloc, "failed": bool(d.on_failure_callback),
            "run_types": sorted(t.value for t in d.allowed_run_types or []), "description": d.description or "",
            "fields": {name: {"description": d.params.get_param(name).description, "default": d.params[name],
                              **d.params.get_param(name).schema}
                       for name in d.params},
            "tasks": {
                t.task_id: {"owner": t.owner, "retries": t.retries,
                            "pool": t.pool, "timeout": bool(t.execution_timeout), "mapped": t.is_mapped,
                            "outlets": [getattr(o, "name", "") for o in t.outlets or []], "rule": t.trigger_rule.value,
                            "backoff": float(t.retry_exponential_backoff),
                            "weight": str(t.weight_rule).lower(), "upstream": sorted(t.upstream_task_ids)}
                for t in d.tasks},
        } for d in bag.dags.values()},
}))
"""


@pytest.fixture(scope="module")
def bag(tmp_path_factory):
    home = tmp_path_factory.mktemp("airflow")
    env = os.environ | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "True",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "PYTHONPATH": str(ROOT / "plugins"),
    }
    done = subprocess.run([sys.executable, "-c", _READ, str(ROOT / "dags")], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_no_file_fails_to_import(bag):
    assert bag["errors"] == {}
    assert {Path(d["file"]).name for d in bag["dags"].values()} == {f.name for f in FILES}


def test_dags_are_called_as_their_files(bag):
    for dag_id, dag in bag["dags"].items():
        assert Path(dag["file"]).stem == dag_id


def test_policy(bag):
    assert bag["dags"]
    for dag_id, dag in bag["dags"].items():
        assert dag["doc"], dag_id
        assert "red" in dag["doc"], f"{dag_id}: its doc does not say what to do when it is red"
        assert "rasad" in dag["tags"], dag_id
        assert dag["catchup"] is False, dag_id
        assert dag["active"] == (4 if dag_id == "ingest_urls" else 1), dag_id  # people need not wait for each other
        assert dag["deadline"], dag_id
        assert dag["failed"], f"{dag_id}: nobody is told when it fails"
        for task_id, task in dag["tasks"].items():
            assert task["owner"] == "rasad", task_id
            assert task["retries"] >= 1, task_id
            assert task["backoff"] >= 2, task_id
            assert task["timeout"], task_id
            assert "upstream" in task["weight"], f"{task_id}: all fetches would go before the first clean"


def test_ingest_news_maps_sources_and_publishes_once(bag):
    tasks = bag["dags"]["ingest_news"]["tasks"]
    stages = ["discover", "fetch", "clean", "extract", "load"]
    assert set(tasks) == {"plan", "publish", *(f"source.{stage}" for stage in stages)}
    for before, after in itertools.pairwise(stages):
        assert f"source.{before}" in tasks[f"source.{after}"]["upstream"]
    assert {t for t, task in tasks.items() if task["outlets"]} == {"publish"}
    assert tasks["publish"]["rule"] == "all_done"
    assert len({tasks["source.fetch"]["pool"], tasks["source.clean"]["pool"], tasks["source.load"]["pool"]}) == 3


def test_backfill_archive_maps_files_and_publishes_once(bag):
    tasks = bag["dags"]["backfill_archive"]["tasks"]
    assert set(tasks) == {"plan", "approve", "read", "publish"}
    assert tasks["read"]["mapped"]
    assert tasks["read"]["upstream"] == ["approve", "plan"]
    assert {t for t, task in tasks.items() if task["outlets"]} == {"publish"}
    assert tasks["publish"]["rule"] == "all_done"


def test_reextract_facts_maps_months_and_publishes_once(bag):
    tasks = bag["dags"]["reextract_facts"]["tasks"]
    assert set(tasks) == {"plan", "reextract", "publish"}
    assert tasks["reextract"]["mapped"]
    assert tasks["reextract"]["upstream"] == ["plan"]
    assert {t for t, task in tasks.items() if task["outlets"]} == {"publish"}
    assert tasks["publish"]["rule"] == "all_done"


def test_ingest_urls_maps_sources_and_publishes_once(bag):
    tasks = bag["dags"]["ingest_urls"]["tasks"]
    assert set(tasks) == {"plan", "read", "report", "publish"}
    assert tasks["read"]["mapped"]
    assert tasks["report"]["rule"] == "all_done"
    assert {t for t, task in tasks.items() if task["outlets"]} == {"publish"}


def test_forms_speak_english_and_arabic_and_name_the_sources(bag):
    fields = {(dag_id, name): field for dag_id, dag in bag["dags"].items() for name, field in dag["fields"].items()}
    assert len(fields) >= 14
    for where, field in fields.items():
        for words in (field["title"], field["description"]):
            assert re.search("[a-z]", words), where
            assert re.search("[ء-ي]", words), where
    several = fields["ingest_news", "sources"]
    assert several["type"] == "array"
    assert several["values_display"]["bbc_arabic"].startswith("BBC News Arabic · ")
    assert set(several["examples"]) < set(fields["backfill_archive", "sources"]["examples"])  # those polled, of all
    one = fields["ingest_urls", "source"]
    assert one["enum"][0] == "-" == one["default"]  # the form takes an empty choice for one not made
    assert "bbc_arabic" in one["enum"]


def test_airflows_own_backfill_is_refused_where_feeds_hold_no_past(bag):
    assert bag["dags"]["ingest_news"]["run_types"] == ["manual", "scheduled"]
    assert "backfill_archive" in bag["dags"]["ingest_news"]["description"]


def test_measure_trends_alerts_behind_measuring(bag):
    tasks = bag["dags"]["measure_trends"]["tasks"]
    assert {name: task["upstream"] for name, task in tasks.items()} == {"measure": [], "alert": ["measure"]}


def test_check_warehouse_has_a_task_for_each_file_and_nothing_waits_for_it(bag):
    tasks = bag["dags"]["check_warehouse"]["tasks"]
    assert set(tasks) == {path.stem for path in (ROOT / "sql" / "checks").glob("*.sql")}
    assert not any(task["upstream"] or task["outlets"] for task in tasks.values())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_dag_is_a_table_of_contents(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for task in (
        n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and any(_is_task(d) for d in n.decorator_list)
    ):
        assert ast.get_docstring(task), f"{path.name}: {task.name} has no docstring, which is its help in the UI"
        assert len(task.body) <= 5, f"{path.name}: {task.name} holds logic that belongs into rasad.stages"


def _is_task(node):
    name = node.func if isinstance(node, ast.Call) else node
    return isinstance(name, ast.Name) and name.id == "task"


@pytest.mark.parametrize(
    "path",
    [*FILES, *sorted((ROOT / "plugins" / "rasad_airflow").rglob("*.py"))],
    ids=lambda p: p.relative_to(ROOT).as_posix(),
)
def test_nothing_reaches_into_the_metadata_database(path):
    """`airflow dags test` would let it through; real execution does not, so it is looked for here."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            assert not name.startswith(
                ("airflow.models", "airflow.settings", "airflow.utils.session", "airflow.utils.db")
            )


def test_the_core_knows_no_airflow():
    for path in (ROOT / "plugins" / "rasad").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(a.name.split(".")[0] in ("airflow", "rasad_airflow") for a in node.names), path
            elif isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in ("airflow", "rasad_airflow"), path
