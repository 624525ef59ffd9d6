"""The landing zone: immutable files between stages, and the reference that goes from task to task instead of them.

Layout: `<source>/<run>/<stage>-<hash>.<suffix>`, under RASAD_LANDING (file:// or s3://). The hash is of the
content, so a retried stage writes the same name or a new one and never changes a file that stands.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import hashlib
import json
import math
import os
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypedDict

from upath import UPath

from rasad.model import Article, FactRow, Json, ReadArticle, Settled, TextEdit

_DISK = ("", "file", "local")  # protocols of this machine's own file system


class Work(TypedDict, total=False):
    """What a task hands to the next (an XCom): never article text.

    `file` is relative to the landing zone, and absent where there is nothing to do; `stages` maps each stage
    that ran to {seconds, items}.
    """

    source: str
    run: str
    everything: bool
    file: str
    stages: Json


class LandingError(RuntimeError):
    """A file of the landing zone is missing or damaged; the message names it and the way out."""


def safe(name: str) -> str:
    """A run id as a folder name: `manual__2026-03-10T18:00:00+00:00` holds signs that some stores refuse."""
    return re.sub(r"[^A-Za-z0-9._=-]", "-", name)[:200]


def _place(landing: str, reference: str) -> UPath:
    parts = reference.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in reference:
        raise LandingError(f"{reference!r} is no reference into the landing zone: give source/run/file")
    try:
        return UPath(landing).joinpath(*parts)
    except ImportError as error:
        raise LandingError(
            f"the landing zone {landing} needs more: {error} (requirements-server.txt has s3fs)"
        ) from None


def check(reference: str, name: str, maker: str) -> None:
    """Refuse a file of another stage, which would be read as one with nothing in it. Raises LandingError."""
    if not reference.rsplit("/", 1)[-1].startswith(f"{name}-"):
        raise LandingError(f"{reference} is not a file of {name}: give the one that {maker} printed")


def put(landing: str, work: Work, name: str, suffix: str, data: bytes) -> str:
    """Write one file whole and durably; returns its reference. A file of that name and size has that content already.

    Raises LandingError where it cannot be written.
    """
    digest = hashlib.sha256(data).hexdigest()[:12]
    reference = f"{work['source']}/{safe(work['run'])}/{name}-{digest}.{suffix}"
    place = _place(landing, reference)
    try:
        if place.exists() and place.stat().st_size == len(data):
            return reference
        if place.protocol in _DISK:
            _put_file(Path(place.path), data)
        else:  # object stores put whole objects
            place.write_bytes(data)
    except (PermissionError, NotADirectoryError) as error:  # another try may mend a full disk or a store that is away
        raise LandingError(
            f"{reference} cannot be written into the landing zone {landing} ({error}): is RASAD_LANDING right, "
            "and may this user write there?"
        ) from None
    return reference


def _put_file(target: Path, data: bytes) -> None:
    """A killed writer leaves no half file under the final name, a power cut no empty one."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.{time.monotonic_ns()}")
    for _ in range(3):  # expiry may take the folder away, empty as it still is
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            file = draft.open("xb")
            break
    else:
        raise FileNotFoundError(f"no such folder: {target.parent}")
    try:
        with file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError:  # on a full disk each try would leave another part of it behind
        draft.unlink(missing_ok=True)
        raise


def get(landing: str, reference: str) -> bytes:
    """A file's bytes. Raises LandingError where it is gone (its pages are due again within the hour)."""
    try:
        return bytes(_place(landing, reference).read_bytes())
    except FileNotFoundError:
        raise LandingError(
            f"{reference} is not in the landing zone {landing}: it expired or was removed. "
            "Run the source again from discover; its pages are due again within the hour"
        ) from None


def put_lines(landing: str, work: Work, name: str, lines: Iterable[Json]) -> str:
    return put(landing, work, name, "jsonl.gz", packed_lines(lines))


def get_lines(landing: str, reference: str) -> Iterator[Json]:
    try:
        data = get(landing, reference)
        text = gzip.decompress(data).decode("utf-8", "surrogatepass")
        if not data or (text and not text.endswith("\n")):
            raise EOFError("it ends too early")
        # At \n alone: texts hold other ends of lines (U+2028, U+0085), which JSON leaves as they are.
        for line in text.split("\n")[:-1]:
            yield json.loads(line)
    except (gzip.BadGzipFile, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise LandingError(f"{reference} is damaged ({error}): run the source again from discover") from None


def article_line(read: ReadArticle) -> Json:
    """`{"article": …, "facts": […], …}`: only what is set."""
    return {
        "article": _set(read.article),
        "facts": [_set(fact) for fact in read.facts],
        "page_url": read.page_url,
        "status": read.status,
        "body_hash": read.body_hash,
        "etag": read.etag,
        "last_modified": read.last_modified,
        "extractors": read.extractors,
        "backend": read.backend,
    }


def settled_line(settled: Settled) -> Json:
    return {"settled": _set(settled)}


def _set(value: object) -> Json:
    row = dataclasses.asdict(value)  # type: ignore[call-overload]
    return {k: v for k, v in row.items() if v not in (None, (), [])}


def read_article(line: Json) -> ReadArticle:
    """The inverse of article_line."""
    article = dict(line["article"])
    article["text_edits"] = tuple(TextEdit(**edit) for edit in article.get("text_edits", ()))
    for name in ("authors", "tags"):
        article[name] = tuple(article.get(name, ()))
    article.setdefault("title", None)
    facts = tuple(
        FactRow(**{**fact, "entity": tuple(fact["entity"])} if "entity" in fact else fact) for fact in line["facts"]
    )
    rest = {name: line.get(name) for name in ("body_hash", "etag", "last_modified", "extractors", "backend")}
    return ReadArticle(Article(**article), facts, line["page_url"], line["status"], **rest)


def read_settled(line: Json) -> Settled:
    return Settled(**line["settled"])


def took(work: Work, stage: str, start: float, items: int) -> Json:
    """The stages so far with this one added; `start` is what time.monotonic() said."""
    return {**work.get("stages", {}), stage: {"seconds": round(time.monotonic() - start, 3), "items": items}}


# What put() writes, and a killed writer's draft of it. Whatever else lies there is somebody's.
_OURS = re.compile(
    r"(?:pages|articles|facts)-[0-9a-f]{12}\.(?:warc|jsonl)\.gz|\.(?:pages|articles|facts)-.*\.gz\.[0-9.]+"
)


def files(landing: str, source: str) -> list[str]:
    """References of what the stages left of a source."""
    root = _place(landing, source)
    return sorted(
        f"{source}/{place.parent.name}/{place.name}"
        for place in (root.rglob("*") if root.exists() else ())
        if _OURS.fullmatch(place.name) and not place.name.startswith(".")
    )


def replace(landing: str, reference: str, data: bytes) -> None:
    """Write other bytes under the name of a file that stands, whole or not at all: only what was taken down goes so."""
    place = _place(landing, reference)
    if place.protocol in _DISK:
        _put_file(Path(place.path), data)
    else:
        place.write_bytes(data)


def packed_lines(lines: Iterable[Json]) -> bytes:
    """JSON Lines, gzipped with a fixed time stamp so that the same lines are the same bytes."""
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)
    return gzip.compress(text.encode("utf-8", "surrogatepass"), 6, mtime=0)


def expire(landing: str, days: int) -> int:
    """Remove batches older than `days` and the folders that they leave empty; the warehouse needs neither.

    Returns how many files went.
    """
    before = (datetime.now(timezone.utc) - timedelta(days=days)).timestamp()
    root = UPath(landing)
    gone = 0
    # A folder comes before what it holds: backwards each is seen when what it held is gone.
    for place in sorted(root.rglob("*") if root.exists() else (), key=str, reverse=True):
        if place.is_dir():
            if place.protocol in _DISK:  # elsewhere folders are but names
                with contextlib.suppress(OSError):  # it still holds something, or just got it
                    Path(place.path).rmdir()  # UPath's would take all that it holds along
        elif _OURS.fullmatch(place.name) and _written(place) < before:
            place.unlink(missing_ok=True)
            gone += 1
    return gone


def _written(place: UPath) -> float:
    """When a file was written, in seconds; a store in memory says it in another way than all others."""
    try:
        found = place.stat()
    except FileNotFoundError:
        return math.inf  # somebody else removed it
    created = found.as_info().get("created") if hasattr(found, "as_info") else None
    return created.timestamp() if isinstance(created, datetime) else float(found.st_mtime)
