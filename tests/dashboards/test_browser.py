"""The dashboards as a reader has them: Superset over the loaded newsroom, in a headless Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from tests.dashboards.test_assets import dashboards

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
def served(loaded, tmp_path_factory, free_port) -> Iterator[tuple[str, dict[str, str]]]:
    """Superset's address and its environment."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install Debian's packages chromium and fonts-noto-core")
    if not PYTHON.exists():
        pytest.skip("no Superset here: make test-slow installs it")
    home = tmp_path_factory.mktemp("dashboards")
    port = free_port()
    env = superset_environment(home, loaded.dsn, os.environ)

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
        context = browser.new_context(viewport={"width": 1500, "height": 1000}, locale="ar")
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


@pytest.mark.parametrize("slug", sorted(dashboards))
def test_every_chart_draws_with_data_in_arabic_and_from_right_to_left(slug: str, served, context):
    address, _ = served
    rows: dict[str, list[int]] = {}
    strangers: list[str] = []

    def heard(response: Any) -> None:
        if urllib.parse.urlsplit(response.url).hostname not in ("127.0.0.1", None):
            strangers.append(response.url)
        form = urllib.parse.parse_qs(urllib.parse.urlsplit(response.url).query).get("form_data", ["{}"])[0]
        if "/api/v1/chart/data" in response.url and "slice_id" in form:
            answer = response.json()
            assert response.status == 200, answer
            rows[str(json.loads(form)["slice_id"])] = [one["rowcount"] for one in answer["result"]]

    page = context.new_page()
    page.on("response", heard)
    page.goto(f"{address}/superset/dashboard/{slug}/")
    page.wait_for_selector(".grid-container")
    height = page.locator(".grid-container").evaluate("it => it.scrollHeight")
    page.set_viewport_size({"width": 1500, "height": height + 250})  # charts out of sight are not drawn
    shown = [place["meta"] for place in dashboards[slug]["position"].values()
             if isinstance(place, dict) and place["type"] == "CHART"]  # fmt: skip
    for _ in range(240):
        page.wait_for_timeout(500)
        if len(rows) == len(shown) and not page.locator(BUSY).count():
            break
    assert len(rows) == len(shown), rows
    assert all(count > 0 for counts in rows.values() for count in counts), rows
    assert page.locator(BROKEN).count() == 0
    assert strangers == []

    words = page.locator(".grid-container").inner_text()
    for meta in shown:
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


def test_a_quote_leads_to_its_article(served, context, loaded):
    address, _ = served
    page = context.new_page()
    page.goto(f"{address}/superset/dashboard/voices/")
    link = page.locator(".grid-container td a").first
    link.wait_for()
    assert link.get_attribute("href").startswith(tuple(loaded.room.origins.values()))
    assert link.get_attribute("target") == "_blank"
    page.close()


def test_nobody_enters_without_a_login(served):
    address, _ = served
    for path in ("/api/v1/chart/", "/api/v1/dashboard/", "/api/v1/database/"):
        assert requests.get(address + path, timeout=60).status_code == 401
