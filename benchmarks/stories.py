"""How well copies of articles are joined into stories, and how fast.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/stories.py --corpus DAY.zip … [--articles 2000] [--draws 1]
       [--json OUT]

DAY.zip: a day of SaudiNewsNet (a zip of JSON). A draw, always the same for its number:

- originals: articles of at least 40 words and four sentences, no two with the same text;
- a copy of each: title and lead (the first sentence, at most 60 words of it) are another article's, and 10 to 40 % of
  its other sentences are lost; it is published on the same day or the next;
- hard negatives: all other articles of these days, many of them on the same events; and for each original the one with
  which it shares most of its rare words, of which is told how many are in its story.

All go in a random order, in four parts with a measuring after each, into a Postgres of its own with the settings of the
embedded one. A pair of articles in one story is right where one is a copy of the other. Newspapers also take over texts
from one another, or from an agency: pairs of which more than half of the shorter text stands in the other, counted in
runs of six words, are neither right nor wrong, and told apart. Pairs near that limit were read: stories_judged.tsv has
them by day and place in its file, as `same` (both tell one text of an agency, an office or a club) or `other`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import socket
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from rasad.arabic.text import key
from rasad.model import Article, Batch, ReadArticle, Source
from rasad.warehouse import near_duplicates, trends
from rasad.warehouse.connection import connect
from rasad.warehouse.embedded import Server
from rasad.warehouse.load import load
from rasad.warehouse.migrate import migrate

SOURCE = Source("corpus", "مدونة", "Corpus", "SA", "Asia/Riyadh", "https://corpus.example/", ("corpus.example",))
_SENTENCE = re.compile(r"(?<=[.!؟?])\s+|\n+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Text:
    name: str
    day: date
    title: str
    text: str


def articles(paths: Sequence[Path]) -> list[Text]:
    """The corpus, each text once."""
    found: dict[str, Text] = {}
    for path in paths:
        with zipfile.ZipFile(path) as day:
            rows = json.loads(day.read(day.namelist()[0]))
        for number, row in enumerate(rows):
            text = row["content"].strip()
            if len(text.split()) >= 40:
                day_of = datetime.fromisoformat(row["date_extracted"]).date()
                found.setdefault(
                    " ".join(_WORD.findall(text)), Text(f"{path.stem}-{number}", day_of, row["title"], text)
                )
    return list(found.values())


def sentences(text: str) -> list[str]:
    return [piece.strip() for piece in _SENTENCE.split(text) if len(piece.split()) > 1]


def copy(original: Text, donor: Text, chance: random.Random) -> Text:
    """What another site makes of it: sentences lost, title and lead its own."""
    _, *rest = sentences(original.text)
    lost = set(chance.sample(range(len(rest)), round(chance.uniform(0.1, 0.4) * len(rest))))
    lead = " ".join(sentences(donor.text)[0].split()[:60])
    kept = [lead, *(piece for n, piece in enumerate(rest) if n not in lost)]
    day = original.day + timedelta(days=chance.randrange(2))
    return Text(f"{original.name}-copy", day, donor.title, "\n".join(kept))


def runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(key(text))
    return frozenset(tuple(words[n : n + 6]) for n in range(len(words) - 5))


def taken_over(one: str, other: str) -> bool:
    """Does more than half of the shorter text stand in the other? Judges without what is judged here: no
    hashes, shorter runs."""
    ours, theirs = runs(one), runs(other)
    return len(ours & theirs) > 0.5 * min(len(ours), len(theirs))


@cache
def judged() -> dict[tuple[str, str], bool]:
    """Pairs that were read: do both tell the same text?"""
    lines = (Path(__file__).parent / "stories_judged.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {(min(one, other), max(one, other)): verdict == "same" for one, other, verdict in rows}


def same(one: Text, other: Text) -> bool:
    verdict = judged().get((min(one.name, other.name), max(one.name, other.name)))
    return taken_over(one.text, other.text) if verdict is None else verdict


def rivals(chosen: Sequence[Text], everything: Sequence[Text]) -> Iterator[tuple[Text, Text]]:
    """Each text with the other one with which it shares most rare words and which is no copy: the same event."""
    words = {text.name: frozenset(_WORD.findall(text.text)) for text in everything}
    spread = Counter(word for found in words.values() for word in found)
    where: dict[str, list[Text]] = defaultdict(list)
    for text in everything:
        for word in words[text.name]:
            if 2 <= spread[word] <= 40:
                where[word].append(text)
    for text in chosen:
        score: Counter[Text] = Counter()
        for word in sorted(words[text.name]):
            for other in where.get(word, ()):
                if other is not text:
                    score[other] += 1 / spread[word]
        yield from [(text, other) for other, _ in score.most_common(10) if not same(text, other)][:1]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", nargs="+", type=Path, metavar="DAY.zip", required=True)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--draws", type=int, default=1, help="how many draws, the first with number 0")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    args = parser.parse_args(arguments)
    everything = articles(args.corpus)
    fit = [text for text in everything if len(sentences(text.text)) >= 4]
    if len(fit) < args.articles:
        print(f"stories: {len(fit)} articles of four sentences there, {args.articles} wanted", file=sys.stderr)
        return 2
    draws = [measured(number, args.articles, everything, fit) for number in range(args.draws)]
    for name in draws[0]:
        print(
            f"{name:<22}"
            + "".join(f"{d[name]:>10.3f}" if isinstance(d[name], float) else f"{d[name]:>10}" for d in draws)
        )
    if args.json:
        args.json.write_text(json.dumps(draws, indent=1), encoding="utf-8")
    return 0


def measured(draw: int, count: int, everything: Sequence[Text], fit: Sequence[Text]) -> dict[str, Any]:
    """The figures of one draw."""
    chance = random.Random(draw)  # noqa: S311 (nothing secret)
    originals = chance.sample(fit, count)
    copies = {text.name: copy(text, chance.choice(fit), chance) for text in originals}
    every = [*everything, *copies.values()]
    chance.shuffle(every)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), _free_port())
        try:
            server.start()
            migrate(server.dsn("warehouse"))
            found, seconds = stories(server.dsn("warehouse"), every)
        finally:
            server.remove()
    figures = score(found, originals, everything)
    return {"draw": draw} | figures | {"articles": len(every), "measure_seconds": seconds, **speed(everything)}


def stories(dsn: str, every: Sequence[Text]) -> tuple[dict[str, int], float]:
    """Story by name of the text, and how long measuring took."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("INSERT INTO news.source VALUES ('corpus', '', '', 'SA', 'Asia/Riyadh', '', 'full', true, NULL)")
    seconds = 0.0
    for part in range(4):
        reads = []
        for text in every[part::4]:
            url = f"https://corpus.example/{text.name}"
            article = Article(url, text.title, text.text, text.day.isoformat(), source_id=SOURCE.id,
                              fetched_at=f"{text.day}T12:00:00+00:00")  # fmt: skip
            reads.append(ReadArticle(article, (), url))
        load(dsn, Batch(f"corpus/run/{part}", "run", SOURCE.id, tuple(reads)), {SOURCE.id: SOURCE}, {"entity": "1"})
        start = time.perf_counter()
        trends.measure(dsn)
        seconds += time.perf_counter() - start
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT url, story_id FROM news.article")
        return {url.rpartition("/")[2]: story for url, story in cursor.fetchall()}, seconds


def score(found: dict[str, int], originals: Sequence[Text], everything: Sequence[Text]) -> dict[str, Any]:
    """Precision and recall over pairs of articles in one story."""
    texts = {text.name: text for text in everything}
    members: dict[int, list[str]] = defaultdict(list)
    for name, story in found.items():
        members[story].append(name)
    right = between = wrong = 0
    for names in members.values():
        for one, other in itertools.combinations(sorted(names), 2):
            ours, theirs = one.removesuffix("-copy"), other.removesuffix("-copy")
            if ours == theirs:
                right += 1
            elif same(texts[ours], texts[theirs]):
                between += 1
            else:
                wrong += 1
    rival = list(rivals(originals, everything))
    return {
        "precision": right / max(1, right + wrong),
        "recall": right / len(originals),
        "copies": len(originals),
        "pairs_right": right,
        "pairs_wrong": wrong,
        "pairs_taken_over": between,
        "rival_pairs": len(rival),
        "rival_pairs_joined": sum(found[one.name] == found[other.name] for one, other in rival),
        "most_in_a_story": max(map(len, members.values())),
    }


def speed(everything: Sequence[Text]) -> dict[str, float]:
    """Texts a second: cut and signed; and pairs compared."""
    start = time.perf_counter()
    cut = [near_duplicates.shingles(text.text) for text in everything]
    for text in cut:
        near_duplicates.bands(text)
    signed = time.perf_counter()
    for one, other in itertools.pairwise(cut):
        near_duplicates.nearness(one, other)
    return {
        "texts_signed_a_second": len(cut) / (signed - start),
        "pairs_compared_a_second": (len(cut) - 1) / (time.perf_counter() - signed),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
