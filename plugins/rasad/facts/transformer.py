"""Names by a token classification model of one's own (BERT and its kind), from a folder of this machine.

The model stands in for the built-in tagger: it is asked where lexicon and rules are silent. Any model does whose labels
name persons, organisations or places, each word's alone or by BIO, BILOU or BIOES. Nothing is downloaded, and no code
out of the folder is run. Needs requirements-transformers.txt.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rasad.arabic.tokens import Token
from rasad.facts.backend import Line
from rasad.facts.name_grammar import Candidate
from rasad.facts.tagger import clitics
from rasad.model import EntityType
from rasad.settings import SettingsError

NAME = "transformers"
_READING = 1  # of what the model says; a part of the version

PIECES = 256  # word pieces of a window: time and memory of a model grow with their square
OVERLAP = 64  # of two windows of one line, so that no name is cut
BATCH = 16  # windows that the model is given at once
_LONGEST = 5_000  # tokens of a line that are cut into pieces at once
_SURE = 0.5  # the least probability of a name's tokens

_TYPES: dict[str, EntityType] = {
    **dict.fromkeys(("PER", "PERS", "PERSON"), "PER"),
    **dict.fromkeys(("ORG", "ORGANIZATION", "ORGANISATION"), "ORG"),
    **dict.fromkeys(("LOC", "LOCATION", "GPE", "FAC"), "LOC"),
}
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")
_WEIGHTS = frozenset({".json", ".txt", ".model", ".safetensors", ".bin"})  # files that make the model what it is


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says of a word: the type of its name, and whether a name begins or ends with it."""

    type: EntityType
    begins: bool
    ends: bool

    @classmethod
    def of(cls, text: str) -> Label | None:
        """B-PERS, I-LOC, U-ORG, or PER alone; None for what is no name of ours (O, MISC)."""
        prefix, _, name = text.upper().replace("_", "-").rpartition("-")
        kind = _TYPES.get(name)
        return cls(kind, prefix in ("B", "S", "U"), prefix in ("E", "L", "S", "U")) if kind else None


@dataclass(frozen=True, slots=True)
class _Window:
    """A run of word pieces, and of each the token of which it is the first (else None)."""

    line: int
    encoding: Mapping[str, Sequence[int]]
    tokens: Sequence[int | None]


class Transformer:
    """A model in memory. Asking it changes nothing, so that threads may share it."""

    NAME = NAME

    def __init__(self, version: str, tokenizer: Any, model: Any, labels: Sequence[Label | None]) -> None:
        self.VERSION = version
        self._tokenizer = tokenizer
        self._model = model
        self._labels = labels
        room = getattr(model.config, "max_position_embeddings", None) or 512
        self._pieces = min(PIECES, tokenizer.model_max_length, room - 2)  # RoBERTa counts positions from 2
        self._overlap = min(OVERLAP, self._pieces // 4)

    def candidates(self, lines: Sequence[Line]) -> Iterator[Iterator[Candidate]]:
        """Names that overlap nothing chosen, each with the least probability of its tokens as confidence."""
        # Of each token its label, how probable that is, and how far from its window's edge it was seen.
        said: list[dict[int, tuple[Label | None, float, int]]] = [{} for _ in lines]
        windows = chain.from_iterable(self._windows(number, line.tokens) for number, line in enumerate(lines))
        while batch := list(islice(windows, BATCH)):
            for window, (numbers, sure) in zip(batch, self._ask(batch), strict=True):
                last = len(window.tokens) - 1
                for place, token in enumerate(window.tokens):
                    depth = min(place, last - place)
                    if token is not None and depth > said[window.line].get(token, (None, 0.0, -1))[2]:
                        said[window.line][token] = (self._labels[numbers[place]], sure[place], depth)
        return (_names(line, found) for line, found in zip(lines, said, strict=True))

    def _windows(self, number: int, tokens: Sequence[Token]) -> Iterator[_Window]:
        for first in range(0, len(tokens), _LONGEST):
            text, owners = _plain(tokens[first : first + _LONGEST])
            cut = self._tokenizer(
                text,
                truncation=True,
                max_length=self._pieces,
                stride=self._overlap,
                return_overflowing_tokens=True,
                return_offsets_mapping=True,
            )
            inputs = [name for name in self._tokenizer.model_input_names if name in cut]
            for i, offsets in enumerate(cut["offset_mapping"]):
                yield _Window(number, {name: cut[name][i] for name in inputs}, _firsts(offsets, owners, first))

    def _ask(self, batch: Sequence[_Window]) -> Iterator[tuple[list[int], list[float]]]:
        """Of each window the number of each piece's likeliest label, and its probability."""
        import torch

        inputs = self._tokenizer.pad([dict(window.encoding) for window in batch], return_tensors="pt")
        with torch.inference_mode():
            sure, numbers = self._model(**inputs).logits.float().softmax(-1).max(-1)
        return zip(numbers.tolist(), sure.tolist(), strict=True)


def _plain(tokens: Sequence[Token]) -> tuple[str, list[int]]:
    """The words as models know them, without vowel marks; and of each letter the token it is of, -1 for a space."""
    parts: list[str] = []
    owners: list[int] = []
    for i, token in enumerate(tokens):
        if i and token.start > tokens[i - 1].end:
            parts.append(" ")
            owners.append(-1)
        # A mark may be half of a surrogate pair, which no tokenizer can read.
        word = _MARKS.sub("", token.text) if token.kind == "word" else token.text if token.text.isprintable() else "?"
        parts.append(word)
        owners.extend([i] * len(word))
    return "".join(parts), owners


def _firsts(offsets: Sequence[tuple[int, int]], owners: Sequence[int], first: int) -> list[int | None]:
    """Of each piece the token whose first letter it holds; a piece may begin with the space before it."""
    out: list[int | None] = []
    for start, end in offsets:
        begun = (i for i in range(start, end) if owners[i] >= 0 and (i == 0 or owners[i - 1] != owners[i]))
        at = next(begun, None)
        out.append(None if at is None else first + owners[at])
    return out


def _names(line: Line, said: Mapping[int, tuple[Label | None, float, int]]) -> Iterator[Candidate]:
    taken = {i for c in line.chosen for i in range(c.start, c.end)}
    for start, end, kind in _spans([said.get(i, (None, 0.0, 0))[0] for i in range(len(line.tokens))]):
        while start < end and line.tokens[start].kind != "word":
            start += 1
        while start < end and line.tokens[end - 1].kind != "word":
            end -= 1
        sure = min((said[i][1] for i in range(start, end)), default=0.0)
        if sure >= _SURE and taken.isdisjoint(range(start, end)):
            yield Candidate(start, end, clitics(line.tokens[start].key), kind, None, "model", round(sure, 3))


def _spans(labels: Sequence[Label | None]) -> Iterator[tuple[int, int, EntityType]]:
    """First token, the one behind the last, and type of each name. A name may begin without being told to."""
    start: int | None = None
    for i, label in enumerate((*labels, None)):
        before = labels[i - 1] if i else None
        if start is not None and before and (label is None or label.begins or before.ends or label.type != before.type):
            yield start, i, before.type
            start = None
        if label is not None and start is None:
            start = i


@cache
def load(folder: Path) -> Transformer:
    """The model of a folder, as `save_pretrained` writes it: config.json, weights, and a fast tokenizer.

    Raises SettingsError where there is none, where it knows no names, or where transformers is not installed.
    """
    if not (folder / "config.json").is_file():
        raise SettingsError(f"RASAD_NER_MODEL names {folder}, which holds no model: give the folder of its config.json")
    try:
        import torch  # noqa: F401  # transformers can do without, we cannot
        from transformers import AutoModelForTokenClassification, AutoTokenizer
    except ImportError as error:
        raise SettingsError(
            f"RASAD_NER_MODEL is set, and {error.name} is not installed: `make transformers` installs it; or unset it"
        ) from None
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, use_fast=True)
        model = AutoModelForTokenClassification.from_pretrained(folder, local_files_only=True).float().eval()
    except Exception as error:  # transformers has an exception for each way to be no model
        said = " ".join(str(error).split())[:300]
        raise SettingsError(f"RASAD_NER_MODEL: the model in {folder} cannot be loaded: {said}") from error
    names = [model.config.id2label.get(number, "O") for number in range(model.config.num_labels)]
    labels = [Label.of(name) for name in names]
    if not any(labels):
        raise SettingsError(
            f"RASAD_NER_MODEL: no label of the model in {folder} names a person, organisation or place: it has "
            f"{', '.join(names[:8])}; give one for named entities, with labels as B-PER, I-ORG, LOC in its config.json"
        )
    if not tokenizer.is_fast:
        raise SettingsError(f"RASAD_NER_MODEL: the tokenizer in {folder} gives no offsets: save a fast one there")
    return Transformer(f"{_READING}-{folder.name}-{_digest(folder)}", tokenizer, model, labels)


def _digest(folder: Path) -> str:
    """Eight digits that change when the model does."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.suffix in _WEIGHTS):
        digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0")
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    return digest.hexdigest()[:8]
