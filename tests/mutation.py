"""Documents that were damaged on their way: a valid one, cut, nested, repeated, re-encoded, with odd bytes in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

MOST_BYTES = 150_000  # of a mutated document: repetition multiplies

_ODD = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xd8", b"\xd8\xa7\xd9", b"\xc7\xe1", b"\xed\xa0\x80", b"\x1b", b"\x0b",
    b"&#0;", b"&#x110000;", b"&#1575;", b"&nosuch;", b"&amp;amp;", b"<", b">", b'"', b"'", b"<!--", b"-->", b"]]>",
    b"<![CDATA[", b"<?php", b"\xe2\x80\xae", b"\xd9\x80" * 50, b"\r", b"\xc2\xa0", b"\xf0\x9f\x98\x80", b"{", b"}",
)  # fmt: skip


def mutated(documents: Sequence[str], pieces: Sequence[str]) -> st.SearchStrategy[bytes]:
    """Bytes out of one of `documents` by a few mutations; `pieces` are markup of their kind to put in."""
    tokens = st.sampled_from([*(piece.encode() for piece in pieces), *_ODD])
    nests = st.sampled_from([piece.encode() for piece in pieces if piece.startswith("<")])
    place = st.floats(0, 1)
    changes: st.SearchStrategy[Callable[[bytes], bytes]] = st.one_of(
        st.builds(_cut, place, place),
        st.builds(_truncated, place),
        st.builds(_repeated, place, place, st.integers(2, 200)),
        st.builds(_moved, place, place, place),
        st.builds(_with, place, tokens, st.sampled_from([1, 1, 1, 20, 2_000])),
        st.builds(_nested, place, place, nests, st.sampled_from([1, 5, 300, 3_000])),
        st.builds(_flipped, st.lists(st.tuples(place, st.integers(0, 255)), min_size=1, max_size=10)),
        st.builds(_with_attribute, place, st.sampled_from([10, 1_000, 100_000])),
        st.sampled_from([_as("cp1256"), _as("iso8859-6"), _as("utf-16"), _as("utf-8-sig"), _as("latin-1")]),
    )
    return st.builds(_all, st.sampled_from([d.encode() for d in documents]), st.lists(changes, max_size=6))


def _all(document: bytes, changes: Sequence[Callable[[bytes], bytes]]) -> bytes:
    for change in changes:
        document = change(document)[:MOST_BYTES]
    return document


def _span(document: bytes, one: float, other: float) -> tuple[int, int]:
    start, end = sorted((int(one * len(document)), int(other * len(document))))
    return start, end


def _cut(one: float, other: float) -> Callable[[bytes], bytes]:
    def change(document: bytes) -> bytes:
        start, end = _span(document, one, other)
        return document[:start] + document[end:]

    return change


def _truncated(place: float) -> Callable[[bytes], bytes]:
    return lambda document: document[: int(place * len(document))]


def _repeated(one: float, other: float, times: int) -> Callable[[bytes], bytes]:
    def change(document: bytes) -> bytes:
        start, end = _span(document, one, other)
        return document[:start] + document[start:end] * times + document[end:]

    return change


def _moved(one: float, other: float, to: float) -> Callable[[bytes], bytes]:
    def change(document: bytes) -> bytes:
        start, end = _span(document, one, other)
        rest = document[:start] + document[end:]
        at = int(to * len(rest))
        return rest[:at] + document[start:end] + rest[at:]

    return change


def _with(place: float, token: bytes, times: int) -> Callable[[bytes], bytes]:
    def change(document: bytes) -> bytes:
        at = int(place * len(document))
        return document[:at] + token * times + document[at:]

    return change


def _nested(one: float, other: float, opening: bytes, depth: int) -> Callable[[bytes], bytes]:
    def change(document: bytes) -> bytes:
        start, end = _span(document, one, other)
        return document[:start] + opening * depth + document[start:end] + document[end:]

    return change


def _flipped(places: Sequence[tuple[float, int]]) -> Callable[[bytes], bytes]:
    def change(document: bytes) -> bytes:
        changed = bytearray(document)
        for place, byte in places:
            if changed:
                changed[int(place * (len(changed) - 1))] = byte
        return bytes(changed)

    return change


def _with_attribute(place: float, size: int) -> Callable[[bytes], bytes]:
    """An attribute of `size` characters in the tag that ends next."""

    def change(document: bytes) -> bytes:
        at = document.find(b">", int(place * len(document)))
        return document if at < 0 else document[:at] + b' class="' + b"a-" * (size // 2) + b'"' + document[at:]

    return change


def _as(codec: str) -> Callable[[bytes], bytes]:
    def change(document: bytes) -> bytes:
        return document.decode("utf-8", "replace").encode(codec, "xmlcharrefreplace")

    return change
