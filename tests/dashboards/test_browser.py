"""The dashboards as a reader has them: Superset over the loaded newsroom and its past, in a headless Chromium.

RASAD_PICTURES=1 remakes the pictures of docs/images."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import shutil
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import psycopg2
import pytest
import requests
from tests.dashboards.test_assets import charts, dashboards, of_uuid

from rasad.settings import ROOT
from rasad_airflow import processes
from rasad_airflow.dashboards import FILES, PYTHON, SERVE, superset_environment

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(900)]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WAIT = 120_000  # milliseconds
BUSY = ".dashboard-content .loading, .dashboard-content [data-test=loading-indicator]"
BROKEN = ".dashboard-content .ant-alert-error, .dashboard-content [data-test=error-alert], .missing-chart-container"


@pytest.fixture(scope="module")
def served(loaded_past, tmp_path_factory, free_port) -> Iterator[tuple[str, dict[str, str]]]:
    """Superset's address and its environment."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install Debian's packages chromium and fonts-noto-core")
    if not PYTHON.exists():
        pytest.skip("no Superset here: make test-slow installs it")
    home = tmp_path_factory.mktemp("dashboards")
    port = free_port()
    env = superset_environment(home, loaded_past.dsn, os.environ)

    def start(name: str, *command: str) -> processes.Running:
        return processes.start(name, [str(PYTHON), *command], env, ROOT, home / "logs", home / "run")

    for _ in range(2):  # what is there already is overwritten
        provision = start("provision", str(FILES / "provision.py"))
        assert provision.process.wait(300) == 0, provision.tail(40)
    superset = start("superset", "-m", *SERVE, "--bind", f"127.0.0.1:{port}", "superset.app:create_app()")
    yield f"http://127.0.0.1:{port}", env
    processes.end([superset])


@pytest.fixture(scope="module")
def context(served) -> Iterator[Any]:
    from playwright.sync_api import Error, sync_playwright

    address, env = served
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        scale = 0.75 if os.environ.get("RASAD_PICTURES") else 1  # of a page that is read in a README
        context = browser.new_context(viewport={"width": 1500, "height": 1000}, locale="ar", device_scale_factor=scale)
        context.set_default_timeout(WAIT)
        page = context.new_page()
        for _ in range(120):
            try:
                page.goto(f"{address}/login/")
                break
            except Error:  # it does not listen yet
                page.wait_for_timeout(1000)
        page.fill("#username", env["RASAD_DASHBOARDS_USER"])
        page.fill("#password", env["RASAD_DASHBOARDS_PASSWORD"])
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        page.close()
        yield context
        browser.close()


@dataclass
class Drawn:
    """A dashboard on a page, all its charts drawn: what each was answered, by its id, and what was asked elsewhere."""

    page: Any
    answers: dict[str, list[dict[str, Any]]]
    strangers: list[str]

    @property
    def rows(self) -> dict[str, int]:
        return {chart: sum(answer["rowcount"] for answer in answers) for chart, answers in self.answers.items()}


def shown(slug: str) -> list[dict[str, Any]]:
    places = (place for place in dashboards[slug]["position"].values() if isinstance(place, dict))
    return [place["meta"] for place in places if place["type"] == "CHART"]


def drawn(context: Any, address: str, slug: str, chosen: str = "") -> Drawn:
    """Open a dashboard, with values chosen in its filters (Rison), and wait until nothing of it is busy."""
    page = context.new_page()
    it = Drawn(page, {}, [])

    def heard(response: Any) -> None:
        form = urllib.parse.parse_qs(urllib.parse.urlsplit(response.url).query).get("form_data", ["{}"])[0]
        if "/api/v1/chart/data" in response.url and "slice_id" in form:
            answer = response.json()
            assert response.status == 200, answer
            it.answers[str(json.loads(form)["slice_id"])] = answer["result"]

    def asked_of(request: Any) -> None:
        if urllib.parse.urlsplit(request.url).hostname not in ("127.0.0.1", None):
            it.strangers.append(request.url)

    def failed(request: Any) -> None:
        """Superset's page wants a pixel of Scarf's. What the Content-Security-Policy stops is not sent."""
        if request.url in it.strangers and "csp" in (request.failure or "").lower():
            it.strangers.remove(request.url)

    page.on("request", asked_of)
    page.on("requestfailed", failed)
    page.on("response", heard)
    asked = f"?native_filters={urllib.parse.quote(chosen)}" if chosen else ""
    page.goto(f"{address}/superset/dashboard/{slug}/{asked}")
    page.wait_for_selector(".grid-container")
    height = page.locator(".grid-container").evaluate("it => it.scrollHeight")
    page.set_viewport_size({"width": 1500, "height": height + 250})  # charts out of sight are not drawn
    for _ in range(240):
        page.wait_for_timeout(500)
        if len(it.answers) == len(shown(slug)) and not page.locator(BUSY).count():
            break
    assert len(it.answers) == len(shown(slug)), it.rows
    return it


@pytest.mark.parametrize("slug", sorted(dashboards))
def test_every_chart_draws_with_data_in_arabic_and_from_right_to_left(slug: str, served, context):
    it = drawn(context, served[0], slug)
    page = it.page
    assert all(answer["rowcount"] for answers in it.answers.values() for answer in answers), it.rows
    assert page.locator(BROKEN).count() == 0
    assert it.strangers == []
    if os.environ.get("RASAD_PICTURES"):
        page.wait_for_timeout(2000)  # what moves into its place is there
        page.screenshot(path=ROOT / "docs" / "images" / f"dashboard-{slug}.png")

    words = page.locator(".grid-container").inner_text()
    for meta in shown(slug):
        assert meta["sliceName"] in words
    for element in page.locator(".grid-container, .grid-container td").all()[:40]:
        assert element.evaluate("it => getComputedStyle(it).direction") == "rtl"
    headers = page.locator(".grid-container th").all_inner_texts()
    assert headers
    assert [name for name in headers if name.strip() and not re.search("[ء-ي]", name)] == []
    # The first column of a table stands at its right.
    table = page.locator(".grid-container table").first
    first, last = (table.locator("th").nth(place).bounding_box()["x"] for place in (0, -1))
    assert first > last
    page.close()


FILTERS = [
    pytest.param(slug, native, id=f"{slug} {native['id'].rpartition('-')[2]}")
    for slug in sorted(dashboards)
    for native in dashboards[slug]["metadata"]["native_filter_configuration"]
]


@pytest.fixture(scope="module")
def whole(served, context) -> Iterator[Callable[[str], dict[str, int]]]:
    """Rows of each chart of a dashboard without a filter, by Superset's id of the chart."""

    @functools.lru_cache
    def rows(slug: str) -> dict[str, int]:
        it = drawn(context, served[0], slug)
        it.page.close()
        return it.rows

    return rows


@pytest.mark.parametrize(("slug", "native"), FILTERS)
def test_a_filter_filters_the_charts_that_know_its_column(slug: str, native: dict[str, Any], served, context, whole,
                                                          loaded_past):  # fmt: skip
    (target,) = native["targets"]
    if target:
        column, value = target["column"]["name"], commonest(loaded_past.dsn, target)
        extra, state = f"(filters:!((col:{column},op:IN,val:!('{value}'))))", f"!('{value}')"
    else:
        column, value = "day", "2026-03-09 : 2026-03-11"
        extra, state = f"(time_range:'{value}')", f"'{value}'"
    name = native["id"]
    part = drawn(
        context, served[0], slug, f"({name}:(extraFormData:{extra},filterState:(value:{state}),id:{name},ownState:()))"
    )
    rows = [row for answers in part.answers.values() for answer in answers for row in answer["data"] if column in row]
    if target:  # Superset says of each answer which filters it applied
        applied = [
            chart for chart, answers in part.answers.items()
            if all({"column": column} in answer["applied_filters"] for answer in answers)
        ]  # fmt: skip
        knowing = [meta["sliceName"] for meta in shown(slug) if column in columns_of(meta["uuid"])]
        assert len(applied) == len(knowing) > 0, knowing
        assert {row[column] for row in rows} <= {value}
    else:
        assert rows
        assert all(DAYS[0] <= row["day"] < DAYS[1] for row in rows)
    assert sum(part.rows.values()) < sum(whole(slug).values())
    part.page.close()


def commonest(dsn: str, target: dict[str, Any]) -> str:
    """The value that most rows of the filter's column have."""
    query, column = of_uuid[target["datasetUuid"]]["sql"], target["column"]["name"]
    with contextlib.closing(psycopg2.connect(dsn)) as link, link.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM ({query}) d WHERE {column} <> '' GROUP BY 1 ORDER BY count(*) DESC, 1")
        return str(cursor.fetchone()[0])


def columns_of(chart: str) -> set[str]:
    """The columns of the dataset of a chart, by its UUID."""
    (dataset,) = (of_uuid[one["dataset_uuid"]] for one in charts.values() if one["uuid"] == chart)
    return {column["column_name"] for column in dataset["columns"]}


DAYS = [datetime(2026, 3, day, tzinfo=timezone.utc).timestamp() * 1000 for day in (9, 11)]


def test_a_quote_leads_to_its_article(served, context, loaded_past):
    address, _ = served
    page = context.new_page()
    page.goto(f"{address}/superset/dashboard/voices/")
    link = page.locator(".grid-container td a").first
    link.wait_for()
    assert link.get_attribute("href").startswith(tuple(loaded_past.room.origins.values()))
    assert link.get_attribute("target") == "_blank"
    page.close()


def test_nobody_enters_without_a_login(served):
    address, _ = served
    for path in ("/api/v1/chart/", "/api/v1/dashboard/", "/api/v1/database/"):
        assert requests.get(address + path, timeout=60).status_code == 401
