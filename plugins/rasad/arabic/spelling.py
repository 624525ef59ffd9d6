"""Words that lost the space between them: عنالمكاسب is عن المكاسب. Split only where it is sure.

The lexicon is wordfreq's large Arabic list (580,000 Arabic forms with their frequency), read straight from its
msgpack file: importing the package needs an old setuptools. Measured in notes on 87,000 tokens of newspaper text:
without the conditions below, every split was of a foreign name.
"""

from __future__ import annotations

import gzip
import importlib.util
import re
from functools import lru_cache
from pathlib import Path

import msgpack

from rasad.arabic.text import CACHED_WORDS

MIN_LETTERS = 6
# Buckets of the list are centibels: below 560 a word comes more than once in 400,000, below 700 in ten million.
# Rarer forms are as often misspellings as words: good enough to leave a whole word alone, not to cut one.
_FREQUENT_CENTIBELS = 560
_USUAL_CENTIBELS = 700
_LETTERS = frozenset("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي")
# Function words that stand alone before a noun. One-letter prepositions and words that also begin names and verbs
# (ما, لا, لم, أم, ذو) are not here: what follows them is too often the rest of one word.
_BEFORE_ARTICLE = (
    "من عن على الى إلى في فى مع بين بعد قبل حتى منذ خلال تحت فوق أمام امام عند لدى ضد نحو حول دون بدون عبر وفق حسب "
    "أن إن كل بعض غير هذا هذه ذلك تلك التي التى الذي الذى الذين أو هل كما بينما حيث لأن كان كانت وسط داخل خارج"
)
# Of these, the ones that no verb or noun begins with (فيشاركوا is one word, and so is وإنفاذا).
_BEFORE_ANY = "على الى إلى حتى هذا هذه ذلك تلك التي التى الذي الذى الذين أو بينما لدى"
_SURE_BEFORE_ANY = frozenset(_BEFORE_ANY.split())
_OPENING = re.compile(f"[وف]?({'|'.join(sorted(_BEFORE_ARTICLE.split(), key=len, reverse=True))})")
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1)
def _lexicon() -> tuple[set[str], set[str], set[str]]:
    """Known forms of MIN_LETTERS and more; the usual ones; the frequent ones. About 0.3 s and 80 MB, on first use only.

    Bucket after bucket, so that what is not kept never stands in memory together.
    """
    spec = importlib.util.find_spec("wordfreq")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordfreq is not installed: run `make install`")
    known: set[str] = set()
    usual: set[str] = set()
    frequent: set[str] = set()
    with gzip.open(Path(spec.origin).with_name("data") / "large_ar.msgpack.gz") as packed:
        buckets = msgpack.Unpacker(packed, raw=False)
        count = buckets.read_array_header()
        buckets.skip()  # the header of the list
        for centibels in range(count - 1):
            bucket: list[str] = buckets.unpack()
            known.update(word for word in bucket if len(word) >= MIN_LETTERS)
            if centibels < _USUAL_CENTIBELS:
                usual.update(bucket)
            if centibels < _FREQUENT_CENTIBELS:
                frequent.update(bucket)
    return known, usual, frequent


@lru_cache(maxsize=CACHED_WORDS)
def split(word: str) -> int | None:
    """Where a space was lost in `word`, as the length of its first part; None where that is not sure.

    Sure is: a word of six letters or more; after a function word, if the whole is in no lexicon and the rest is
    usual and starts with ال, or is frequent and the function word opens no other word; after ة, which only ends a
    word, and after ى before ال, if both parts are usual. Words with vowel marks are left alone.
    """
    if len(word) < MIN_LETTERS or not _LETTERS.issuperset(word):
        return None
    known, usual, frequent = _lexicon()
    for ending in ("ة", "ىال"):
        at = word.find(ending, 2, len(word) - 2) + 1
        if at and word[:at] in usual and word[at:] in (usual if len(word) - at > 3 else frequent):
            return at
    if word in known:
        return None
    opening = _OPENING.match(word)
    if opening is None:
        return None
    rest = word[opening.end() :]
    if rest.startswith("ال"):
        return opening.end() if len(rest) > 4 and rest in usual else None
    return opening.end() if len(rest) > 3 and rest in frequent and opening[1] in _SURE_BEFORE_ANY else None


def lost_spaces(text: str) -> tuple[int, ...]:
    """Offsets in `text` where a space was lost, ascending."""
    return tuple(
        m.start() + at for m in _WORD.finditer(text) if m.end() - m.start() >= MIN_LETTERS and (at := split(m[0]))
    )
