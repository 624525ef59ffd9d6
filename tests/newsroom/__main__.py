"""Open the newsroom in the foreground: `python -m tests.newsroom --base-port P --edition 1 --sources DIR`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.newsroom import Newsroom, NewsroomError
from tests.newsroom.articles import EDITIONS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.newsroom", description=__doc__)
    parser.add_argument("--base-port", type=int, default=0, help="port of the first publisher; 0: free ports")
    parser.add_argument("--edition", type=int, choices=EDITIONS, default=1)
    parser.add_argument("--sources", metavar="DIR", help="where to write the publishers' YAML files")
    args = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Newsroom(args.base_port, args.edition, args.sources) as room:
            places = " ".join(f"{name}={origin}" for name, origin in room.origins.items())
            print(f"newsroom ready: edition {args.edition}, sources in {room.sources_dir}, {places}", flush=True)
            stop.wait()
    except NewsroomError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
