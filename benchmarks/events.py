"""How often the main event is right, and how often one is missed or made up.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/events.py [--gold FILE.jsonl] [--errors] [--json OUT]

Without a file the project's own gold is read (`tests/gold`, with the sample newsroom). FILE holds an article a line:
`id`, `title`, `text`, `published_at` and `event`: null where there is none to tell, else an object with `type` and,
where the text names them, `actor`, `target`, `place`, `when`. Articles without the key are left out.

An event found is right if its type is, and if neither actor nor target is another than the gold's: the same name, or
one a part of the other. How many of them, of places and of times are found is counted over the events that are right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import scores

Given = dict[str, Any]


def find(row: scores.Row) -> Given | None:
    """The main event that the project tells of an article."""
    from rasad import facts
    from rasad.model import Article, Event

    asked = {key: row[key] for key in ("title", "published_at", "country", "months") if key in row}
    found = facts.read(Article(url="", text=row["text"], **{"title": None, **asked}))["event"]
    return next(
        (
            {"type": e.type, "actor": e.actor, "target": e.target, "place": e.place, "when": e.when, "text": e.text}
            for e in found
            if isinstance(e, Event)
        ),
        None,
    )


def is_right(gold: Given | None, found: Given | None) -> bool:
    if gold is None or found is None:
        return gold is found
    roles = all(found[role] is None or same_name(found[role], gold.get(role)) for role in ("actor", "target"))
    return bool(gold["type"] == found["type"] and roles)


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names are one, or the words of one are among the other's: ترامب, دونالد ترامب."""
    ours, theirs = set(scores.fold(one).split()), set(scores.fold(other).split())
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)


def figures(rows: Sequence[scores.Row], found: Sequence[Given | None]) -> dict[str, Any]:
    """Tallies of the events, of the actors, targets, places and times they name, and precision and recall."""
    pairs = list(zip((row["event"] for row in rows), found, strict=True))
    right = [(g, f) for g, f in pairs if g and f and is_right(g, f)]
    whole = scores.Tally(len(right), sum(g is not None for g, _ in pairs), sum(f is not None for _, f in pairs))
    out: dict[str, Any] = {
        "articles": len(pairs),
        "right": whole.right,
        "gold": whole.gold,
        "found": whole.found,
        "precision": whole.precision,
        "recall": whole.recall,
    }
    for role in ("actor", "target", "place", "when"):
        told = [(g, f) for g, f in right if g.get(role)]
        out[role] = {"gold": len(told), "right": sum(same_name(f[role], g[role]) for g, f in told)}
    return out


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, metavar="FILE.jsonl", help="articles with their events, one a line")
    parser.add_argument("--errors", action="store_true", help="list what is not right")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    args = parser.parse_args(arguments)
    try:
        if args.gold:
            from benchmarks.facts import read_gold

            every = read_gold(args.gold)
        else:
            from tests.gold import judged

            every = list(judged())
    except (OSError, ValueError) as problem:
        print(f"events: {problem}", file=sys.stderr)
        return 2
    rows = [row for row in every if "event" in row]
    found = [find(row) for row in rows]
    if args.errors:
        for row, event in zip(rows, found, strict=True):
            if not is_right(row["event"], event):
                print(f"{row['id']}: {row['title']}\n    is {row['event']}\n    read as {event}")
    told = figures(rows, found)
    print(
        f"{told['articles']} articles, {told['gold']} with a main event; {told['found']} found, {told['right']} right"
    )
    print(f"precision {told['precision']:.3f}   recall {told['recall']:.3f}")
    roles = (f"{role} {told[role]['right']} of {told[role]['gold']}" for role in ("actor", "target", "place", "when"))
    print("of those that are right: " + ", ".join(roles))
    if args.json:
        args.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
