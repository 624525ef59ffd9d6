"""What is watched, and who is told: one YAML file a list. docs/operations.md tells how to write one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import yaml

from rasad.model import EntityType, Watch, WatchKind
from rasad.settings import tellable
from rasad.sources import nodes
from rasad.sources.nodes import File, Reader

MOST = 1_000  # watches of all lists: each is looked at every time

# What each kind can be held against.
_COUNTS = ("articles", "texts", "stories")
MEASURES: Mapping[str, Sequence[str]] = {
    "entity": (*_COUNTS, "score", "ratio"),
    "speaker": _COUNTS,
    "phrase": (*_COUNTS, "score", "ratio"),
    "topic": (*_COUNTS, "score", "ratio"),
    "toll": ("value", *_COUNTS),
    "source": ("silent",),
}
OF_DAYS = frozenset({"score", "ratio"})  # a day's against its baseline; hours have none
ROLES = ("killed", "injured", "missing", "detained", "displaced")

_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


class WatchlistError(ValueError):
    """A watchlist cannot be used; the message is one line with file, line, what is wrong and the way out."""


def load(dirs: Sequence[Path]) -> list[Watch]:
    """All watches of these folders, lists in the order of their names. A file replaces one of the same name in an
    earlier folder. Raises WatchlistError for the first thing wrong."""
    files: dict[str, Path] = {}
    for folder in dirs:
        if not folder.is_dir():
            raise WatchlistError(f"{folder}: no such folder of watchlists; correct RASAD_WATCHLISTS, or make it")
        files.update({path.stem: path for path in sorted(folder.glob("*.yaml"))})
        if wrong := next(iter(sorted(folder.glob("*.yml"))), None):
            raise WatchlistError(f"{wrong}: watchlists are *.yaml; rename the file to {wrong.stem}.yaml")
    watches = [watch for _, path in sorted(files.items()) for watch in _read(path)]
    if len(watches) > MOST:
        raise WatchlistError(f"{len(watches)} watches in all lists, and {MOST} can be looked at; take some out")
    return watches


def _read(path: Path) -> list[Watch]:
    file = File(path, WatchlistError, "a watchlist has some lines for each watch")
    if not _ID.fullmatch(path.stem) or path.stem == "operators":
        raise file.error(None, "a watchlist is named in a-z, 0-9 and single _, and not operators; rename it")
    root = nodes.root(file)
    if root is None:
        raise file.error(None, "empty; a watchlist needs tell, watches")
    values = nodes.mapping(file, root, {"tell": _tell, "watches": _watches}, ("tell", "watches"), "a watchlist")
    return [replace(watch, list=path.stem, told=watch.told or values["tell"]) for watch in values["watches"]]


def _tell(file: File, node: yaml.Node, name: str) -> tuple[str, ...]:
    told: list[str] = []
    for item in nodes.items(file, node, name):
        address = nodes.text(file, item, name)
        if not tellable(address):
            raise file.error(item, f"{address!r} is nobody to tell; write a mail address, or the name of a connection")
        if address in told:
            raise file.error(item, f"{address!r} stands twice; take it out")
        told.append(address)
    if not told:
        raise file.error(node, f"{name!r} is empty; name at least one address or connection")
    return tuple(told)


def _watches(file: File, node: yaml.Node, name: str) -> tuple[Watch, ...]:
    watches: dict[str, Watch] = {}
    for item in nodes.items(file, node, name):
        watch = _watch(file, item)
        if watch.rule in watches:
            raise file.error(item, f"{watch.rule} is watched twice; put both into one, or give one of them a `name`")
        watches[watch.rule] = watch
    return tuple(watches.values())


def _watch(file: File, node: yaml.Node) -> Watch:
    values = nodes.mapping(file, node, _FIELDS, (), "a watch")
    kinds = [kind for kind in get_args(WatchKind) if kind in values]
    if len(kinds) != 1:
        raise file.error(node, f"a watch has one of {', '.join(get_args(WatchKind))}; this one has {len(kinds)}")
    (kind,) = kinds
    found = tuple((name, values[name]) for name in _THRESHOLDS if name in values)
    allowed = MEASURES[kind]
    for measure, _ in found:
        if measure not in allowed:
            raise file.error(node, f"a {kind} is not watched by {measure}; give {' or '.join(allowed)}")
        if measure in OF_DAYS and "per" in values and values["per"]:
            raise file.error(node, f"{measure} is that of a day, and this watch counts hours; take one of them out")
    if not found:
        raise file.error(node, f"a watch says from how much on: give {' or '.join(allowed)}")
    for name, only in (("type", ("entity", "speaker")), ("place", ("toll",))):
        if name in values and kind not in only:
            raise file.error(node, f"{name!r} is for {' and '.join(only)} alone; take it out")
    who = (kind, values[kind], values.get("type"), values.get("place"))
    watch = Watch(
        list="",
        rule=values.get("name") or ":".join(filter(None, who)),
        kind=kind,
        words=values[kind],
        thresholds=found,
        told=values.get("tell", ()),
        hours=values.get("per"),
        type=values.get("type"),
        place=values.get("place"),
    )
    return replace(watch, rearm=values["rearm"]) if "rearm" in values else watch


def _number(least: float, most: float, meaning: str) -> Reader:
    def read(file: File, node: yaml.Node, name: str) -> float:
        try:
            value = float(nodes.text(file, node, name))
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise file.error(node, f"{name!r} must be {meaning}, {least:g} to {most:g}")
        return value

    return read


def _hours(file: File, node: yaml.Node, name: str) -> float:
    """`6 hours` or `2 days`; where articles are counted, at most the two days that alerts look back."""
    found = re.fullmatch(r"([0-9]{1,4}) (hours?|days?)", nodes.text(file, node, name))
    hours = int(found[1]) * (24 if found[2].startswith("day") else 1) if found else 0
    most = 48 if name == "per" else 24 * 28
    if not 1 <= hours <= most:
        raise file.error(node, f"{name!r} must be a time, written as `6 hours`, of at most {most} hours")
    return hours


def _per(file: File, node: yaml.Node, name: str) -> int | None:
    return None if nodes.text(file, node, name) == "day" else int(_hours(file, node, name))


def _phrase(file: File, node: yaml.Node, name: str) -> str:
    value = nodes.text(file, node, name)
    if not re.search(r"\w{2}", value) or len(value) > 200:
        raise file.error(node, f"{name!r} must hold a word, and at most 200 characters")
    return value


_THRESHOLDS: dict[str, Reader] = {
    **dict.fromkeys(_COUNTS, _number(1, 1e9, "a number")),
    "score": _number(0.1, 1e6, "a number"),
    "ratio": _number(1, 1e6, "a number"),
    "value": _number(1, 1e12, "a number"),
    "silent": _hours,
}
_FIELDS: dict[str, Reader] = {
    "name": _phrase,
    "entity": _phrase,
    "speaker": _phrase,
    "phrase": _phrase,
    "topic": _phrase,
    "toll": nodes.word(*ROLES),
    "source": nodes.text,
    **_THRESHOLDS,
    "per": _per,
    "type": nodes.word(*get_args(EntityType)),
    "place": _phrase,
    "rearm": _number(0.05, 0.99, "a share of the thresholds"),
    "tell": _tell,
}
