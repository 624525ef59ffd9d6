"""Makes `plugins/rasad/facts/data/document_frequencies.tsv.gz`: in how many of a million news texts a word stands.

usage: PYTHONPATH=plugins .venv/bin/python training/document_frequencies.py NAME RAW.txt.gz … > FILE.tsv.gz

wordfreq's large Arabic list (CC BY-SA 4.0) gives each form's share of running words; the raw texts, a sentence a line,
give theirs. Forms are joined by light stem, the two shares at three to one, as wordfreq's sources are nearer to news. A
text is taken to have 300 words, and a word to stand in a share of texts that its share of running words makes likely.
Stems of fewer than LEAST texts are left out. The result is under CC BY-SA 4.0, as its sources are.
"""

from __future__ import annotations

import gzip
import importlib.util
import math
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgpack

from rasad.arabic.stems import stem
from rasad.arabic.text import key
from rasad.arabic.tokens import tokenize
from rasad.facts import frequencies

DOCUMENTS = 1_000_000
WORDS = 300  # of a text
LEAST = 30
LISTED = 0.75  # weight of wordfreq's share


def listed() -> Counter[str]:
    """Stem → share of running words, from wordfreq's large list."""
    spec = importlib.util.find_spec("wordfreq")
    assert spec is not None
    assert spec.origin is not None
    packed = Path(spec.origin).with_name("data") / "large_ar.msgpack.gz"
    shares: Counter[str] = Counter()
    for centibels, words in enumerate(msgpack.unpackb(gzip.decompress(packed.read_bytes()), raw=False)[1:]):
        for word in words:
            shares[stem(key(word))] += 10 ** (-centibels / 100)  # type: ignore[assignment]
    return shares


def counted(paths: Iterable[Path]) -> Counter[str]:
    """Stem → share of running words, in the raw texts."""
    counts: Counter[str] = Counter()
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                counts.update(stem(t.key) for t in tokenize(line) if t.kind == "word" and t.key)
    total = counts.total() or 1
    return Counter({word: count / total for word, count in counts.items()})  # type: ignore[misc]


def main() -> int:
    name, *paths = sys.argv[1:]
    ours, theirs = listed(), counted(map(Path, paths))
    counts: dict[str, int] = {}
    for word in ours.keys() | theirs.keys():
        share = LISTED * ours[word] + (1 - LISTED) * theirs[word]
        texts = round(DOCUMENTS * (1 - math.exp(-share * WORDS)))
        if texts >= LEAST and word:
            counts[word] = texts
    sys.stdout.buffer.write(frequencies.packed(frequencies.Snapshot(name, DOCUMENTS, counts)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
