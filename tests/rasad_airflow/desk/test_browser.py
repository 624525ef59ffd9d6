"""A person with a browser alone: triggers ingest_urls, follows the link, sees the facts in the text."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.newsroom import Newsroom
from tests.rasad_airflow.test_supervisor import Command, login

from rasad.settings import ROOT
from rasad_airflow.environment import Ports

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.postgres, pytest.mark.timeout(900)]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
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


@pytest.fixture
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install Debian's package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield made
        made.close()


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
    page.screenshot(path=pictures / "today-dark.png")
    assert problems == []
