"""Document frequencies: in how many of so many texts a word stands, by light stem; what makes a word tell something.

A snapshot is a gzipped table: a first line `#`, its name and the number of texts, then a stem and its texts a line.
The one that ships (`data/document_frequencies.tsv.gz`, made by training/document_frequencies.py from wordfreq and
Arabic Wikipedia, CC BY-SA 4.0) can be replaced by one that a warehouse exported: RASAD_DOCUMENT_FREQUENCIES names the
file. Each key phrase records the name of the snapshot it was weighed by.
"""

from __future__ import annotations

import gzip
import io
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rasad.arabic.stems import stem
from rasad.arabic.tokens import tokenize
from rasad.settings import Settings, SettingsError

SHIPPED = Path(__file__).parent / "data" / "document_frequencies.tsv.gz"
LARGEST = 64_000_000  # bytes of a snapshot, unpacked
LEAST = 2  # texts that a stem of an export stands in


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The texts that were counted, and in how many of them each stem stands."""

    name: str  # and version: press-1, warehouse-2026-03-10
    documents: int
    counts: Mapping[str, int]
    least: int = 1  # texts of a stem that is not listed

    def rareness(self, word_stem: str) -> float:
        """Inverse document frequency in nats: 0 for a word of every text, the most for one that is not listed."""
        return math.log((self.documents + 1) / (self.counts.get(word_stem, self.least) + 0.5))


@lru_cache(maxsize=1)
def current() -> Snapshot:
    """The snapshot that the settings name, else the one that ships; read once. Raises SettingsError."""
    return load(Settings.from_env().document_frequencies or SHIPPED)


@lru_cache(maxsize=2)
def load(path: Path) -> Snapshot:
    """Read a snapshot, once. Raises SettingsError, saying what is wrong with the file."""
    try:
        with gzip.open(path, "rb") as packed:
            text = packed.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise ValueError(f"it holds more than {LARGEST} bytes")
        lines = io.StringIO(text.decode("utf-8"))
        sign, name, documents = lines.readline().rstrip("\n").split("\t")
        if sign != "#" or not name or int(documents) < 1:
            raise ValueError("its first line is not #, a name and a number of texts, with tabs between")
        counts = {}
        for line in lines:
            word, count = line.rstrip("\n").split("\t")
            counts[word] = int(count)
    except (OSError, EOFError, ValueError, zlib.error) as problem:
        raise SettingsError(
            f"{path} is no table of document frequencies ({problem}): unset RASAD_DOCUMENT_FREQUENCIES, or name one "
            "that `python -m rasad frequencies` wrote"
        ) from None
    return Snapshot(name, int(documents), counts, min(counts.values(), default=1))


def count(name: str, texts: Iterable[str]) -> Snapshot:
    """A snapshot of these texts. Stems of fewer than LEAST of them are left out."""
    counts: Counter[str] = Counter()
    documents = 0
    for text in texts:
        counts.update({stem(t.key) for t in tokenize(text) if t.kind == "word" and t.key})
        documents += 1
    return Snapshot(name, documents, {word: seen for word, seen in counts.items() if seen >= LEAST})


def packed(snapshot: Snapshot) -> bytes:
    """The file of a snapshot; the same snapshot gives the same bytes."""
    rows = "".join(f"{word}\t{count}\n" for word, count in sorted(snapshot.counts.items()))
    text = f"#\t{snapshot.name}\t{snapshot.documents}\n{rows}"
    return gzip.compress(text.encode("utf-8", "replace"), mtime=0)
