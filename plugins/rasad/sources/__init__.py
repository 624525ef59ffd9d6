"""Who is read: one YAML file per publisher. docs/ tells how to add one."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit

import soupsieve
import yaml
from babel import Locale

from rasad.model import Feed, SelectorField, Source
from rasad.sources import nodes
from rasad.sources.nodes import File, Reader

PACKAGE_DIR = Path(__file__).parent

_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")  # no double underscore: those are the ids of `from_host`
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::\d{1,5})?")
_PREFIX = re.compile(r"^(?:www|m|mobile|amp)\.(?=[^.]+\.)")


class SourceError(ValueError):
    """A source's file cannot be used; the message is one line with file, line, what is wrong and the way out."""


def load(dirs: Sequence[Path] = (PACKAGE_DIR,)) -> dict[str, Source]:
    """All sources of these folders, by id, sorted. A file replaces one of the same name in an earlier folder.

    Raises SourceError for the first thing wrong: a folder that is not there, an unknown or missing or doubled key, a
    wrong type, an unknown country or time zone, a bad address, a selector that is no CSS, an address that two sources
    claim.
    """
    files: dict[str, Path] = {}
    for folder in dirs:
        if not folder.is_dir():
            raise SourceError(f"{folder}: no such folder of sources; correct the path, or make the folder")
        files.update({path.stem: path for path in sorted(folder.glob("*.yaml"))})
        if wrong := next(iter(sorted(folder.glob("*.yml"))), None):
            raise SourceError(f"{wrong}: sources are *.yaml; rename the file to {wrong.stem}.yaml")
    sources = {id: _read(path) for id, path in sorted(files.items())}
    claimed: dict[str, list[Source]] = {}
    for source in sources.values():
        for host in source.hosts:
            for other in claimed.setdefault(_bare(host), []):
                if _overlap(source.paths, other.paths):
                    line = _line_of(files[source.id], host)
                    raise SourceError(
                        f"{files[source.id]}:{line}: {host} already belongs to {other.id} ({files[other.id]}); "
                        "take it out of one of the two, or part them by `paths`"
                    )
            claimed[_bare(host)].append(source)
    return sources


def _overlap(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return not ours or not theirs or any(_under(a, b) or _under(b, a) for a in ours for b in theirs)


def _under(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")


def for_url(sources: Mapping[str, Source], url: str) -> Source | None:
    """The source that claims the address's host, with or without www., m., mobile. or amp., and its path; or None."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    wanted = _bare(host if port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f"{host}:{port}")
    for source in sources.values():
        claimed = any(h.endswith(wanted) and _bare(h) == wanted for h in source.hosts)
        if claimed and (not source.paths or any(_under(parts.path, folder) for folder in source.paths)):
            return source
    return None


def from_host(host: str) -> Source:
    """A source for a host that none claims, as archives hold them: named by the host, not polled, facts only.

    www.al-ayam.com becomes al_ayam__com; no file's id can be that.
    """
    bare = _bare(host.lower().rstrip("."))
    return Source(
        id="__".join(re.sub(r"[^a-z0-9]+", "_", part).strip("_") or "x" for part in bare.split(".")),
        name_ar=bare,
        name_en=bare,
        country="ZZ",
        timezone="UTC",
        homepage=f"https://{host}/",
        hosts=(bare,),
        rights="facts",
        enabled=False,
        reason="seen in an archive; no file describes it",
    )


def _bare(host: str) -> str:
    return _PREFIX.sub("", host, count=1)


def _line_of(path: Path, host: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, start=1) if host in line and "://" not in line), 1)


# Reading one file: each value out of its node.


def _read(path: Path) -> Source:
    file = File(path, SourceError, "a source has some twenty lines")
    if not _ID.fullmatch(path.stem):
        raise file.error(None, "a file of a source is named in a-z, 0-9 and single _; rename it")
    root = nodes.root(file)
    if root is None:
        raise file.error(None, f"empty; a source needs {', '.join(_REQUIRED)}")
    values = nodes.mapping(file, root, _FIELDS, _REQUIRED, "a source")
    if not values.get("enabled", True) and not values.get("reason"):
        raise file.error(root, "enabled: false needs a reason: add a line `reason: …` that says why")
    return Source(id=path.stem, **values)


def _flag(file: File, node: yaml.Node, key: str) -> bool:
    if node.tag != "tag:yaml.org,2002:bool":
        raise file.error(node, f"{key!r} must be true or false")
    return bool(node.value.lower() in ("true", "yes", "on"))


def _seconds(file: File, node: yaml.Node, key: str) -> float:
    try:
        value = float(nodes.text(file, node, key))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 86_400:
        raise file.error(node, f"{key!r} must be a number of seconds, 0 to 86400")
    return value


def _url(file: File, node: yaml.Node, key: str) -> str:
    value = nodes.text(file, node, key)
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if good and "@" in parts.netloc:  # what is said here is logged
        raise file.error(node, f"{key} holds a user or password, and sources are files to be shared")
    if not good or any(c.isspace() for c in value):
        raise file.error(node, f"{key} {value!r} is no web address; write it whole, as https://example.com/feed")
    return value


def _country(file: File, node: yaml.Node, key: str) -> str:
    value = nodes.text(file, node, key)
    if not re.fullmatch(r"[A-Z]{2}", value) or value not in Locale("en").territories:
        raise file.error(node, f"{key} {value!r} is not known; write the two letters of ISO 3166, as EG")
    return value


def _timezone(file: File, node: yaml.Node, key: str) -> str:
    value = nodes.text(file, node, key)
    if value not in _zones():
        raise file.error(node, f"{key} {value!r} is not known; write a zone of the IANA list, as Africa/Cairo")
    return value


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _hosts(file: File, node: yaml.Node, key: str) -> tuple[str, ...]:
    hosts: list[str] = []
    for item in nodes.items(file, node, key):
        host = nodes.text(file, item, key)
        if not _HOST.fullmatch(host):
            raise file.error(item, f"host {host!r} is no host name; write it in lower case without https:// and path")
        if _bare(host) in map(_bare, hosts):
            raise file.error(
                item, f"host {host!r} stands twice (www., m., mobile. and amp. are understood); take it out"
            )
        hosts.append(host)
    if not hosts:
        raise file.error(node, f"{key!r} is empty; name at least the home page's host")
    return tuple(hosts)


def _paths(file: File, node: yaml.Node, key: str) -> tuple[str, ...]:
    paths: list[str] = []
    for item in nodes.items(file, node, key):
        path = nodes.text(file, item, key)
        if not re.fullmatch(r"(?:/[^/\s?#%]+)+", path):
            raise file.error(
                item, f"path {path!r} is no beginning of a path; write it as /arabic, with no / at its end"
            )
        if path in paths:
            raise file.error(item, f"path {path!r} stands twice; take it out")
        paths.append(path)
    if not paths:
        raise file.error(node, f"{key!r} is empty; take the line out, and all of the hosts belongs to the source")
    return tuple(paths)


def _feeds(file: File, node: yaml.Node, key: str) -> tuple[Feed, ...]:
    feeds: list[Feed] = []
    for item in nodes.items(file, node, key):
        feed = Feed(**nodes.mapping(file, item, _FEED_FIELDS, ("url", "kind"), "a feed"))
        if any(feed.url == other.url for other in feeds):
            raise file.error(item, f"feed {feed.url} stands twice; take one out")
        feeds.append(feed)
    return tuple(feeds)


def _selectors(file: File, node: yaml.Node, key: str) -> tuple[tuple[SelectorField, str], ...]:
    if not isinstance(node, yaml.MappingNode):
        raise file.error(node, f"{key!r} is written as `field: CSS selector` lines")
    found: dict[Any, str] = nodes.mapping(file, node, _SELECTORS, (), key)
    return tuple(found.items())


def _css(file: File, node: yaml.Node, key: str) -> str:
    value = nodes.text(file, node, key)
    try:
        soupsieve.compile(value)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError, RecursionError) as error:
        # Its message draws the selector on further lines; the later three are for pseudo-elements and for nesting.
        said = (str(error).splitlines() or ["?"])[0]
        raise file.error(node, f"{key} {value[:100]!r} is no CSS selector: {said}; mend it, or take it out") from None
    return value


_hints = get_type_hints(Source)  # the words that the model allows are written there, and only there

_FIELDS: dict[str, Reader] = {
    "name_ar": nodes.text,
    "name_en": nodes.text,
    "country": _country,
    "timezone": _timezone,
    "homepage": _url,
    "hosts": _hosts,
    "paths": _paths,
    "feeds": _feeds,
    "months": nodes.word(*get_args(_hints["months"])),
    "rights": nodes.word(*get_args(_hints["rights"])),
    "dates": nodes.word(*get_args(_hints["dates"])),
    "delay": _seconds,
    "enabled": _flag,
    "reason": nodes.text,
    "selectors": _selectors,
}
_FEED_FIELDS: dict[str, Reader] = {
    "url": _url,
    "kind": nodes.word(*get_args(get_type_hints(Feed)["kind"])),
    "section": nodes.text,
}
_SELECTORS: dict[str, Reader] = dict.fromkeys(get_args(SelectorField), _css)
_REQUIRED = ("name_ar", "name_en", "country", "timezone", "homepage", "hosts")
