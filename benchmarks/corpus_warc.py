"""Write articles of a SaudiNewsNet day (a zip of JSON) into a WARC file of bare pages, to measure ingest with.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/corpus_warc.py DAY.zip … --articles 500 --out FILE.warc.gz

Takes the articles evenly over the files and over each file, so that every newspaper is there.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from rasad.model import Page
from rasad.web import archive, urls


def pages(path: Path, count: int) -> Iterator[Page]:
    """`count` of the file's articles as pages, in its order."""
    with zipfile.ZipFile(path) as day:
        rows = json.loads(day.read(day.namelist()[0]))
    rows = [row for row in rows if row["content"].strip() and row["url"].startswith("http")]
    step = max(1, len(rows) // count)
    for row in rows[::step][:count]:
        # The corpus keeps no time zone: the newspapers are Saudi.
        fetched = datetime.fromisoformat(row["date_extracted"] + "+03:00").astimezone(timezone.utc)
        paragraphs = "".join(
            f"<p>{html.escape(line.strip())}</p>" for line in row["content"].split("\n") if line.strip()
        )
        title = html.escape(row["title"].strip())
        author = f'<meta name="author" content="{html.escape(row["author"].strip())}">' if row["author"].strip() else ""
        body = (
            f'<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title}</title>{author}'
            f'<meta property="article:published_time" content="{row["date_extracted"][:10]}"></head>'
            f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
        )
        yield Page(
            url=urls.canonical(row["url"]),
            source_id=row["source"],
            status=200,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=body.encode(),
            fetched_at=fetched,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("days", nargs="+", type=Path, metavar="DAY.zip")
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    each = -(-args.articles // len(args.days))
    chosen = {page.url: page for day in args.days for page in pages(day, each)}
    archive.write(args.out, list(chosen.values())[: args.articles])
    print(f"{min(len(chosen), args.articles)} articles in {args.out} ({args.out.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
