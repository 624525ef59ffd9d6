from __future__ import annotations

from rasad.web import sitemaps
from rasad.web.sitemaps import Entry


def test_entries_without_a_namespace_or_with_a_wrong_one() -> None:
    for space in (
        "",
        ' xmlns="http://www.google.com/schemas/sitemap/0.84"',
        ' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"',
    ):
        body = f"<urlset{space}><url><loc>https://example.com/1</loc><lastmod>2026-03-10</lastmod></url></urlset>"
        assert sitemaps.read(body.encode()) == ([Entry("https://example.com/1", False, "2026-03-10")], None)


def test_an_undeclared_prefix() -> None:
    body = "<urlset><url><loc>https://example.com/1</loc><news:news><news:title>خبر</news:title></news:news></url></urlset>"
    assert sitemaps.read(body.encode())[0] == [Entry("https://example.com/1", False, title="خبر")]


def test_images_have_locations_and_titles_of_their_own() -> None:
    body = (
        '<urlset xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><image:image>'
        "<image:loc>https://example.com/1.jpg</image:loc><image:title>صورة</image:title></image:image>"
        "<loc>https://example.com/1</loc></url></urlset>"
    )
    assert sitemaps.read(body.encode())[0] == [Entry("https://example.com/1", False)]


def test_an_index() -> None:
    body = b"<sitemapindex><sitemap><loc>https://example.com/a.xml</loc></sitemap></sitemapindex>"
    assert sitemaps.read(body)[0] == [Entry("https://example.com/a.xml", True)]


def test_an_entry_without_a_location_is_none_and_lends_nothing_to_the_next() -> None:
    body = b"<urlset><url><lastmod>2026-03-10</lastmod></url><url><loc>https://example.com/1</loc></url></urlset>"
    assert sitemaps.read(body)[0] == [Entry("https://example.com/1", False)]


def test_damaged_files_give_what_they_have() -> None:
    body = (
        b"<urlset><url><loc>https://example.com/1</loc></url><url><loc>https://example.com/?a=1&b=2</loc></url><url><lo"
    )
    assert [entry.url for entry in sitemaps.read(body)[0]] == ["https://example.com/1", "https://example.com/?a=1&b=2"]
    assert sitemaps.read(b"")[0] == []
