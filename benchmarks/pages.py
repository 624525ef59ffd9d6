"""How right cleaned pages are, and what they cost, beside what other extractors make of the same pages.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/pages.py --manifest FILE [--only NAME …] [--json OUT] [--errors]

FILE is a JSON list of pages: `id`, `url`, `tier` (news, magazine, blog …), `file` (saved HTML, in FILE's folder) and
`gold` with `title`, `title_alt`, `body`, `published`, `author`, of which any may be null.

Each extractor runs in a process of its own and, but for ours, in an environment of its own, since side by side they
would hold one another at old versions. The environments are made at first use from the locked files in
`benchmarks/readers/`, out of the package index that pip knows, under `var/benchmarks/`; `--only rasad` needs none.

Printed by tier: precision, recall and F1 of the body's words (see benchmarks/scores.py) with the interval in which F1
lies in 95 of 100 draws of as many pages, then how many titles, days and authors are right of those that have a gold.
Then pages per CPU second: the fastest of several rounds over all pages, from the bytes as saved to all that the
extractor gives, of one process that has read a page before.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import scores

ROOT = Path(__file__).resolve().parents[1]
BODY, EXACT = ("precision", "recall", "f1"), ("title", "day", "author")
FOLDER = ROOT / "benchmarks" / "readers"
ENVIRONMENTS = ROOT / "var" / "benchmarks"

# Name → the locked file of its environment (None: ours), and what it gives.
READERS: dict[str, tuple[str | None, str]] = {
    "rasad": (
        None,
        "charset, title, cleaned body with the way back, times of publication and update with offset, authors, "
        "language, description, image, canonical address, section, tags",
    ),
    "trafilatura": (
        "trafilatura.txt",
        "default settings: charset, title, body with comments, day of publication, authors, description, image, "
        "site, categories, tags",
    ),
    "trafilatura-precise": ("trafilatura.txt", "the same with favor_precision"),
    "newspaper4k": (
        "newspaper4k.txt",
        "told that the text is Arabic: charset, title, body, time of publication, authors, description, images, tags",
    ),
    "readability": ("readability.txt", "charset, title, body"),
}


class EnvironmentFailed(Exception):
    """An extractor's environment cannot be made, or it does not run there; the message says which and why."""


def python_of(requirements: str | None) -> Path:
    """The interpreter of the environment that a locked file describes, made where it does not stand yet."""
    if requirements is None:
        return Path(sys.executable)
    locked = FOLDER / requirements
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    name = f"{locked.stem}-{version}-{hashlib.sha256(locked.read_bytes()).hexdigest()[:8]}"
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        print(f"making {folder.relative_to(ROOT)} (once)", file=sys.stderr)
        _run([sys.executable, "-m", "venv", "--clear", str(folder)], f"no environment for {locked.stem}")
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        _run([*install, "-r", str(locked)], f"{locked.name} cannot be installed (--only rasad needs nothing)")
        (folder / ".installed").touch()
    return python


def _run(command: Sequence[str], failure: str, given: str | None = None) -> str:
    # Ours is found on the path; nobody else may find it.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if command[0] == sys.executable:
        env["PYTHONPATH"] = str(ROOT / "plugins")
    done = subprocess.run(command, input=given, capture_output=True, text=True, env=env)  # noqa: S603 (our own words)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise EnvironmentFailed(f"{failure}: {said[-1]}")
    return done.stdout


def read_all(name: str, python: Path, folder: Path, pages: Sequence[Any]) -> dict[str, Any]:
    """What a reader makes of each page, with its version and CPU seconds (see benchmarks/readers/adapter.py)."""
    given = json.dumps([{"url": page["url"], "file": str((folder / page["file"]).resolve())} for page in pages])
    told = _run([str(python), str(FOLDER / "adapter.py"), name], f"{name} does not run", given)
    found: dict[str, Any] = json.loads(told)
    return found


def read_manifest(path: Path) -> list[Any]:
    """Its pages. Raises ValueError naming what is missing."""
    pages = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(pages, list) or not pages:
        raise ValueError(f"{path} holds no list of pages")
    for number, page in enumerate(pages):
        missing = {"id", "url", "file", "gold"} - set(page if isinstance(page, dict) else ())
        if missing:
            raise ValueError(f"{path}: page {number} has no {', '.join(sorted(missing))}")
        if not (path.parent / page["file"]).is_file():
            raise ValueError(f"{path}: page {page['id']} names {page['file']}, which is no file")
    return pages


def summary(scored: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Means over the pages that have a gold; for title, day and author the counts."""
    out: dict[str, Any] = {"pages": len(scored)}
    for key in BODY:
        out[key] = scores.mean([page[key] for page in scored if key in page])
    bodies = [page["f1"] for page in scored if "f1" in page]
    out["f1_interval"] = scores.interval(bodies, scores.mean)
    for key in EXACT:
        marked = [page[key] for page in scored if key in page]
        out[key] = {"right": round(sum(marked)), "gold": len(marked)}
    return out


def print_table(readers: dict[str, dict[str, Any]]) -> None:
    print(f"{'reader':<21}{'tier':<10}{'pages':>6}{'P':>7}{'R':>7}{'F1':>7}   {'95 % of draws':<16}", end="")
    print("".join(f"{key:>9}" for key in EXACT))
    for name, reader in readers.items():
        for tier, row in reader["tiers"].items():
            low, high = row["f1_interval"]
            print(f"{name:<21}{tier:<10}{row['pages']:>6}" + "".join(f"{row[key]:>7.3f}" for key in BODY), end="")
            print(f"   {low:.3f} to {high:.3f}  " + "".join(f"{_of(row[key]):>9}" for key in EXACT))
    print()
    for name, reader in readers.items():
        speed, version = reader["pages_per_cpu_second"], reader["version"]
        print(f"{name:<21}{speed:>6.1f} pages per CPU second  {version:<8} {reader['gives']}")
    for name, reader in readers.items():
        if errors := reader["errors"]:
            print(f"{name:<21}{sum(errors.values()):>6} pages not read, most often: {next(iter(errors))}")


def _of(row: dict[str, int]) -> str:
    return f"{row['right']}/{row['gold']}"


def print_errors(name: str, page: Any, found: scores.Row, scored: dict[str, float]) -> None:
    if any(value < (0.9 if key in BODY else 1) for key, value in scored.items()):
        figures = " ".join(f"{key}={value:.2f}" for key, value in scored.items())
        print(f"{name} {page['id']}: {figures} {found.get('error') or ''}")
        for who, title, day, authors in (
            ("gold ", page["gold"].get("title"), page["gold"].get("published"), page["gold"].get("author")),
            ("found", found.get("title"), found.get("published_at"), found.get("authors")),
        ):
            print(f"    {who} {title} | {day} | {authors}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True, metavar="FILE", help="the pages and their gold")
    parser.add_argument("--only", nargs="+", choices=READERS, metavar="NAME", help=f"of {', '.join(READERS)}")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    parser.add_argument("--errors", action="store_true", help="list the pages that are not wholly right")
    args = parser.parse_args(arguments)
    try:
        pages = read_manifest(args.manifest)
    except (OSError, ValueError) as problem:
        print(f"pages: {problem}", file=sys.stderr)
        return 2
    readers: dict[str, dict[str, Any]] = {}
    tiers = sorted({page.get("tier") or "none" for page in pages})
    names = args.only or list(READERS)
    for name in names:
        try:
            read = read_all(name, python_of(READERS[name][0]), args.manifest.parent, pages)
        except EnvironmentFailed as problem:
            print(f"pages: {problem}", file=sys.stderr)
            return 1
        found = read["pages"]
        scored = [scores.page(page["gold"], row) for page, row in zip(pages, found, strict=True)]
        if args.errors:
            for page, row, figures in zip(pages, found, scored, strict=True):
                print_errors(name, page, row, figures)
        of_tier = {
            tier: [row for page, row in zip(pages, scored, strict=True) if (page.get("tier") or "none") == tier]
            for tier in tiers
        }
        by_tier = {tier: summary(rows) for tier, rows in of_tier.items()} | {"all": summary(scored)}
        readers[name] = {
            "version": read["version"],
            "gives": READERS[name][1],
            "errors": dict(Counter(row["error"] for row in found if row.get("error")).most_common()),
            "tiers": by_tier,
            "pages_per_cpu_second": len(pages) / max(read["cpu_seconds"], 1e-9),
        }
    print_table(readers)
    if args.json:
        args.json.write_text(
            json.dumps({"manifest": args.manifest.name, "readers": readers}, indent=1), encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
