"""How right the extracted facts are, and what they cost.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/facts.py [--gold FILE.jsonl | --conll FILE] [--json OUT]

Without a file the project's own gold is read: the marked articles of the sample newsroom and the texts of `tests/gold`.
`--gold` takes articles with their facts, one JSON object a line, in the layout of `python -m rasad facts`; a kind that
is null or missing there is not scored, so that articles without any facts show what reading them costs. `--conll` takes
a token and its BIO tag a line (PERS or PER, ORG, LOC; others such as MISC are ignored) and scores entities as CoNLL
does: same type, same tokens.

Printed by kind: precision, recall and F1 (see benchmarks/scores.py), with the interval in which F1 lies in 95 of 100
draws of as many articles. Then the cost, of one process: seconds to load, articles and tokens (between spaces) per CPU
second after that, and the most memory held.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import scores

# Corpora give sentences, not articles; within some twenty of them short names are found again, as in an article.
SENTENCES = 20
_TYPES = {"PER": "PER", "PERS": "PER", "ORG": "ORG", "LOC": "LOC"}
_ASKED = ("id", "title", "text", "published_at", "country", "months")
_WARM_UP = "أعلن الوزير سامي الدروبي في القاهرة أمس أن 3 آلاف لاجئ عادوا، وقال: «الأوضاع تتحسن كل يوم»."


def read_gold(path: Path | None) -> list[scores.Row]:
    """Articles with their facts, of a file or (None) of the project's own. Raises ValueError naming the bad line.

    The project's own come with country and month names of their publisher, as `extract` has them from its source.
    """
    if path is None:
        import tests.gold
        from tests.newsroom import gold, publishers

        newsroom = [
            {**row, "country": publisher.country, "months": publisher.months}
            for row in gold.gold(1)
            for publisher in [publishers.BY_ID[row["id"].split("/")[0]]]
        ]
        return [*newsroom, *tests.gold.gold()]
    rows: list[scores.Row] = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    row = json.loads(line)
                except ValueError as problem:
                    raise ValueError(f"{path}, line {number}: no JSON ({problem})") from problem
                if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                    raise ValueError(f"{path}, line {number}: no object with id, text and facts")
                rows.append(row)
    return rows


def read_conll(lines: Iterable[str]) -> Iterator[scores.Row]:
    """Articles of SENTENCES sentences at most, none of them across a -DOCSTART- line.

    The text is the tokens with a space between them and a newline after each sentence. Raises ValueError at a line that
    is no token and tag.
    """
    for document, numbered in groupby(_sentences(lines), key=lambda pair: pair[0]):
        sentences = [sentence for _, sentence in numbered]
        for start in range(0, len(sentences), SENTENCES):
            yield _conll_article(f"{document}.{start // SENTENCES}", sentences[start : start + SENTENCES])


def _sentences(lines: Iterable[str]) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Each sentence as tokens and tags, with the number of its document."""
    document, sentence = 0, []
    for place, line in enumerate(lines, 1):
        fields = line.split()
        if fields and fields[0] != "-DOCSTART-":
            if len(fields) < 2:
                raise ValueError(f"line {place} is no token and tag: {line.strip()[:40]!r}")
            sentence.append((fields[0], fields[-1]))
        else:
            if sentence:
                yield document, sentence
            document, sentence = document + bool(fields), []
    if sentence:
        yield document, sentence


def _conll_article(name: str, sentences: Sequence[Sequence[tuple[str, str]]]) -> scores.Row:
    entities: list[dict[str, Any]] = []
    text = ""
    for sentence in sentences:
        before = ""
        for token, tag in sentence:
            start, kind = len(text), tag[2:]
            text += token + " "
            if kind in _TYPES and tag.startswith("I") and kind == before:
                entities[-1]["end"] = start + len(token)
            elif kind in _TYPES:
                entities.append({"type": _TYPES[kind], "start": start, "end": start + len(token)})
            before = kind
        text = text[:-1] + "\n"
    for entity in entities:
        entity["text"] = text[entity["start"] : entity["end"]]
    return {"id": name, "title": None, "text": text, "published_at": None, "entities": entities}


def to_tokens(text: str, entities: Iterable[scores.Row]) -> list[scores.Row]:
    """Entities widened to whole tokens, which is all that BIO tags tell: of two in one token the first stays."""
    found: list[scores.Row] = []
    for entity in entities:
        start, end = entity["start"], entity["end"]
        while start and not text[start - 1].isspace():
            start -= 1
        while end < len(text) and not text[end].isspace():
            end += 1
        if not found or found[-1]["end"] <= start:
            found.append({"type": entity["type"], "text": text[start:end], "start": start, "end": end})
    return found


def extract(gold: Sequence[scores.Row]) -> tuple[list[scores.Row], dict[str, float]]:
    """The project's own facts of these articles, and what they cost."""
    before = time.process_time()
    from rasad.facts import layout

    ask = [json.dumps({key: row.get(key) for key in _ASKED}) for row in gold]
    warm_up = json.dumps({"id": "", "title": _WARM_UP, "text": _WARM_UP, "published_at": "2026-03-10"})
    list(layout.read_lines([warm_up]))  # word lists are loaded at first use
    start = time.process_time()
    found: list[scores.Row] = list(layout.read_lines(ask))
    seconds = max(time.process_time() - start, 1e-9)
    for row in found:
        if "error" in row:
            raise ValueError(f"article {row['id']!r}: {row['error']}")
    tokens = sum(len(row["text"].split()) for row in gold)
    cost = {
        "load_seconds": start - before,
        "articles": len(gold),
        "tokens": tokens,
        "articles_per_cpu_second": len(gold) / seconds,
        "tokens_per_cpu_second": tokens / seconds,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    return found, cost


def summary(gold: Sequence[scores.Row], found: Sequence[scores.Row]) -> dict[str, dict[str, Any]]:
    """Right, gold, found, precision, recall, F1 and its interval by tag, over the articles where the kind is marked."""
    by_article = [scores.facts(g, f) for g, f in zip(gold, found, strict=True)]
    out: dict[str, dict[str, Any]] = {}
    for tag in scores.TAGS:
        samples = [tallies[tag] for tallies in by_article if tag in tallies]
        if samples:
            whole = scores.total(samples)
            out[tag] = {
                "right": whole.right,
                "gold": whole.gold,
                "found": whole.found,
                "precision": whole.precision,
                "recall": whole.recall,
                "f1": whole.f1,
                "f1_interval": scores.interval(samples, lambda drawn: scores.total(drawn).f1),
                "articles": len(samples),
            }
    return out


def print_table(kinds: dict[str, dict[str, Any]]) -> None:
    print(f"{'kind':<17}{'articles':>9}{'right':>7}{'gold':>7}{'found':>7}{'P':>7}{'R':>7}{'F1':>7}   95 % of draws")
    for tag, row in kinds.items():
        low, high = row["f1_interval"]
        # Units are asked only of quantities that are right: one figure, how many of them have theirs.
        parts = " " * 14 if tag == "quantities.unit" else f"{row['precision']:>7.3f}{row['recall']:>7.3f}"
        counts = f"{row['articles']:>9}{row['right']:>7}{row['gold']:>7}{row['found']:>7}"
        print(f"{tag:<17}{counts}{parts}{row['f1']:>7.3f}   {low:.3f} to {high:.3f}")


def print_errors(gold: Sequence[scores.Row], found: Sequence[scores.Row]) -> None:
    """What was missed, made up, or (where the two overlap) read wrongly."""
    for article, read in zip(gold, found, strict=True):
        for kind in scores.KINDS:
            if article.get(kind) is None:
                continue
            matched = list(scores.pairs(kind, article[kind], read.get(kind) or []))
            free = [f for g, f in matched if g is None and f is not None]
            for g, f in matched:
                if g is None:
                    continue
                near = next((other for other in free if scores.overlap(g, other) > 0), None) if f is None else None
                if near is not None:
                    free.remove(near)
                    print(f"WRONG    {article['id']} {kind}: {_told(g)} read as {_told(near)}")
                elif f is None:
                    print(f"MISSED   {article['id']} {kind}: {_told(g)}")
                elif kind == "quantities" and not scores.same_unit(g, f):
                    print(f"UNIT     {article['id']} {kind}: {_told(g)} read as {_told(f)}")
                elif kind == "quotes" and g.get("speaker") and not scores.same_speaker(g, f):
                    print(f"SPEAKER  {article['id']} {kind}: {_told(g)} read as {_told(f)}")
            for f in free:
                print(f"MADE UP  {article['id']} {kind}: {_told(f)}")


def _told(row: scores.Row) -> str:
    text = row["text"] if len(row["text"]) <= 60 else f"{row['text'][:28]} … {row['text'][-28:]}"
    keys = ("type", "value", "value_max", "comparator", "unit", "currency", "speaker", "speaker_name")
    return f"[{text}] " + " ".join(f"{key}={row[key]}" for key in keys if row.get(key) is not None)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--gold", type=Path, metavar="FILE.jsonl", help="articles with their facts, one a line")
    given.add_argument("--conll", type=Path, metavar="FILE", help="a token and its BIO tag a line")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    parser.add_argument("--errors", action="store_true", help="list what is not right")
    args = parser.parse_args(arguments)
    try:
        if args.conll:
            with args.conll.open(encoding="utf-8") as lines:
                gold = list(read_conll(lines))
        else:
            gold = read_gold(args.gold)
        found, cost = extract(gold)
    except (OSError, ValueError) as problem:
        print(f"facts: {problem}", file=sys.stderr)
        return 2
    if args.conll:
        found = [{**f, "entities": to_tokens(f["text"], f["entities"])} for f in found]
    if args.errors:
        print_errors(gold, found)
    kinds = summary(gold, found)
    print_table(kinds)
    print(
        f"\n{cost['articles']} articles, {cost['tokens']} tokens: {cost['articles_per_cpu_second']:.1f} articles and "
        f"{cost['tokens_per_cpu_second']:.0f} tokens per CPU second, after {cost['load_seconds']:.1f} s to load; "
        f"{cost['peak_memory_mb']:.0f} MB at most"
    )
    if args.json:
        name = args.conll or args.gold
        figures = {"gold": name.name if name else "own", "kinds": kinds, "cost": cost}
        args.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
