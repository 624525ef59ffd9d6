"""Which texts are one text, retold: copies that lost sentences and got a lead of their own, across publishers.

Pure functions of the texts alone. Texts are compared by their shingles (runs of nine words, folded). MinHash bands find
candidates, the shingles themselves decide, and a story grows from its nearest texts only as long as none of its texts
is a stranger to another. In which order texts come plays no part.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt

from rasad.arabic.text import key

Shingles = npt.NDArray[np.uint64]  # hashes of 32 bits, as they follow one another in the text

# A change of any of these needs a migration that empties news.signature and news.near_text and marks every day.
RUN = 9  # words of a shingle: who copies keeps whole sentences; who retells shares shorter runs, names and titles
MOST_WORDS = 20_000  # a longer text is compared by its beginning
FEWEST = 20  # shingles that copies share at least: of texts under 28 words only equal ones are one story
LEAD = 40  # words with which a copy may begin that are not the original's

# Behind its lead a copy is the original, less what it lost: so most of one text stands in the other. A digest that
# quotes many articles whole holds each of them, and none of them holds much of the digest.
SHARE_OF_ONE = 0.75
SHARE_OF_OTHER = 0.25

# Two copies of one original may have lost different sentences, and share less; but they do share some.
SHARE_OF_KIN = 0.3

BANDS, ROWS = 60, 2  # texts with a quarter of their shingles in common meet in a band in 98 of 100 cases

_WORD = re.compile(r"\w+")


def _mixed(numbers: Shingles) -> Shingles:
    """The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of a number changes half of its hash."""
    numbers = numbers.copy()
    numbers ^= numbers >> np.uint64(30)
    numbers *= np.uint64(0xBF58476D1CE4E5B9)
    numbers ^= numbers >> np.uint64(27)
    numbers *= np.uint64(0x94D049BB133111EB)
    numbers ^= numbers >> np.uint64(31)
    return numbers


# Multipliers and terms of the hashes: any odd, any numbers do; those stored must stay the same, with every numpy.
_FACTORS = _mixed(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64)) | np.uint64(1)
_TERMS = _mixed(np.arange(1001, BANDS * ROWS + 1001, dtype=np.uint64))


def shingles(text: str) -> Shingles:
    """Hashes of the text's runs of nine words, in its order, folded and without marks; none if it has fewer words."""
    words = _WORD.findall(key(text))[:MOST_WORDS]
    if len(words) < RUN:
        return np.empty(0, np.uint64)
    codes = _mixed(np.fromiter((zlib.crc32(word.encode("utf-8", "replace")) for word in words), np.uint64, len(words)))
    runs = len(words) - RUN + 1
    total = np.zeros(runs, np.uint64)
    for place in range(RUN):
        total += codes[place : place + runs] * _FACTORS[place]
    found: Shingles = _mixed(total) & np.uint64(0xFFFFFFFF)
    return found


def packed(found: Shingles) -> bytes:
    """Four bytes a shingle: what is kept of a text that is not."""
    return found.astype("<u4").tobytes()


def unpacked(data: bytes) -> Shingles:
    return np.frombuffer(data, "<u4").astype(np.uint64)


def bands(found: Shingles) -> list[int]:
    """MinHash bands (Broder 1997), signed 64-bit: texts with one in common are candidates. None if too short."""
    if len(found) < FEWEST:
        return []
    least: Shingles = np.full(BANDS * ROWS, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(found), 1024):  # memory stays the same for any length
        part = found[start : start + 1024]
        np.minimum(least, (part[None, :] * _FACTORS[:, None] + _TERMS[:, None]).min(axis=1), out=least)
    # A minimum belongs to its place: the mixing takes it in, so that bands of different places never meet.
    placed = _mixed(least + _TERMS).reshape(BANDS, ROWS)
    return [int(band) for band in _mixed(placed.sum(axis=1, dtype=np.uint64)).view(np.int64)]


def nearness(one: Shingles, other: Shingles) -> int:
    """How much of both texts is shared, in thousandths; 0 where neither is a copy of the other."""
    ours, our_share = _shared(one, other)
    if ours < FEWEST:  # most candidates share a footer or a quotation, and no more
        return 0
    theirs, their_share = _shared(other, one)
    less, more = sorted((our_share, their_share))
    if theirs < FEWEST or more < SHARE_OF_ONE or less < SHARE_OF_OTHER:
        return 0
    return 1000 * (ours + theirs) // (len(one) + len(other))


def kin(one: Shingles, other: Shingles) -> bool:
    """May both be copies of a third text? Strangers may not, however near each of them is to it."""
    return max(_shared(one, other)[1], _shared(other, one)[1]) >= SHARE_OF_KIN


def _shared(text: Shingles, other: Shingles) -> tuple[int, float]:
    """How many of the text's shingles the other has, and which share that is of what follows a lead of its own.

    Where a sentence was lost, eight shingles reach from what stood before into what stood behind. The other does not
    have them; but it has all their words in shingles beside them. A changed word is in no such shingle.
    """
    places = np.flatnonzero(np.isin(text, other))
    if not len(places):
        return 0, 0.0
    steps = np.diff(places)
    count = 1 + int(steps[steps <= RUN].sum() + (steps > RUN).sum())
    return count, count / (len(text) - min(LEAD, int(places[0])))


def groups(
    near: Mapping[tuple[int, int], int], nodes: Iterable[int], kin: Callable[[int, int], bool]
) -> list[set[int]]:
    """Put nodes that are near into groups: the nearest pair first, of equals the lesser in number.

    `near`: each pair once, the lesser node first, with its nearness. Two groups become one where at least a third of
    the pairs between them are near and all others kin: a copy joins the other copies of its original, and neither a
    chain of ever other texts nor a digest of two makes one group. `kin` is asked only where it decides.
    """
    group_of = {node: node for node in nodes}
    members = {node: {node} for node in group_of}
    between: dict[int, dict[int, int]] = {node: {} for node in group_of}  # how many pairs of two groups are near
    for one, other in near:
        between[one][other] = between[other][one] = 1
    for one, other in sorted(near, key=lambda pair: (-near[pair], pair)):
        into, gone = sorted((group_of[one], group_of[other]), key=lambda group: (-len(members[group]), group))
        if into == gone or 3 * between[into].get(gone, 0) < len(members[into]) * len(members[gone]):
            continue
        pairs = ((min(pair), max(pair)) for pair in itertools.product(sorted(members[into]), sorted(members[gone])))
        if not all(pair in near or kin(*pair) for pair in pairs):
            del between[into][gone], between[gone][into]  # strangers stay strangers: not asked again for each near pair
            continue
        for node in members[gone]:
            group_of[node] = into
        members[into] |= members.pop(gone)
        del between[into][gone]
        for third, count in between.pop(gone).items():
            if third != into:
                del between[third][gone]
                between[into][third] = between[third][into] = between[into].get(third, 0) + count
    return list(members.values())
