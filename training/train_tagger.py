"""Train the tagger of entities on CoNLL corpora: plugins/rasad/facts/tagger.py says what it is for.

usage: PYTHONPATH=plugins:. .venv/bin/python training/train_tagger.py --out MODEL [--dev FILE] CORPUS.conll [OTHER...]

Corpora disagree on what a name is. The first is taken as it is marked. The others teach what is common to all: each of
their tokens has its features twice, the second time under the corpus's own name, so that what is peculiar to a corpus
is learnt there and left behind (Daumé 2007, "Frustratingly easy domain adaptation"). Their spans are brought near our
conventions before: they lose marks at their edges, titles before a person and class nouns that the name does without;
a span is dropped where it is a nationality alone, and a country stays a place.

Kept are PER, ORG and LOC. A tag is a whole token: clitics are cut when tagging. With `--dev FILE` the last fifth of the
first corpus's articles of twenty sentences is left out of training and written to FILE; as ANERcorp is cut into its own
training and test parts in the order of the text, so are the two here.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pycrfsuite
from benchmarks.facts import read_conll

from rasad.arabic.lexicon import words
from rasad.facts import entities, tagger
from rasad.facts.name_grammar import in_group, is_any_given, is_nationality
from rasad.facts.passage import Reading
from rasad.model import Article

PECULIAR = ("r=", "rr=", "g=", "s=", "w=", "b=", "c=", "f=", "k=")  # features in which corpora differ
LEFT_OUT = 5  # one article in so many, of the last ones
SETTINGS = {"c1": 0.5, "c2": 0.1, "max_iterations": 80, "feature.possible_transitions": True, "feature.minfreq": 2}


def reading(text: str) -> Reading:
    return Reading.of(Article("", None, text))


def examples(row: dict[str, Any], other: str | None = None) -> Iterator[tuple[list[list[str]], list[str]]]:
    """Features and tags of each line of an article; `other` names its corpus where that is not the first."""
    lines = entities.read(reading(row["text"]))
    for line, seen in zip(lines, tagger.features(lines), strict=True):
        tags = ["O"] * len(line.tokens)
        for e in row["entities"]:
            here = [i for i, t in enumerate(line.tokens) if t.start < e["end"] and t.end > e["start"]]
            here, kind = (here, e["type"]) if other is None else ours(line, here, e["type"])
            for i in here:
                tags[i] = ("B-" if i == here[0] else "I-") + kind
        if other is not None:
            seen = [[*token, other, *(other + f for f in token if f.startswith(PECULIAR))] for token in seen]
        yield seen, tags


def ours(line: entities.Line, here: list[int], kind: str) -> tuple[list[int], str]:
    """The tokens of a corpus's name that are the name by our conventions, and its type."""
    keys = [t.key for t in line.tokens]
    while here and line.tokens[here[0]].kind == "mark":
        here = here[1:]
    while here and line.tokens[here[-1]].kind == "mark":
        here = here[:-1]
    while len(here) > 1 and outside(keys[here[0]], kind):
        here = here[1:]
    if len(here) == 1:
        found = [m for m in line.matches if (m.start, m.end) == (here[0], here[0] + 1) and not m.weak]
        if any(m.entry.table == "countries" for m in found):
            return here, "LOC"
        if is_nationality(keys[here[0]]):
            return [], kind
    return here, kind


def outside(key: str, kind: str) -> bool:
    """Is the first word of a name a title or class noun that is no part of it?"""
    if kind == "PER":
        return in_group(key, "titles") is not None and not is_any_given(key)
    group = "place_classes" if kind == "LOC" else "organisation_classes"
    return in_group(key, group) is not None and key not in words("organisation_heads") | words("place_heads")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--dev", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("others", nargs="*", type=Path)
    args = parser.parse_args()
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", params=SETTINGS, verbose=False)
    for path in (args.corpus, *args.others):
        with path.open(encoding="utf-8") as lines:
            rows = list(read_conll(lines))
        first = path == args.corpus
        if first and args.dev:
            kept = len(rows) - len(rows) // LEFT_OUT
            args.dev.write_text("\n".join(conll(row) for row in rows[kept:]), encoding="utf-8")
            rows = rows[:kept]
        for row in rows:
            for seen, tags in examples(row, None if first else path.name.partition(".")[0] + ":"):
                trainer.append(seen, tags)
    trainer.train(str(args.out))
    print(trainer.logparser.last_iteration)


def conll(row: dict[str, Any]) -> str:
    """The article as it was read, a token and its tag a line."""
    out, at = [], 0
    for sentence in row["text"].splitlines():
        for token in sentence.split(" "):
            inside = next((e for e in row["entities"] if e["start"] <= at < e["end"]), None)
            tag = "O" if inside is None else ("B-" if inside["start"] == at else "I-") + inside["type"]
            out.append(f"{token} {tag}")
            at += len(token) + 1
        out.append("")
    return "-DOCSTART- O\n\n" + "\n".join(out) + "\n"


if __name__ == "__main__":
    main()
