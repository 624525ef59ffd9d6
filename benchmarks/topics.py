"""How often the first topic is right, on articles of SaudiNewsNet labelled by hand.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/topics.py --corpus FOLDER [--gold FILE] [--errors] [--json OUT]

FOLDER holds the corpus as it is published, a zip of one JSON file for each day; it is no part of the project. The
labels are those of `topics_gold.tsv` beside this file, whose making `topics_gold.md` tells.

Printed: top 1 (the first topic is the label, or one of those that are right as well), with the interval in which it
lies in 95 of 100 draws of as many articles; the same against the label alone; how many articles got no topic; how often
a label stands among all that were given; and for each topic the articles that have it and those that were right.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import scores

GOLD = Path(__file__).with_name("topics_gold.tsv")


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article of the gold: where it stands in the corpus, and its topics as the first two digits of their code."""

    day: str
    number: int
    paper: str
    address: str  # first digits of the SHA-256 of its URL
    first: str
    also: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.day}/{self.number}"


def read_gold(path: Path) -> Iterator[Labelled]:
    """The labelled articles of a file. Raises ValueError naming a line that does not have the six columns."""
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(("#", "day\t")):
            continue
        try:
            day, number, paper, address, first, also = line.split("\t")
            yield Labelled(day, int(number), paper, address, first, tuple(also.replace("-", "").split()))
        except ValueError as problem:
            raise ValueError(f"{path}, line {place}: not day, number, paper, address, first, also") from problem


def article(corpus: Path, row: Labelled) -> dict[str, Any]:
    """The article of the corpus that a row names. Raises ValueError where another stands there."""
    found: dict[str, Any] = _day(corpus / f"{row.day}.zip")[row.number]
    if not hashlib.sha256(found["url"].encode()).hexdigest().startswith(row.address):
        raise ValueError(f"{row.name} is another article than the labelled one: the file is not the published one")
    return found


@cache
def _day(path: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as packed:
        read: list[dict[str, Any]] = json.loads(packed.read(packed.namelist()[0]))
    return read


def classify(title: str, text: str) -> list[tuple[str, float, str]]:
    """The topics that the project gives: two digits, score, and the words that weigh most."""
    from rasad import facts
    from rasad.model import Article, Topic

    found = facts.read(Article(url="", title=title, text=text, country="SA"))["topic"]
    return [(t.code[7:9], t.score, t.text) for t in found if isinstance(t, Topic) and t.code.endswith("000000")]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, metavar="FOLDER", help="the corpus, a zip for each day")
    parser.add_argument("--gold", type=Path, default=GOLD, metavar="FILE.tsv", help="other labels, in the same layout")
    parser.add_argument("--errors", action="store_true", help="list the articles whose first topic is not right")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    args = parser.parse_args(arguments)
    try:
        read = [(row, article(args.corpus, row)) for row in read_gold(args.gold)]
    except (OSError, ValueError, IndexError) as problem:
        print(f"topics: {problem}", file=sys.stderr)
        return 2
    given = [(row, classify(found["title"], found["content"])) for row, found in read]
    right = [bool(topics) and topics[0][0] in (row.first, *row.also) for row, topics in given]
    if args.errors:
        for (row, topics), (_, found), fine in zip(given, read, right, strict=True):
            if not fine:
                told = ", ".join(f"{code} {score} ({words})" for code, score, words in topics) or "none"
                print(f"{row.name} is {' '.join((row.first, *row.also))}, read as {told}: {found['title']}")
    figures = {
        "articles": len(given),
        "top1": scores.mean([float(fine) for fine in right]),
        "top1_interval": scores.interval([float(fine) for fine in right], scores.mean),
        "top1_first_label": scores.mean([float(bool(t) and t[0][0] == row.first) for row, t in given]),
        "among_given": scores.mean([float(any(code == row.first for code, *_ in t)) for row, t in given]),
        "no_topic": sum(not topics for _, topics in given),
        "topics_per_article": scores.mean([float(len(topics)) for _, topics in given]),
    }
    low, high = figures["top1_interval"]
    print(f"top 1        {figures['top1']:.3f}   {low:.3f} to {high:.3f} in 95 % of draws of {len(given)} articles")
    print(f"first label  {figures['top1_first_label']:.3f}   among those given {figures['among_given']:.3f}")
    print(f"no topic     {figures['no_topic']}   topics for an article {figures['topics_per_article']:.2f}\n")
    print("topic  articles  right")
    for code in sorted({row.first for row, _ in given}):
        mine = [fine for (row, _), fine in zip(given, right, strict=True) if row.first == code]
        print(f"{code:<7}{len(mine):>8}{sum(mine):>7}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
