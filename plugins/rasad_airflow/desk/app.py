"""The pages as one FastAPI application: who may see them, what protects them, and which page answers which address.

Every route needs a login (Airflow's own), merging needs what Airflow's Op role has. Pages are made on the server;
scripts only draw charts and follow the theme. Nothing comes from another host, and the Content-Security-Policy says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import itsdangerous
from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_view
from airflow.configuration import conf
from fastapi import Depends, FastAPI, Form, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import AfterValidator
from starlette.exceptions import HTTPException as StarletteHTTPException

from rasad.settings import SettingsError
from rasad.warehouse.connection import WarehouseError
from rasad_airflow.desk import questions, show
from rasad_airflow.desk.highlight import compare

log = logging.getLogger(__name__)

PREFIX = "/rasad"
HERE = Path(__file__).parent
STATIC = {
    "desk.css": "text/css",
    "desk.js": "text/javascript",
    "theme.js": "text/javascript",
    "uplot.css": "text/css",
    "uplot.js": "text/javascript",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # publishers need not learn our addresses
    "Cache-Control": "private, no-store",
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
IDLE = 3600  # seconds without a run of ingest_news, which is planned every 10 minutes
UNCHECKED = timedelta(hours=3)  # since the checks, which run hourly
QUEUE = 6 * 3600  # seconds that the first due page has waited: no host is asked so slowly
FORM_HOURS = 8  # for which a form can be sent after it was shown
Text = Annotated[str, AfterValidator(lambda text: text.replace("\0", " "))]  # as Postgres can be asked for it


def create_app() -> FastAPI:
    """The application that Airflow's API server mounts under PREFIX."""
    app = FastAPI(
        title="Rasad",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(requires_access_view(AccessView.WEBSITE))],
    )
    app.middleware("http")(_protect)
    for error in (StarletteHTTPException, RequestValidationError, WarehouseError, SettingsError):
        app.add_exception_handler(error, _failed)
    shown = partial(app.api_route, methods=["GET", "HEAD"])
    shown("/static/{name}")(static)
    shown("/")(today)
    shown("/article/{article_id}")(article)
    shown("/entity/{entity_id}")(entity)
    app.post("/entity/{entity_id}/merge")(merge)
    app.post("/entity/{entity_id}/part")(part)
    shown("/sources")(sources)
    shown("/source/{source_id}")(source)
    shown("/health")(health)
    shown("/health.json")(health_for_monitors)
    shown("/search")(search)
    shown("/run/{run_id:path}")(run)
    app.api_route("/{path:path}", methods=METHODS)(nothing)  # so that also what is not there needs a login
    return app


async def _protect(request: Request, call_next: Callable[[Request], Any]) -> Response:
    response: Response = await call_next(request)
    response.headers.update(HEADERS)
    return response


async def _failed(request: Request, error: Exception) -> Response:
    """Errors as pages that a person can read; who is not logged in learns nothing else."""
    if isinstance(error, StarletteHTTPException):
        status, told = error.status_code, str(error.detail)
    elif isinstance(error, RequestValidationError):
        status, told = 404, "there is no such page: its address holds something that is no number or no date"
    else:
        log.error("%s: %s", request.url.path, error)
        status, told = 503, str(error)
    if status in (401, 403):
        return HTMLResponse(f"<!doctype html><title>{status}</title><p>{status}: log in to Airflow first", status)
    if request.url.path.endswith(".json"):
        return JSONResponse({"status": "error", "error": told}, status)
    return _page(request, "error.html", status=status, told=told, code=status)


# The pages


def today(request: Request, day: date | None = None) -> Response:
    """What is rising, how much came from whom, who was quoted."""
    with questions.asking() as ask:
        return _page(request, "today.html", **questions.today(ask, day))


def article(request: Request, article_id: int, since: Annotated[int | None, Query(alias="from")] = None) -> Response:
    """The text with every fact in its place, its versions, why it is here. `from`: compare with that version."""
    with questions.asking() as ask:
        found = _there(questions.article(ask, article_id), "there is no such article, or it was taken down")
    now = next((v for v in found["versions"] if v["version_id"] == found["article"]["version_id"]), None)
    before = next((v for v in found["versions"] if v["version_id"] == since), None)
    changes = compare(before["text"] or "", now["text"] or "") if before and now else None
    return _page(request, "article.html", **found, **show.marked(found), before=before, changes=changes)


def entity(request: Request, entity_id: int, user: GetUserDep) -> Response:
    """Its trend, quotes, company, spellings; for those who may, a form that merges it into another."""
    with questions.asking() as ask:
        found = _there(questions.entity(ask, entity_id), "there is no such entity")
    may = _may_merge(user)
    return _page(request, "entity.html", **found, may_merge=may, token=_token(user) if may else None)


def sources(request: Request) -> Response:
    """How each source does."""
    with questions.asking() as ask:
        return _page(request, "sources.html", sources=questions.sources(ask))


def source(request: Request, source_id: Text) -> Response:
    """One source: its feeds, its volume, what became of its pages."""
    with questions.asking() as ask:
        return _page(request, "source.html", **_there(questions.source(ask, source_id), "there is no such source"))


def health(request: Request) -> Response:
    """Whether all is well, and what to do where it is not."""
    with questions.asking() as ask:
        found = questions.health(ask)
    return _page(request, "health.html", **found, troubles=troubles(found), held=show.CHECKS)


def health_for_monitors() -> Response:
    """The same as JSON: `status` is ok or attention, `troubles` says why in words that stay the same."""
    with questions.asking() as ask:
        found = questions.health(ask)
    found_troubles = troubles(found)
    return JSONResponse({
        "status": "attention" if found_troubles else "ok",
        "troubles": found_troubles,
        **found["figures"],
        "checks": {one.check.name: len(one.faults) for one in found["checks"] if one.ran_at},
        "runs": [row["rule"] for row in found["runs"]],
    })  # fmt: skip


def troubles(found: questions.Row) -> list[str]:
    """What needs somebody now, as entries of docs/runbook.md: `rasad.due` and its like, `checks`, `runs` …"""
    figures = found["figures"]
    since, now = figures["last_run_seconds"], datetime.now(timezone.utc)
    return [
        name
        for name, holds in (
            ("no-runs", since is None or since > IDLE),
            ("queue", figures["oldest_due_seconds"] > QUEUE),
            ("runs", bool(found["runs"])),
            ("checks", any(one.faults for one in found["checks"])),
            ("unchecked", any(one.ran_at is None or now - one.ran_at > UNCHECKED for one in found["checks"])),
            ("sources", bool(found["sources"])),
            ("untold", bool(found["untold"])),
        )
        if holds
    ]


def search(request: Request, q: Text = "", since: str = "", until: str = "") -> Response:
    """Articles and entities that hold the words."""
    days = _day(since), _day(until)
    words = " ".join(q.split())[:200]
    articles: list[questions.Row] = []
    entities: list[questions.Row] = []
    if words:
        with questions.asking() as ask:
            articles, entities = questions.search(ask, words, *days), questions.entities(ask, words)
    return _page(request, "search.html", q=words, since=days[0], until=days[1], articles=articles, entities=entities)


def run(request: Request, run_id: Text) -> Response:
    """What a run of a DAG did."""
    with questions.asking() as ask:
        return _page(request, "run.html", **questions.run(ask, run_id))


def nothing(path: str) -> Response:
    """An address that no page has."""
    raise HTTPException(404, "there is no such page")


def static(name: str) -> Response:
    """Style and scripts, out of the package."""
    if name not in STATIC:
        raise HTTPException(404, "there is no such file")
    return Response((HERE / "static" / name).read_bytes(), media_type=STATIC[name])


# Changes


def merge(
    request: Request,
    entity_id: int,
    user: GetUserDep,
    into: Annotated[Text, Form()] = "",
    why: Annotated[Text, Form()] = "",
    token: Annotated[str, Form()] = "",
) -> Response:
    """Write that this entity is another one, who said so and why."""
    with _allowed(request, user, token):
        into_id = into.strip().rstrip("/").rsplit("/", 1)[-1]  # a number, the address of its page, or its name
        if not into_id.removeprefix("-").isdecimal() or len(into_id) > 20:
            with questions.asking() as ask:
                found = questions.named(ask, entity_id, into.strip())
            if len(found) != 1:
                many = f"{len(found)} entities of its type are" if found else "no entity of its type is"
                raise HTTPException(400, f"{many} called that: name it by its number or the address of its page")
            into_id = str(found[0])
        if not why.strip():
            raise HTTPException(400, "say why: others will want to know")
        try:
            questions.merge(entity_id, int(into_id), why.strip()[:500], str(user.get_name()))
        except questions.MergeRefused as error:
            raise HTTPException(400, str(error)) from None
    return _back(request, f"entity/{entity_id}")


def part(request: Request, entity_id: int, user: GetUserDep, token: Annotated[str, Form()] = "") -> Response:
    """Undo what a person merged."""
    with _allowed(request, user, token):
        questions.part(entity_id)
    return _back(request, f"entity/{entity_id}")


@contextmanager
def _allowed(request: Request, user: Any, token: str) -> Iterator[None]:
    """Refuse whoever may not merge, and what another site made a browser send."""
    if not _may_merge(user):
        raise HTTPException(403, "merging needs the rights of an operator")
    origin = request.headers.get("origin")
    strange = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    if strange or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "this came from another site")
    try:
        told = _signer().loads(token, max_age=FORM_HOURS * 3600)
    except itsdangerous.BadData:
        told = None
    if told != str(user.get_id()):
        raise HTTPException(403, "this form is too old, or not of ours")
    yield


def _may_merge(user: Any) -> bool:
    """What changes numbers for everybody needs what Airflow's Op role has, whichever auth manager there is."""
    return bool(get_auth_manager().is_authorized_variable(method="PUT", user=user))


def _token(user: Any) -> str:
    return str(_signer().dumps(str(user.get_id())))


@cache
def _signer() -> itsdangerous.URLSafeTimedSerializer:
    secret = conf.get("api_auth", "jwt_secret", fallback="") or conf.get("api", "secret_key")
    return itsdangerous.URLSafeTimedSerializer(secret, salt="rasad.desk")


def _back(request: Request, path: str) -> Response:
    return RedirectResponse(f"{_base(request)}/{path}", 303)


# How a page is made


def _there(found: questions.Row | None, otherwise: str) -> questions.Row:
    if found is None:
        raise HTTPException(404, otherwise)
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise HTTPException(400, f"{text[:40]!r} is no day: write it as 2026-03-10") from None


def _base(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(show.FILTERS)
    made.globals.update(quote=partial(quote, safe=""))
    return made


def _page(request: Request, template: str, code: int = 200, **values: Any) -> Response:
    """A page in the reader's language: `lang` in the address or its cookie, else Arabic."""
    asked = request.query_params.get("lang") or request.cookies.get("rasad_lang")
    lang = "en" if asked == "en" else "ar"

    def t(arabic: str, english: str) -> str:
        return english if lang == "en" else arabic

    def name(row: questions.Row, arabic: str, english: str) -> str:
        """A name in the reader's language, where there is one in it."""
        return str((row.get(english) if lang == "en" else None) or row.get(arabic) or row.get(english) or "—")

    def word(outcome: str) -> str:
        """A word of the ledger's, in the reader's language."""
        return show.OUTCOMES.get(outcome, outcome) if lang == "ar" else outcome.replace("_", " ")

    html = _templates().get_template(template).render(
        t=t, name=name, word=word, kinds_of=show.KINDS, states=show.STATES, outage=show.OUTAGE,
        lang=lang, dir="ltr" if lang == "en" else "rtl",
        base=_base(request), path=request.url.path, **values,
    )  # fmt: skip
    response = HTMLResponse(html, code)
    if request.query_params.get("lang") in ("ar", "en"):
        response.set_cookie("rasad_lang", lang, path=_base(request) or "/", samesite="lax", httponly=True)
    return response
