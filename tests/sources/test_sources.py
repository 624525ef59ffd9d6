from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rasad import sources
from rasad.model import Feed, Source
from rasad.sources import SourceError

GOOD = """\
name_ar: الأخبار
name_en: The News
country: EG
timezone: Africa/Cairo
homepage: https://www.example.com
hosts: [www.example.com, sport.example.com, "127.0.0.1:8080"]
feeds:
  - url: https://www.example.com/rss
    kind: rss
    section: سياسة
"""


def write(folder: Path, text: str, name: str = "akhbar.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_source(tmp_path: Path) -> None:
    write(tmp_path, GOOD + "delay: 7.5\nmonths: levant\nrights: snippet\nselectors:\n  title: h1.main\n")
    assert sources.load([tmp_path]) == {
        "akhbar": Source(
            id="akhbar",
            name_ar="الأخبار",
            name_en="The News",
            country="EG",
            timezone="Africa/Cairo",
            homepage="https://www.example.com",
            hosts=("www.example.com", "sport.example.com", "127.0.0.1:8080"),
            feeds=(Feed("https://www.example.com/rss", "rss", "سياسة"),),
            months="levant",
            rights="snippet",
            delay=7.5,
            selectors=(("title", "h1.main"),),
        )
    }


def test_norway_is_a_country(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("country: EG", "country: NO"))
    assert sources.load([tmp_path])["akhbar"].country == "NO"


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GOOD + "colour: red\n", 11, ["unknown key 'colour'", "known are name_ar"]),
        (changed("    section: سياسة", "    part: سياسة"), 10, ["unknown key 'part' in a feed", "url, kind, section"]),
        (GOOD + "country: SA\n", 11, ["'country' stands twice"]),
        (changed("country: EG\n", ""), 1, ["needs 'country'"]),
        (changed("    kind: rss\n", ""), 8, ["a feed needs 'kind'"]),
        (changed("country: EG", "country: Egypt"), 3, ["'Egypt' is not known", "ISO 3166"]),
        (changed("country: EG", "country: XX"), 3, ["'XX' is not known"]),
        (changed("Africa/Cairo", "Cairo"), 4, ["'Cairo' is not known", "Africa/Cairo"]),
        (changed("https://www.example.com\n", "www.example.com\n"), 5, ["is no web address", "https://"]),
        (changed("https://www.example.com/rss", "https://me:p@example.com/rss"), 8, ["url holds a user or password"]),
        (changed("https://www.example.com/rss", "https://exa mple.com/rss"), 8, ["is no web address"]),
        (changed("www.example.com, ", "https://www.example.com/, "), 6, ["is no host name", "without https://"]),
        (changed("www.example.com, ", "www.example.com, m.example.com, "), 6, ["stands twice"]),
        (changed("[www.example.com, sport.example.com, \"127.0.0.1:8080\"]", "[]"), 6, ["is empty"]),
        (changed("[www.example.com, sport.example.com, \"127.0.0.1:8080\"]", "www.example.com"), 6, ["must be a list"]),
        (changed("kind: rss", "kind: html"), 9, ["'html' is not one of rss, atom, json, sitemap, section"]),
        (GOOD + "months: persian\n", 11, ["levant, iraq, gulf, egypt, maghreb"]),
        (GOOD + "rights: all\n", 11, ["full, snippet, facts"]),
        (GOOD + "dates: none\n", 11, ["dates 'none' is not one of feed, page"]),
        (GOOD + "paths: [arabic]\n", 11, ["'arabic' is no beginning of a path", "/arabic"]),
        (GOOD + "paths: [/arabic/]\n", 11, ["'/arabic/' is no beginning of a path"]),
        (GOOD + "paths: [/]\n", 11, ["'/' is no beginning of a path"]),
        (GOOD + "paths: [/ar, /ar]\n", 11, ["'/ar' stands twice"]),
        (GOOD + "paths: []\n", 11, ["'paths' is empty"]),
        (GOOD + "paths: /ar\n", 11, ["'paths' must be a list"]),
        (GOOD + "delay: soon\n", 11, ["'delay' must be a number of seconds"]),
        (GOOD + "delay: -1\n", 11, ["'delay' must be a number of seconds"]),
        (GOOD + "delay: .nan\n", 11, ["'delay' must be a number of seconds"]),
        (GOOD + "enabled: perhaps\n", 11, ["'enabled' must be true or false"]),
        (GOOD + "enabled: false\n", 1, ["needs a reason"]),
        (GOOD + "selectors: h1\n", 11, ["`field: CSS selector`"]),
        (changed("name_ar: الأخبار", "name_ar:"), 1, ["'name_ar' must be text"]),
        (changed("name_ar: الأخبار", "name_ar: [a]"), 1, ["'name_ar' must be text"]),
        (GOOD + "  - url: https://www.example.com/rss\n    kind: rss\n", 11, ["stands twice"]),
        (GOOD + "  - https://www.example.com/2\n", 11, ["a feed is written as"]),
        ("- a\n- b\n", 1, ["a source is written as"]),
        ("", 1, ["empty", "name_ar"]),
        (GOOD + "reason: 'open\n", 12, ["no YAML"]),
        (GOOD + "\treason: x\n", 11, ["no YAML"]),
        (GOOD + "x: " + "[" * 20_000, 1, ["no YAML"]),
        ("a: &a [*a, *a]\n", 1, ["unknown key"]),
        ("#" * 200_000, 1, ["200,000 bytes"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, text: str, line: int, words: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SourceError) as error:
        sources.load([tmp_path])
    message = str(error.value)
    assert message.startswith(f"{path}:")
    if "no YAML" not in words:
        assert message.startswith(f"{path}:{line}: ")
    assert all(word in message for word in words), message
    assert "\n" not in message


def test_files_of_other_charsets_and_names(tmp_path: Path) -> None:
    write(tmp_path, GOOD).write_bytes(GOOD.encode("windows-1256"))
    with pytest.raises(SourceError, match="UTF-8"):
        sources.load([tmp_path])
    for name, word in (
        ("Al-Akhbar.yaml", "rename"),
        ("a__b.yaml", "rename"),
        ("akhbar.yml", "rename the file to akhbar.yaml"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        write(folder, GOOD, name)
        with pytest.raises(SourceError, match=word):
            sources.load([folder])


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        sources.load([tmp_path / "none"])


def test_two_sources_cannot_claim_one_host(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    other = write(tmp_path, GOOD.replace("[www.example.com, ", "[a.example, m.example.com, "), "other.yaml")
    with pytest.raises(SourceError) as error:
        sources.load([tmp_path])
    assert str(error.value).startswith(f"{other}:6: m.example.com already belongs to akhbar")


def test_a_later_folder_replaces_a_file_of_the_same_name(tmp_path: Path) -> None:
    for name, delay in (("a", 5), ("b", 60)):
        (tmp_path / name).mkdir()
        write(tmp_path / name, GOOD + f"delay: {delay}\n")
    write(tmp_path / "a", GOOD.replace("example.com", "example.org").replace(', "127.0.0.1:8080"', ""), "more.yaml")
    loaded = sources.load([tmp_path / "a", tmp_path / "b"])
    assert list(loaded) == ["akhbar", "more"]
    assert loaded["akhbar"].delay == 60


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.example.com/5", True),
        ("http://example.com:80/5", True),
        ("https://M.EXAMPLE.COM./5", True),
        ("https://amp.example.com/5", True),
        ("https://sport.example.com/5", True),
        ("http://127.0.0.1:8080/5", True),
        ("http://127.0.0.1:8081/5", False),
        ("https://example.com:8443/5", False),
        ("https://example.org/example.com", False),
        ("https://notexample.com/", False),
        ("https://example.com.evil.example/", False),
        ("no address", False),
        ("http://[", False),
    ],
)
def test_for_url(tmp_path: Path, url: str, found: bool) -> None:
    write(tmp_path, GOOD)
    source = sources.for_url(sources.load([tmp_path]), url)
    assert (source is not None) is found


def test_from_host() -> None:
    source = sources.from_host("www.Al-Ayam.com")
    assert (source.id, source.hosts, source.country, source.timezone) == ("al_ayam__com", ("al-ayam.com",), "ZZ", "UTC")
    assert (source.enabled, source.rights, source.feeds) == (False, "facts", ())
    assert source.reason
    assert sources.from_host("m.al-ayam.com").id == source.id
    assert sources.for_url({source.id: source}, "https://www.al-ayam.com/5") == source
    assert len({sources.from_host(h).id for h in ("ab.com", "a-b.com", "a.b.com", "a.b-com", "ab.com:8080")}) == 5


def test_a_source_may_claim_a_part_of_its_hosts(tmp_path: Path) -> None:
    write(tmp_path, GOOD + "paths: [/arabic, /ar/news]\n")
    shipped = sources.load([tmp_path])
    for path, claimed in (
        ("/arabic", True),
        ("/arabic/articles/c1", True),
        ("/arabic?page=2", True),
        ("/ar/news/5", True),
        ("/arabica/5", False),
        ("/ar/5", False),
        ("/news/world-5", False),
        ("", False),
    ):
        found = sources.for_url(shipped, f"https://www.example.com{path}")
        assert (found == shipped["akhbar"]) is claimed, path


def test_two_sources_may_share_a_host_by_their_paths(tmp_path: Path) -> None:
    write(tmp_path, GOOD + "paths: [/arabic]\n")
    other = GOOD.replace("[www.example.com, ", "[www.example.com, a.example, ").replace("sport.example.com, ", "")
    write(tmp_path, other.replace(', "127.0.0.1:8080"', "") + "paths: [/persian]\n", "other.yaml")
    shipped = sources.load([tmp_path])
    assert sources.for_url(shipped, "https://example.com/persian/1") == shipped["other"]
    assert sources.for_url(shipped, "https://example.com/arabic/1") == shipped["akhbar"]
    for paths in ("paths: [/arabic/sport]\n", ""):
        write(tmp_path, other.replace(', "127.0.0.1:8080"', "") + paths, "other.yaml")
        with pytest.raises(SourceError, match="part them by `paths`"):
            sources.load([tmp_path])


def test_only_the_beginning_of_a_host_is_understood(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("sport.example.com", "gate.ahram.example.com"))
    shipped = sources.load([tmp_path])
    assert sources.for_url(shipped, "https://www.gate.ahram.example.com/1") == shipped["akhbar"]
    assert sources.for_url(shipped, "https://gate.ahraexample.com/1") is None
    assert sources.from_host("gate.ahram.org.eg").id == "gate__ahram__org__eg"


# The publishers that come with the package


def test_the_package_has_publishers_of_many_countries() -> None:
    shipped = sources.load()
    enabled = [source for source in shipped.values() if source.enabled]
    assert len(enabled) >= 100
    assert len({source.country for source in enabled}) >= 25
    assert all(source.feeds for source in enabled)
    assert all(source.delay >= 5 for source in shipped.values())


def test_names_are_in_their_script() -> None:
    for source in sources.load().values():
        assert any("\u0621" <= c <= "\u064a" for c in source.name_ar) or source.name_ar[0].isdigit(), source.id
        assert source.name_en.isascii(), source.id


def test_homepages_belong_to_their_source() -> None:
    shipped = sources.load()
    for source in shipped.values():
        assert sources.for_url(shipped, source.homepage) == source
        assert not urlsplit(source.homepage).query


def test_publishers_that_restrict_reuse_or_robots() -> None:
    shipped = sources.load()
    assert {shipped[i].rights for i in ("bbc_arabic", "cnn_arabic", "euronews_arabic", "alghad")} <= {
        "snippet",
        "facts",
    }
    assert {source.rights for source in shipped.values()} <= {"snippet", "facts"}  # no terms were seen that allow more
    for off in ("alarabiya", "erem_news", "alakhbar_lb", "ahram", "petra"):
        assert not shipped[off].enabled
        assert shipped[off].reason
    assert shipped["alquds_alarabi"].delay == 120


def test_publishers_whose_feeds_date_wrongly() -> None:
    shipped = sources.load()
    assert {source.id for source in shipped.values() if source.dates == "page"} == {
        "alghad",
        "almamlaka",
        "roya",
        "rt_arabic",
    }


def test_publishers_with_pages_in_other_languages_claim_their_arabic_ones() -> None:
    shipped = sources.load()
    for url, owner in (
        ("https://www.bbc.com/arabic/articles/c0000000000o", "bbc_arabic"),
        ("https://www.bbc.com/news/articles/c0000000000o", None),
        ("https://www.france24.com/en/france", None),
        ("https://www.dw.com/ar/a-1", "dw_arabic"),
    ):
        found = sources.for_url(shipped, url)
        assert (found.id if found else None) == owner


def test_sections_are_named_in_arabic() -> None:
    for source in sources.load().values():
        for feed in source.feeds:
            assert feed.section is None or any("\u0621" <= c <= "\u064a" for c in feed.section), feed.url
            assert feed.section is None or "غير مؤكد" not in feed.section, feed.url
