"""The files that make the dashboards: each fits the others, and the warehouse has what they ask for."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml

from rasad.settings import ROOT

ASSETS = ROOT / "dashboards" / "assets"
METRICS = ("metric", "metrics", "metrics_b", "timeseries_limit_metric")
COLUMNS = ("groupby", "groupby_b", "all_columns", "x_axis")


def load(folder: str) -> dict[str, dict[str, Any]]:
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted((ASSETS / folder).rglob("*.yaml"))}


databases, datasets = load("databases"), load("datasets")
charts, dashboards = load("charts"), load("dashboards")
of_uuid = {dataset["uuid"]: dataset for dataset in datasets.values()}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def test_each_has_an_id_of_its_own():
    ids = [one["uuid"] for kind in (databases, datasets, charts, dashboards) for one in kind.values()]
    assert len(ids) == len(set(ids))
    assert all(str(uuid.UUID(one)) == one for one in ids)


@pytest.mark.postgres
@pytest.mark.parametrize("name", sorted(datasets))
def test_columns_of_a_dataset_are_what_the_warehouse_gives(name: str, loaded):
    dataset = datasets[name]
    assert dataset["database_uuid"] == databases["warehouse"]["uuid"]
    assert "news." not in dataset["sql"]  # the role that dashboards have reads schema mart alone
    with psycopg2.connect(loaded.dsn) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({dataset['sql']}) dataset LIMIT 0")
        assert cursor.description is not None
        given = {column.name for column in cursor.description}
        assert {column["column_name"] for column in dataset["columns"]} <= given
        for metric in dataset["metrics"]:
            cursor.execute(f"SELECT {metric['expression']} FROM ({dataset['sql']}) dataset")
    assert dataset["main_dttm_col"] is None or dataset["main_dttm_col"] in given


@pytest.mark.parametrize("name", sorted(charts))
def test_a_chart_asks_its_dataset_for_what_that_has(name: str):
    chart = charts[name]
    dataset = of_uuid[chart["dataset_uuid"]]
    columns = {column["column_name"] for column in dataset["columns"]}
    metrics = {metric["metric_name"] for metric in dataset["metrics"]}
    params = chart["params"]
    assert params["viz_type"] == chart["viz_type"]
    assert {one for key in METRICS for one in listed(params.get(key))} <= metrics
    assert {one for key in COLUMNS for one in listed(params.get(key))} <= columns
    assert set(params.get("column_config", {})) <= columns | metrics
    assert {one["subject"] for one in params["adhoc_filters"] if one["expressionType"] == "SIMPLE"} <= columns


@pytest.mark.parametrize("name", sorted(dashboards))
def test_a_dashboard_shows_charts_and_filters_that_are_there(name: str):
    dashboard = dashboards[name]
    known = {chart["uuid"]: chart["slice_name"] for chart in charts.values()}
    places = {key: place for key, place in dashboard["position"].items() if isinstance(place, dict)}
    for key, place in places.items():
        assert place["id"] == key
        assert set(place.get("children", ())) <= places.keys()
        if place["type"] == "CHART":
            assert known[place["meta"]["uuid"]] == place["meta"]["sliceName"]
        if place["type"] == "ROW":
            assert sum(places[child]["meta"]["width"] for child in place["children"]) == 12
    for native in dashboard["metadata"]["native_filter_configuration"]:
        for target in filter(None, native["targets"]):
            dataset = of_uuid[target["datasetUuid"]]
            assert target["column"]["name"] in {column["column_name"] for column in dataset["columns"]}
    assert "direction: rtl" in dashboard["css"]


def test_every_chart_stands_on_a_dashboard():
    shown = {
        place["meta"]["uuid"]
        for dashboard in dashboards.values()
        for place in dashboard["position"].values()
        if isinstance(place, dict) and place["type"] == "CHART"
    }
    assert shown == {chart["uuid"] for chart in charts.values()}


def test_what_a_reader_sees_is_arabic():
    words = [
        *(chart["slice_name"] for chart in charts.values()),
        *(dashboard["dashboard_title"] for dashboard in dashboards.values()),
        *(one["verbose_name"] for d in datasets.values() for one in (*d["columns"], *d["metrics"])),
        *(one["name"] for d in dashboards.values() for one in d["metadata"]["native_filter_configuration"]),
        *(chart["params"].get(axis) or "ع" for chart in charts.values() for axis in ("x_axis_title", "y_axis_title")),
    ]
    assert [each for each in words if not re.search("[ء-ي]", each)] == []


def test_nobody_enters_without_a_login():
    settings = (Path(ROOT) / "dashboards" / "superset_config.py").read_text()
    assert not re.search(r"^PUBLIC_ROLE_LIKE", settings, re.MULTILINE)
