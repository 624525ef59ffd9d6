"""Train the tagger of entities on CoNLL corpora: plugins/rasad/facts/tagger.py says what it is for.

usage: PYTHONPATH=plugins:. .venv/bin/python training/train_tagger.py --out MODEL [--dev FILE] CORPUS.conll...

Corpora disagree on what a name is. Kept are PER, ORG and LOC; a span loses marks at its edges, titles before a person
and class nouns that the name does without; it is dropped where it is a nationality alone, and a country stays a place.
A tag is a whole token: clitics are cut when tagging. With `--dev FILE` every tenth article of twenty sentences of the
first corpus is left out of training and written to FILE.
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

TENTH = 10
SETTINGS = {"c1": 0.5, "c2": 0.1, "max_iterations": 120, "feature.possible_transitions": True, "feature.minfreq": 2}


def reading(text: str) -> Reading:
    return Reading.of(Article("", None, text))


def examples(row: dict[str, Any]) -> Iterator[tuple[list[list[str]], list[str]]]:
    """Features and tags of each line of an article."""
    for line in entities.read(reading(row["text"])):
        tags = ["O"] * len(line.tokens)
        for e in row["entities"]:
            here = [i for i, t in enumerate(line.tokens) if t.start < e["end"] and t.end > e["start"]]
            here, kind = ours(line, here, e["type"])
            for i in here:
                tags[i] = ("B-" if i == here[0] else "I-") + kind
        yield tagger.features(line.tokens, line.matches, line.chosen), tags


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
    parser.add_argument("corpora", nargs="+", type=Path)
    args = parser.parse_args()
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", params=SETTINGS, verbose=False)
    held = []
    for number, path in enumerate(args.corpora):
        with path.open(encoding="utf-8") as lines:
            rows = list(read_conll(lines))
        for at, row in enumerate(rows):
            if args.dev and number == 0 and at % TENTH == TENTH - 1:
                held.append(row)
                continue
            for seen, tags in examples(row):
                trainer.append(seen, tags)
    if args.dev:
        args.dev.write_text("\n".join(conll(row) for row in held), encoding="utf-8")
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
