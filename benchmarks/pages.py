"""How right cleaned pages are, and what they cost, beside what trafilatura alone makes of them.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/pages.py --manifest FILE [--json OUT] [--errors]

FILE is a JSON list of pages: `id`, `url`, `tier` (news, magazine, blog …), `file` (saved HTML, in FILE's folder) and
`gold` with `title`, `title_alt`, `body`, `published`, `author`, of which any may be null.

Printed by tier: precision, recall and F1 of the body's words (see benchmarks/scores.py) with the interval in which F1
lies in 95 of 100 draws of as many pages, then how many titles, days and authors are right of those that have a gold.
Then pages per CPU second, of one process that has read a page before.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import scores

BODY, EXACT = ("precision", "recall", "f1"), ("title", "day", "author")


def ours(path: Path, url: str) -> scores.Row:
    """A page as `python -m rasad clean` reads it."""
    from rasad.pages import lines

    (row,) = lines.read_lines([json.dumps({"id": None, "url": url, "file": str(path)})])
    return row


def by_trafilatura(path: Path, url: str) -> scores.Row:
    """A page as trafilatura reads it by itself: its own charset, metadata and default options."""
    import trafilatura

    page = trafilatura.bare_extraction(path.read_bytes(), url=url, with_metadata=True)
    if not isinstance(page, trafilatura.settings.Document):
        return {"error": "nothing extracted"}
    authors = [name.strip() for name in (page.author or "").split(";")]
    return {"title": page.title, "text": page.text, "published_at": page.date, "authors": authors}


READERS: dict[str, Callable[[Path, str], scores.Row]] = {
    "rasad": ours,
    "trafilatura": by_trafilatura,
}


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


def read_all(reader: Callable[[Path, str], scores.Row], folder: Path, pages: Sequence[Any]) -> tuple[list[Any], float]:
    """What the reader makes of each page, and how many it reads in a CPU second."""
    reader(folder / pages[0]["file"], pages[0]["url"])  # what is loaded at first use is loaded
    start = time.process_time()
    found = [reader(folder / page["file"], page["url"]) for page in pages]
    return found, len(pages) / max(time.process_time() - start, 1e-9)


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
    print(f"{'reader':<13}{'tier':<10}{'pages':>6}{'P':>7}{'R':>7}{'F1':>7}   {'95 % of draws':<16}", end="")
    print("".join(f"{key:>9}" for key in EXACT))
    for name, reader in readers.items():
        for tier, row in reader["tiers"].items():
            low, high = row["f1_interval"]
            print(f"{name:<13}{tier:<10}{row['pages']:>6}" + "".join(f"{row[key]:>7.3f}" for key in BODY), end="")
            print(f"   {low:.3f} to {high:.3f}  " + "".join(f"{_of(row[key]):>9}" for key in EXACT))
    print()
    for name, reader in readers.items():
        print(f"{name}: {reader['pages_per_cpu_second']:.1f} pages per CPU second")


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
    for name, reader in READERS.items():
        found, speed = read_all(reader, args.manifest.parent, pages)
        scored = [scores.page(page["gold"], row) for page, row in zip(pages, found, strict=True)]
        if args.errors:
            for page, row, figures in zip(pages, found, scored, strict=True):
                print_errors(name, page, row, figures)
        of_tier = {
            tier: [row for page, row in zip(pages, scored, strict=True) if (page.get("tier") or "none") == tier]
            for tier in tiers
        }
        by_tier = {tier: summary(rows) for tier, rows in of_tier.items()} | {"all": summary(scored)}
        readers[name] = {"tiers": by_tier, "pages_per_cpu_second": speed}
    print_table(readers)
    if args.json:
        args.json.write_text(
            json.dumps({"manifest": args.manifest.name, "readers": readers}, indent=1), encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
