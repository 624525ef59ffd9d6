from __future__ import annotations

import gzip
import time
import zlib

import pytest

from rasad.web.compression import BadEncoding, TooLarge, decoded, gunzipped

TEXT = "خبر عاجل ".encode() * 100


def bare(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return machine.compress(data) + machine.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), " X-GZIP "),
        (gzip.compress(TEXT[:50]) + gzip.compress(TEXT[50:]), "gzip"),
        (gzip.compress(TEXT) + b"\0\0", "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (bare(TEXT), "deflate"),
        (gzip.compress(zlib.compress(TEXT)), "deflate, gzip"),
        (TEXT, "gzip"),  # said so, and is not
        (TEXT, "utf-8"),
    ],
)
def test_decoded(body: bytes, encoding: str) -> None:
    assert decoded(body, encoding, 10_000) == TEXT


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"\0" * 50_000_000), "gzip"),
        (zlib.compress(b"\0" * 50_000_000), "deflate"),
        (gzip.compress(gzip.compress(b"\0" * 50_000_000)), "gzip, gzip"),
        (gzip.compress(b"\0" * 600) * 2, "gzip"),
    ],
)
def test_a_bomb_is_not_let_off(body: bytes, encoding: str) -> None:
    with pytest.raises(TooLarge, match=r"1,000 bytes|200|400"):
        decoded(body, encoding, 1_000)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(TEXT)[:-20], "gzip"),
        (gzip.compress(TEXT)[:30] + b"xxxx" + gzip.compress(TEXT)[34:], "gzip"),
        (b"not deflated", "deflate"),
        (TEXT, "br"),
        (TEXT, "gzip, gzip, gzip, gzip"),
    ],
)
def test_what_cannot_be_undone_says_why(body: bytes, encoding: str) -> None:
    with pytest.raises(BadEncoding):
        decoded(body, encoding, 10_000)


def test_the_limit_itself_is_allowed() -> None:
    assert len(gunzipped(gzip.compress(b"a" * 1000), 1000)) == 1000
    with pytest.raises(TooLarge):
        gunzipped(gzip.compress(b"a" * 1001), 1000)


def test_many_members_take_time_by_their_number_alone() -> None:
    """Four times as many took sixteen times as long, and 10 MB of empty ones a minute and more."""
    start = time.process_time()
    assert gunzipped(gzip.compress(b"") * 200_000, 1_000) == b""
    assert time.process_time() - start < 10
