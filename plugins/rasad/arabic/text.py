"""Match keys: what two spellings of one Arabic word share. A key is compared, never shown or stored as text."""

from __future__ import annotations

import unicodedata

# Of how many words a cache keeps what was found out. New words never end, but most of a text's stood in those before
# it: so many answer four of five questions, are met within 300 articles, and bound a process that reads thousands.
CACHED_WORDS = 20_000

_FOLD = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ؤ": "و",
        "ئ": "ي",
        **{chr(0x0660 + n): str(n) for n in range(10)},
        **{chr(0x06F0 + n): str(n) for n in range(10)},
        "ـ": None,
        **{chr(c): None for c in range(0x064B, 0x0660)},  # vowel marks
        "\u0670": None,  # superscript alef
        **{chr(c): None for c in (0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x061C, 0xFEFF)},
        **{chr(c): None for c in range(0x202A, 0x202F)},
        **{chr(c): None for c in range(0x2066, 0x206A)},
    }
)


def key(text: str) -> str:
    """Fold spelling variants: alef and hamza seats, ى ی, ة, ک, digits of both sets, marks, tatweel, case, spaces.

    Clitics stay: stripping them is a guess, which the token layer makes as variants.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_FOLD)
    return " ".join(text.lower().split())


def keys(words: str, separator: str | None = None) -> frozenset[str]:
    """The keys of a word list written as one string, separated by spaces unless `separator` says otherwise."""
    return frozenset(map(key, words.split(separator)))
