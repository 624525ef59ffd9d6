"""Check: try each step for one source, and say what was found as an editor would want to read it. No database."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rasad import facts
from rasad import sources as registry
from rasad.model import Article, Feed, Link, Page, Source
from rasad.pages import walls
from rasad.settings import Settings
from rasad.stages.clean import read_page
from rasad.stages.plan import PlanError
from rasad.stages.visit import Visitor, lone_visitor
from rasad.web import autodiscovery, feeds, urls
from rasad.web.client import FetchError, Response

BUDGET = 180.0  # seconds for all of a source
TRIED = 3  # articles: the newest may be a video or a headline without a text
NESTED = 2  # sitemaps tried out of one index, the newest

# What an editor can do, by the reason for which a page could not be had or is no article.
_WAYS_OUT = {
    "dns": "look for a slip in the host's name",
    "connection": "look at it in a browser; if it opens there, this network may be refused",
    "tls": "look at it in a browser; its certificate may have run out",
    "timeout": "it may be slow just now, try again later",
    "server_error": "the trouble is at their end, try again later",
    "rate_limited": "try again later, and lengthen `delay`",
    "blocked": "if that stays so, write `enabled: false` and this as the `reason`",
    "blocked_by_robots": "take it out of the file, or write `enabled: false` with this as the `reason`",
    "gone": "look on the home page for where it has moved",
    "not_arabic": "if the host has pages in other languages, name the Arabic part of it in `paths`",
    "elsewhere": "if that host is the publisher's as well, add it to `hosts`",
    "private_address": "only hosts that RASAD_ALLOW_HOSTS names may be private",
    "deadline": "the three minutes for one source are over, try again with fewer feeds or a shorter `delay`",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One step: whether it went well, and what was found. `arabic` lines are shown below it, each by itself."""

    step: str  # file, robots, feed, article, advice
    good: bool
    text: str
    arabic: tuple[tuple[str, str], ...] = ()  # (what it is, the text)


def check(settings: Settings, source: Source) -> Iterator[Finding]:
    """Its file, its robots.txt, each feed, and the newest article through clean and extract; at least the first.

    A source that is not enabled is tried like any other: that is how one sees whether it may be. Asks at the
    source's own pace. Raises PlanError where it may not be asked at all for want of a contact address.
    """
    if not settings.contact and not set(source.hosts) <= settings.allow_hosts:
        raise PlanError(
            f"{source.id} is not asked: set RASAD_CONTACT to your mail or web address, which the User-Agent names"
        )
    yield _file(source)
    with lone_visitor(settings, source, time.monotonic() + BUDGET) as visit:
        answered = yield from _robots(visit)
        if not answered:
            return
        if not source.feeds:
            yield from _advice(visit)
        links: list[Link] = []
        for feed in source.feeds:
            finding, found = _feed(visit, feed)
            yield finding
            links += found
        if links:
            yield _article(visit, links)


def lines(source: Source, findings: Sequence[Finding]) -> list[str]:
    """What was found, for a terminal: what is Arabic stands last in its line, so that the line reads in order."""
    out = [f"{source.id} · {source.name_en} · {source.country} · {source.name_ar}"]
    for finding in findings:
        out.append(f"  {finding.step:<8} {'ok ' if finding.good else 'BAD'} {finding.text}")
        out += [f"{'':<14}{name}: {text}" for name, text in finding.arabic if text]
    return out


def _file(source: Source) -> Finding:
    feeds_there = _count(source.feeds, "feed")
    said = f"{feeds_there}, rights {source.rights}, {source.delay:g} s between requests, {source.timezone}"
    if source.enabled:
        return Finding("file", True, said)
    reason = (("reason", source.reason),) if source.reason else ()
    return Finding("file", True, f"{said}; not enabled", reason)


def _robots(visit: Visitor) -> Generator[Finding, None, bool]:
    """One finding for each host that is asked; returns whether any of them let us know."""
    answered = False
    addresses = {urls.netloc(url): url for url in (visit.source.homepage, *(f.url for f in visit.source.feeds))}
    for host, url in addresses.items():
        try:
            rules = visit.rules_of(url)
        except FetchError as error:
            yield Finding("robots", False, _sentence(str(error), error.reason))
            continue
        answered = True
        refused = [f.url for f in visit.source.feeds if urls.netloc(f.url) == host and not rules.allowed(f.url)]
        said = f"{rules.why}, which forbids nothing" if rules.why else "robots.txt allows it"
        pace = f"a request every {rules.delay(visit.source.delay):g} s"
        if refused:
            forbidden = ", ".join(map(urls.readable, refused))
            yield Finding("robots", False, f"robots.txt of {host} forbids {forbidden}")
        else:
            yield Finding("robots", True, f"{host}: {said}; {pace}")
    return answered


def _feed(visit: Visitor, feed: Feed) -> tuple[Finding, list[Link]]:
    shown = urls.readable(feed.url)
    try:
        listing = _listing(visit, feed, feed.url)
        links = list(listing.links)
        problem = listing.problem
        for url in listing.nested[:NESTED]:
            inner = _listing(visit, feed, url)
            links += inner.links
            problem = problem or inner.problem
    except FetchError as error:
        return Finding("feed", False, f"{shown}: {_sentence(str(error), error.reason)}"), []
    announced = links
    links = [found for found in announced if _own(visit, found.url)]
    dated = [found.published_at for found in links if found.published_at]
    newest = f", the newest of {_local(max(dated), visit.source)}" if dated else ", none with a date" if links else ""
    nested = f" in {len(listing.nested)} sitemaps, {min(NESTED, len(listing.nested))} tried" if listing.nested else ""
    said = f"{shown}: {_count(links, 'article')} of this source{nested}{newest}"
    if problem:
        said += f"; {problem}"
    elif not announced:
        said += "; it can be read, but announces nothing: look in a browser whether it still has news"
    elif not links:
        hosts = sorted({urls.netloc(found.url) for found in announced})
        where = f"it announces {len(announced)} on {', '.join(hosts[:3])}{' and others' if hosts[3:] else ''}"
        said += f"; {_sentence(where, 'elsewhere')}, or look at its `paths`"
    return Finding("feed", bool(links) and not problem, said), links


def _listing(visit: Visitor, feed: Feed, url: str) -> feeds.Listing:
    answer = _answer(visit, url)
    return feeds.read(answer.body, answer.header("content-type"), feed, visit.source, answer.fetched_at)


def _answer(visit: Visitor, url: str) -> Response:
    answer = visit.get(url)
    if answer.status != 200:
        refused = walls.refused(_page(visit, answer))
        raise FetchError(refused.outcome, refused.reason, status=answer.status)
    return answer


def _article(visit: Visitor, links: Sequence[Link]) -> Finding:
    """The newest article that can be read, through the same steps as in a run; at most TRIED are asked for."""
    dated = [(found.published_at.timestamp(), found) for found in links if found.published_at]
    newest = [found for _, found in sorted(dated, key=lambda pair: pair[0], reverse=True)] or list(links)
    passed: list[tuple[str, str]] = []
    for link in list({found.url: found for found in newest}.values())[:TRIED]:
        try:
            answer = visit.get(link.url)
        except FetchError as error:
            passed.append((_sentence(str(error), error.reason), urls.readable(link.url)))
            continue
        if not _own(visit, answer.final_url):
            where = f"it leads out of the source, to {urls.readable(answer.final_url)[:200]}"
            passed.append((_sentence(where, "elsewhere"), urls.readable(link.url)))
            continue
        hint = link.published_at.isoformat() if link.published_at else None
        read = read_page(_page(visit, answer, hint), visit.source)
        if isinstance(read, Article):
            return _read(read, urls.readable(link.url), len(passed))
        passed.append((f"{read.outcome}, {_sentence(read.reason, read.outcome)}", urls.readable(link.url)))
    said = "the newest could not be read" if len(passed) == 1 else f"none of the {len(passed)} newest could be read"
    return Finding("article", False, said, tuple(passed))


def _page(visit: Visitor, answer: Response, hint: str | None = None) -> Page:
    return Page(answer.final_url, visit.source.id, answer.status, answer.headers, answer.body, answer.fetched_at, hint)


def _own(visit: Visitor, url: str) -> bool:
    """Whether an address is the source's own."""
    return registry.for_url({visit.source.id: visit.source}, url) is not None


def _count(found: Sequence[object], what: str) -> str:
    return f"{len(found)} {what}{'' if len(found) == 1 else 's'}"


def _sentence(said: str, reason: str) -> str:
    """What happened, and what an editor can do about it."""
    return f"{said}: {_WAYS_OUT[reason]}" if reason in _WAYS_OUT else said


def _read(read: Article, shown: str, passed: int) -> Finding:
    missing = [name for name, value in (("title", read.title), ("date", read.published_at)) if not value]
    counts = {kind: len(found) for kind, found in facts.read(read).items() if found}
    said = [
        f"{len(read.text.split())} words",
        f"published {read.published_at}" if read.published_at else "",
        f"{sum(counts.values())} facts ({', '.join(f'{n} {kind}' for kind, n in counts.items())})" if counts else "",
        "a newer one is no article" if passed == 1 else f"{passed} newer ones are no articles" if passed else "",
        f"but no {' and no '.join(missing)} could be read: see docs/sources.md on selectors" if missing else "",
    ]
    arabic = (
        ("address", shown),
        ("title", read.title or ""),
        ("authors", "، ".join(read.authors)),
        ("begins", " ".join(read.text.split()[:12])),
    )
    return Finding("article", not missing, ", ".join(filter(None, said)), arabic)


def _advice(visit: Visitor) -> Iterator[Finding]:
    """For a source without feeds: those that its home page and robots.txt announce, as its file would have them."""
    home = visit.source.homepage
    try:
        answer = _answer(visit, home)
    except FetchError as error:
        why = _sentence(str(error), error.reason)
        yield Finding("feed", False, f"the file names no feeds, and {urls.readable(home)} could not be had: {why}")
        return
    announced = autodiscovery.feeds(answer.body, answer.header("content-type"), answer.final_url)
    maps = tuple(Feed(url, "sitemap") for url in visit.rules_of(home).sitemaps)
    articles = autodiscovery.articles(answer.body, answer.header("content-type"), answer.final_url)
    yield Finding(
        "feed", False, f"the file names no feeds; {urls.readable(home)} leads to {_count(articles, 'article')}"
    )
    for feed in (*announced, *maps) or (Feed(home, "section"),):
        yield Finding("advice", True, f"try under feeds: {{url: '{feed.url}', kind: {feed.kind}}}")


def _local(moment: datetime, source: Source) -> str:
    return moment.astimezone(ZoneInfo(source.timezone)).strftime("%Y-%m-%d %H:%M")
