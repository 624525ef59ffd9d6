"""Open the newsroom in the foreground: `python -m tests.newsroom --base-port P --edition 1 --sources DIR --past FILE`.

It ends on SIGTERM, and on SIGUSR1 it publishes its second edition.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from tests.newsroom import Newsroom, NewsroomError, past
from tests.newsroom.articles import EDITIONS, articles


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.newsroom", description=__doc__)
    parser.add_argument("--base-port", type=int, default=0, help="port of the first publisher; 0: free ports")
    parser.add_argument("--edition", type=int, choices=EDITIONS, default=1)
    parser.add_argument("--sources", metavar="DIR", help="where to write the publishers' YAML files")
    parser.add_argument("--past", metavar="FILE", type=Path, help="write the publishers' past there, as a WARC file")
    args = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Newsroom(args.base_port, args.edition, args.sources) as room:
            signal.signal(signal.SIGUSR1, lambda *_: _publish_second(room))
            if args.past:
                past.write(args.past, room.origins)
            places = " ".join(f"{name}={origin}" for name, origin in room.origins.items())
            print(f"newsroom ready: edition {args.edition}, sources in {room.sources_dir}, {places}", flush=True)
            stop.wait()
    except NewsroomError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _publish_second(room: Newsroom) -> None:
    """Publish it, and tell the addresses of what it changed or added."""
    room.set_edition(2)
    first = set(articles(1))
    new = " ".join(room.url(article.ref) for article in articles(2) if article not in first)
    print(f"newsroom edition 2: {new}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
