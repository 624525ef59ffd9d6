"""Whatever charset a page is in, and whatever it says, its text comes out."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.model import Page
from rasad.pages import charset

TEXT = (
    "<p>قال محافظ المدينة إن الجسر الجديد سيفتح أمام المارة بعد العيد، وإن الأشغال انتهت في الموعد المقرر. "
    "وأضاف أن البلدية ستعيد الأشجار إلى الضفة الشرقية من النهر قبل الشتاء.</p>"
)


def page(body: bytes, content_type: str | None = None) -> Page:
    headers = (("content-type", content_type),) if content_type else ()
    return Page("https://a.example/1", "a", 200, headers, body, datetime(2026, 3, 1, tzinfo=timezone.utc))


@pytest.mark.parametrize("codec", ["utf-8", "cp1256", "iso8859-6"])
@pytest.mark.parametrize(
    ("content_type", "meta"),
    [
        (None, ""),
        ("text/html", ""),
        ("text/html; charset=utf-8", ""),
        ("text/html; charset=windows-1256", ""),
        ("text/html; charset=ISO-8859-1", ""),
        ('text/html; charset="ISO-8859-6"', ""),
        (None, '<meta charset="utf-8">'),
        (None, '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">'),
        ("text/html; charset=no-such-charset", '<meta charset="base64">'),
        (None, '<?xml version="1.0" encoding="iso-8859-6"?>'),
    ],
)
def test_the_bytes_decide(codec: str, content_type: str | None, meta: str) -> None:
    raw = (meta + TEXT).encode(codec)
    text, found = charset.decode(page(raw, content_type))
    assert text == meta + TEXT
    assert found in (codec, "utf-8")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_bom(codec: str) -> None:
    assert charset.decode(page(TEXT.encode(codec), "text/html; charset=windows-1256"))[0] == TEXT


def test_utf8_cut_in_a_letter_and_with_a_foreign_byte_is_still_utf8() -> None:
    raw = TEXT.encode()
    cut = raw[: raw.rindex(b" ") - 1]
    assert charset.decode(page(cut[:-1] if cut[-1] < 0xC0 else cut))[1] == "utf-8"
    assert charset.decode(page(raw + "é".encode("latin-1") + raw))[1] == "utf-8"


def test_a_declared_legacy_charset_that_fits_is_kept() -> None:
    raw = '<meta charset="windows-1256"><p>café</p>'.encode("cp1256")
    assert charset.decode(page(raw)) == ('<meta charset="windows-1256"><p>café</p>', "cp1256")


@pytest.mark.parametrize("codec", ["cp1252", "cp1256"])
def test_text_encoded_twice_is_read_as_meant(codec: str) -> None:
    words = "المدينة الجديدة"
    broken = words.encode().decode(codec)
    assert charset.decode(page(f"<p>{broken}</p><p>عنوان</p>".encode()))[0] == f"<p>{words}</p><p>عنوان</p>"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_never_fails(body: bytes, content_type: str) -> None:
    text, name = charset.decode(page(body, content_type))
    assert isinstance(text, str)
    b"".decode(name)
