"""Clusters of words that stand in like contexts, for the tagger of entities.

usage: PYTHONPATH=plugins python training/clusters.py --out FILE TEXT.gz...

Each word (its match key) seen often enough is counted with the words left and right of it; the positive pointwise
mutual information of these counts is reduced by a truncated SVD (Bullinaria and Levy 2012), and the vectors are grouped
by k-means, finely and coarsely. FILE holds a fine cluster a line: the number of its coarse cluster, then its words.
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from sklearn.cluster import MiniBatchKMeans
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from rasad.arabic.tokens import Token, tokenize

SEEN = 8  # times a word must occur
CONTEXTS = 2000  # commonest words that serve as contexts, and the places they may stand in
PLACES = (-2, -1, 1, 2)
DIMENSIONS = 80
FINE, COARSE = 512, 64
SEED = 7


def sentences(paths: list[Path]) -> list[list[str]]:
    """Match keys of every line's words; a number is 0, a mark its own sign."""
    out = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            out += [[sign(token) for token in tokenize(line)] for line in lines]
    return out


def sign(token: Token) -> str:
    return token.key if token.kind == "word" else "0" if token.kind == "number" else token.text


def counts(lines: list[list[str]], vocabulary: dict[str, int]) -> csr_matrix:
    """Rows are words, columns a context word in one place."""
    ids = [np.array([vocabulary.get(w, -1) for w in line] + [-1, -1], dtype=np.int32) for line in lines]
    stream = np.concatenate(ids)
    total = csr_matrix((len(vocabulary), CONTEXTS * len(PLACES)), dtype=np.float32)
    for number, place in enumerate(PLACES):
        words, near = (stream[:-place], stream[place:]) if place > 0 else (stream[-place:], stream[:place])
        kept = (words >= 0) & (near >= 0) & (near < CONTEXTS)
        ones = np.ones(int(kept.sum()), dtype=np.float32)
        shape = (len(vocabulary), CONTEXTS * len(PLACES))
        total = total + coo_matrix((ones, (words[kept], near[kept] + number * CONTEXTS)), shape=shape).tocsr()
    return total


def vectors(table: csr_matrix) -> np.ndarray:
    whole = table.sum()
    rows = np.asarray(table.sum(axis=1)).ravel()
    columns = np.asarray(table.sum(axis=0)).ravel() ** 0.75
    columns *= whole / columns.sum()
    pairs = table.tocoo()
    information = np.log(pairs.data * whole / (rows[pairs.row] * columns[pairs.col]))
    kept = information > 0
    positive = coo_matrix((information[kept], (pairs.row[kept], pairs.col[kept])), shape=table.shape).tocsr()
    left, values, _ = randomized_svd(positive, DIMENSIONS, random_state=SEED)
    return normalize(left * np.sqrt(values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("texts", nargs="+", type=Path)
    args = parser.parse_args()
    lines = sentences(args.texts)
    seen = Counter(w for line in lines for w in line)
    common = sorted((w for w, n in seen.items() if n >= SEEN), key=lambda w: (-seen[w], w))
    vocabulary = {w: i for i, w in enumerate(common)}
    found = vectors(counts(lines, vocabulary))
    fine = MiniBatchKMeans(FINE, random_state=SEED, batch_size=8192, n_init=1, max_iter=30).fit(found)
    coarse = MiniBatchKMeans(COARSE, random_state=SEED, n_init=5).fit(normalize(fine.cluster_centers_))
    groups: list[list[str]] = [[] for _ in range(FINE)]
    for word, cluster in zip(common, fine.labels_, strict=True):
        if word.isalpha() and len(word) > 1:
            groups[cluster].append(word)
    rows = zip(coarse.labels_, groups, strict=True)
    args.out.write_text("".join(f"{number} {' '.join(group)}\n" for number, group in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
