"""Light stems: what the forms of one Arabic noun share without their clitics and endings. Compared, never shown."""

from __future__ import annotations

from functools import lru_cache

from rasad.arabic.text import CACHED_WORDS

# The longest that fits is cut; what is left keeps at least three letters (after Larkey's light10).
_PREFIXES = ("وبال", "وكال", "فبال", "وال", "بال", "كال", "فال", "ولل", "لل", "ال", "وب", "ول")
_SUFFIXES = (
    "اتها",
    "اتهم",
    "تها",
    "تهم",
    "هما",
    "يات",
    "يين",
    "يون",
    "يا",
    "ها",
    "هم",
    "نا",
    "ات",
    "ون",
    "ين",
    "ان",
    "يه",
    "ته",
    "وا",
    "ه",
    "ي",
    "ا",
)


@lru_cache(maxsize=CACHED_WORDS)
def stem(word_key: str) -> str:
    """Stem of a match key: الانتخابات, وللانتخابات and انتخابات are انتخاب; short words stay whole."""
    word = word_key
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            word = word[len(prefix) :]
            break
    else:
        if word[:1] == "و" and len(word) > 4:
            word = word[1:]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word
