"""The pages as people use them, in a real browser. RASAD_PICTURES=1 makes the pictures of docs/images anew."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.newsroom import Newsroom
from tests.rasad_airflow.desk.conftest import Desk
from tests.rasad_airflow.test_supervisor import Command, login

from rasad.settings import ROOT
from rasad_airflow.desk import show
from rasad_airflow.environment import Ports

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.postgres, pytest.mark.timeout(900)]

PICTURES = ROOT / "docs" / "images"
WAIT = 120_000  # milliseconds


class Place(Command):
    """`make up` that reads the newsroom alone."""

    room: Newsroom

    @property
    def env(self) -> dict[str, str]:
        hosts = (origin.removeprefix("http://") for origin in self.room.origins.values())
        return super().env | {
            "RASAD_SOURCES": str(self.room.sources_dir),
            "RASAD_ALLOW_HOSTS": ",".join(hosts),
        }


@pytest.fixture
def place(tmp_path: Path, free_port) -> Iterator[Place]:
    it = Place(tmp_path / "var", Ports(web=free_port(), postgres=free_port(), newsroom=free_port()))
    with Newsroom(sources_dir=tmp_path / "sources") as it.room:
        it.start("up")
        it.wait_for("ready: http", 240)
        yield it
        it.end(signal.SIGTERM, 60)
        assert it.run("clean", seconds=60) == 0, "\n".join(it.lines)


def ended(place: Place, context, run_id: str) -> str:
    """Wait for the end of a run of `ingest_urls`: its state."""
    address = f"http://127.0.0.1:{place.ports.web}/api/v2/dags/ingest_urls/dagRuns/{run_id}"
    deadline = time.monotonic() + 180
    while (state := context.request.get(address).json()["state"]) not in ("success", "failed"):
        assert time.monotonic() < deadline, "\n".join(place.lines)
        time.sleep(1)
    return str(state)


def test_a_person_reads_an_article_by_hand_and_sees_its_facts(place, browser, tmp_path):
    pictures = PICTURES if os.environ.get("RASAD_PICTURES") else tmp_path
    user, password = login(place.var)
    url = f"http://127.0.0.1:{place.ports.web}"
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, color_scheme="light")
    context.set_default_timeout(WAIT)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))

    page.goto(url)
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Dags").first.wait_for()

    # The form, in both languages
    page.goto(f"{url}/dags/ingest_urls")
    page.get_by_role("button", name=re.compile("Trigger")).first.click()
    form = page.get_by_role("dialog")
    form.get_by_text("Addresses · العناوين").wait_for()
    form.get_by_placeholder("Enter each string on a new line").fill(
        f"{place.room.url('minbar/taza-earthquake')}\n{place.room.url('sada/withdrawn-report')}"
    )
    page.screenshot(path=pictures / "form.png")
    form.get_by_role("button", name="Trigger").click()
    page.wait_for_url(re.compile("/dags/ingest_urls/runs/"))
    run_id = page.url.rpartition("/runs/")[2].partition("/")[0].partition("?")[0]
    assert ended(place, context, run_id) == "success"

    # Cleared, as by the button of its page, it runs again
    again = {"dry_run": False, "only_failed": False, "dag_run_id": run_id, "reset_dag_runs": True}
    cleared = context.request.post(f"{url}/api/v2/dags/ingest_urls/clearTaskInstances", data=again)
    assert cleared.ok, cleared.text()
    assert ended(place, context, run_id) == "success"

    # The link from the task to what came of it
    page.goto(f"{url}/dags/ingest_urls/runs/{run_id}/tasks/report/details")
    page.get_by_role("link", name="Rasad · رصد").click()
    page.wait_for_url(re.compile("/rasad/run/"))
    assert page.locator(".asked").count() == 2
    assert "8 شتنبر 2023" in page.locator(".found").inner_text()  # what it read before it was cleared, it tells again
    assert "لم يعد موجودا" in page.locator("main").inner_text()
    page.screenshot(path=pictures / "run.png")
    page.get_by_role("link", name=re.compile("زلزال بقوة")).click()

    # The facts in the text, switched on and off, in Arabic order
    page.wait_for_url(re.compile("/rasad/article/"))
    assert page.locator("#text").evaluate("place => getComputedStyle(place).direction") == "rtl"
    name = page.locator("#text mark.on-entity", has_text="إدريس بنعلي").first
    painted = "mark => getComputedStyle(mark).backgroundColor"
    assert name.evaluate(painted) != "rgba(0, 0, 0, 0)"
    place_of = "mark => mark.getBoundingClientRect()"
    first, later = (page.locator("#text p").nth(1).locator("mark.on-entity").nth(n).evaluate(place_of) for n in (0, 1))
    assert first["right"] > later["right"] or first["top"] < later["top"]  # from right to left, line by line
    page.screenshot(path=pictures / "article.png")
    page.uncheck("#show-entity")
    assert name.count() == 0
    page.check("#show-entity")
    page.locator("#text mark.on-entity", has_text="إدريس بنعلي").first.click()
    chosen = page.locator("tr.chosen")
    assert "إدريس بنعلي" in chosen.first.inner_text()
    page.keyboard.press("Tab")
    chosen.first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#text mark.chosen").count() >= 1

    # In Airflow's frame, light and dark as Airflow is
    page.goto(f"{url}/plugin/rasad")
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="المصادر").click()
    frame.get_by_role("heading", name="المصادر").wait_for()
    light = frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.goto(f"{url}/plugin/rasad")
    frame.locator("html[data-theme=dark]").wait_for()
    assert frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") != light
    assert problems == []


def addresses(desk: Desk) -> dict[str, str]:
    """Of each kind of page one that has something to show."""
    names = dict(desk.query("SELECT name, entity_id FROM mart.entities WHERE name IN ('هناء الزيادي', 'كسلا')"))
    return {
        "today": "/?day=2026-03-10",
        "person": f"/entity/{names['هناء الزيادي']}",
        "place": f"/entity/{names['كسلا']}",
        "sources": "/sources",
        "source": "/source/minbar",
        "search": "/search?q=انهيار المبنى",
        "article": f"/article/{desk.articles['taza-earthquake']}",
        "health": "/health",
    }


SHOWN = {("ar", "light", name) for name in ("today", "person", "sources", "health")} | {("ar", "dark", "search")}

# What a chart has painted: how many of its points are not as the page behind them.
PAINTED = """canvas => {
    const points = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let painted = 0;
    for (let at = 3; at < points.length; at += 4) painted += points[at] > 0;
    return painted;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("lang", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_every_page_can_be_read_by_everybody(past_desk, browser, lang, direction, theme):
    past_desk.query("UPDATE news.run SET planned_at = now() RETURNING 1")
    past_desk.query("UPDATE news.page SET next_look_at = NULL RETURNING 1")
    for check in show.CHECKS:
        past_desk.query("INSERT INTO news.check_run VALUES (%s, now(), 0) ON CONFLICT DO NOTHING", check)
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale=lang)
    context.set_default_timeout(WAIT)
    context.add_cookies([{"name": "_token", "value": past_desk.token("operator"), "url": past_desk.url}])
    context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name, path in addresses(past_desk).items():
        page.goto(f"{past_desk.url}/rasad{path}{'&' if '?' in path else '?'}lang={lang}", wait_until="networkidle")
        assert page.locator("html").get_attribute("dir") == direction
        assert page.locator("html").get_attribute("data-theme") == theme
        assert page.locator("h1").count() == 1, name
        for chart in page.locator("[data-chart] canvas").all():
            assert chart.evaluate(PAINTED) > 1_000, name
        assert page.locator("[data-chart] canvas").count() == page.locator("[data-chart]").count(), name
        if name in ("today", "person", "place"):
            assert page.locator("[data-chart]").count() >= 1, name
        found = Axe().run(page).response
        assert "color-contrast" in {rule["id"] for rule in found["passes"]}, name
        assert [
            f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ] == [], name
        if os.environ.get("RASAD_PICTURES") and (lang, theme, name) in SHOWN:
            page.screenshot(path=PICTURES / f"{name}.png")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", name  # past the navigation at once
        page.set_viewport_size({"width": 390, "height": 844})  # a telephone
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        page.set_viewport_size({"width": 1400, "height": 1000})
    context.close()
    assert problems == []
    assert {url for url in asked if not url.startswith(past_desk.url)} == set()
