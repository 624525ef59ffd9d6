# ruff: noqa: E501  (a row is a line)
"""Pages, feeds and texts that mean harm, read as the stages read them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from tests.hostile.cases import Case
from tests.pages.test_fuzz import DATA, FETCHED, P1, P2, PLAIN, SELECTING, THEME, TITLE, URL, sane
from tests.web.test_fuzz import ATOM, JSON, NOW, RSS, SITEMAP, SOURCE
from tests.web.test_fuzz import URL as FEED_URL

from rasad import facts, pages
from rasad.arabic import display
from rasad.facts.rows import rows
from rasad.model import Article, Feed, Page, ReadArticle
from rasad.pages import charset
from rasad.stages import extract, landing
from rasad.web import feeds

SECRET = "root:"  # what /etc/passwd begins with, and no document here
CONTROLS = "".join(map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def page(body: str | bytes, content_type: str = "text/html; charset=utf-8") -> str:
    """A page on its way to the warehouse: decoded, read, its facts found, written for the next stage and read back."""
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    fetched = Page(URL, "difa", 200, (("content-type", content_type),), data, FETCHED)
    text, name = charset.decode(fetched)
    assert not name.startswith(("utf-7", "utf_7"))
    assert "".encode(name) is not None
    assert SECRET not in text
    read = pages.read(fetched, SELECTING if len(data) % 4 == 0 else PLAIN)
    if not isinstance(read, Article):
        assert read.reason.isprintable()
        return read.outcome
    sane(read)
    return told(read)


def text(body: str, title: str | None = TITLE) -> str:
    """The words of an article, as anybody may write them."""
    cleaned, edits = display.clean(body)
    assert display.restore(cleaned, edits) == body
    assert not set(cleaned) & set(CONTROLS)
    return told(Article(URL, title, cleaned, "2026-03-10T09:15:00+03:00", source_id="difa", text_edits=edits))


def warm() -> None:
    """Load the lexicons and models once for all: no attack is to pay for them."""
    page(THEME)
    feed(RSS)


def told(article: Article) -> str:
    found = rows(facts.read(article), extract.VERSIONS)
    for fact in found:
        field = article.title if fact.field == "title" else article.text
        assert field is not None
        assert field[fact.start : fact.end] == fact.text
    read = ReadArticle(article, found, article.url)
    line = json.loads(json.dumps(landing.article_line(read)))
    assert landing.read_article(line).article.text == article.text
    return "article"


def feed(body: str | bytes, content_type: str = "application/xml", packed: bool = False) -> str:
    """What is announced, read as every kind that a source may have named."""
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    data = gzip.compress(data, 1) if packed else data
    ends = set()
    for kind in ("rss", "sitemap"):
        listing = feeds.read(data, content_type, Feed(FEED_URL, kind), SOURCE, NOW)  # type: ignore[arg-type]
        assert SECRET not in repr(listing)
        assert len(listing.links) <= feeds.MAX_LINKS
        assert all(link.url.startswith(("https://", "http://")) for link in listing.links)
        ends.add(listing.problem or f"{len(listing.links)} links")
    (end,) = ends
    return end


def entity(declared: str, used: str, where: str = RSS) -> str:
    """A document whose DTD declares something, and which uses it where a title stands."""
    head = f"<?xml version='1.0'?><!DOCTYPE rss [{declared}]>"
    body = where.split("?>", 1)[1] if where.startswith("<?xml") else where
    return head + body.replace("خبر ثان", used).replace("خبر &amp; خبر", used).replace("<title>خبر<", f"<title>{used}<")


def laughs(levels: int, times: int) -> str:
    """Entities that stand for others, ten times over each."""
    lines = [f'<!ENTITY a{n} "{f"&a{n - 1};" * times}">' for n in range(1, levels)]
    return '<!ENTITY a0 "lol">' + "".join(lines)


def linked_data(data: str) -> str:
    return THEME.replace("</head>", f'<script type="application/ld+json">{data}</script></head>')


def body(words: str) -> str:
    return THEME.replace(P1, words)


DTDS = {
    "billion laughs": (laughs(10, 10), "&a9;"),
    "quadratic blow-up": (f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 10_000),
    "an entity that stands for itself": ('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
    "a file": ('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
    "a file by its path": ('<!ENTITY a SYSTEM "/etc/passwd">', "&a;"),
    "a web page": ('<!ENTITY a SYSTEM "http://127.0.0.1:1/x">', "&a;"),
    "a public entity": ('<!ENTITY a PUBLIC "-//x" "file:///etc/passwd">', "&a;"),
    "a parameter entity": ('<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;', "x"),
    "a DTD from outside": ('<!ENTITY % a SYSTEM "http://127.0.0.1:1/x.dtd"> %a; %b;', "&c;"),
    "an unparsed entity": ('<!NOTATION n SYSTEM "x"><!ENTITY a SYSTEM "file:///etc/passwd" NDATA n>', "&a;"),
}
ATTRIBUTES = " ".join(f"a{n}" for n in range(100_000))
FEEDS: dict[str, Callable[[], str | bytes]] = {
    "XInclude": lambda: RSS.replace(
        "خبر ثان", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    ),
    "a stylesheet from outside": lambda: RSS.replace("?>", '?><?xml-stylesheet href="file:///etc/passwd"?>', 1),
    "thirty thousand levels": lambda: RSS.replace("<item>", "<a>" * 30_000 + "<item>", 1),
    "a hundred thousand attributes": lambda: RSS.replace(
        "<channel>", "<channel " + " ".join(f'a{n}="b"' for n in range(100_000)) + ">"
    ),
    "a hundred thousand namespaces": lambda: RSS.replace(
        "<channel>", "<channel " + " ".join(f'xmlns:a{n}="u:{n}"' for n in range(100_000)) + ">"
    ),
    "a hundred thousand attributes, in a title's own markup": lambda: RSS.replace(
        "خبر ثان", f"&lt;b {ATTRIBUTES}&gt;خبر&lt;/b&gt;"
    ),
    "a page of a hundred thousand attributes": lambda: f"<!doctype html><html><head><title>x</title><body {ATTRIBUTES}>",
    "a title of two megabytes": lambda: RSS.replace("خبر ثان", "خبر " * 300_000),
    "a comment without end": lambda: RSS.replace("<item>", "<!--" + "-" * 2_000_000, 1),
    "CDATA without end": lambda: RSS.replace("<item>", "<![CDATA[" + "]" * 2_000_000, 1),
    "links by the hundred thousand": lambda: RSS.replace(
        "<item>", "".join(f"<item><link>https://www.example.com/{n}</link></item>" for n in range(100_000)) + "<item>", 1
    ),
    "links out of the source": lambda: RSS.replace("www.example.com", "127.0.0.1:5432"),
    "links to files": lambda: RSS.replace("https://www.example.com", "file:///etc/passwd"),
    "UTF-16 that says UTF-8": lambda: entity(*DTDS["a file"]).encode("utf-16"),
    "UTF-7": lambda: RSS.replace('encoding="utf-8"', 'encoding="utf-7"').encode("utf-7"),
    "EBCDIC": lambda: RSS.replace('encoding="utf-8"', 'encoding="cp037"').encode("utf-8"),
    "an encoding that is a codec of Python": lambda: RSS.replace('encoding="utf-8"', 'encoding="zlib_codec"'),
    "zero bytes": lambda: bytes(3_000_000),
    "one letter": lambda: "<",
    "dates of a thousand years": lambda: RSS.replace("2026", "9" * 4_000),
    "a sitemap of 200,000": lambda: SITEMAP.replace(
        "<url>",
        "".join(f"<url><loc>https://www.example.com/news/{n}</loc></url>" for n in range(200_000)) + "<url>", 1,
    ),
    "a sitemap of itself": lambda: "<sitemapindex>"
    + f"<sitemap><loc>{FEED_URL}</loc></sitemap>" * 50_000 + "</sitemapindex>",
    "a sitemap of deep entries": lambda: SITEMAP.replace("<url>", "<url>" * 200_000, 1),
    "JSON of deep lists": lambda: '{"items":' + "[" * 500_000,
    "JSON of deep objects": lambda: '{"items":' * 200_000,
    "JSON with numbers of a megabyte": lambda: JSON.replace('"id": 2', '"id": ' + "9" * 1_000_000),
    "JSON with no number": lambda: JSON.replace('"id": 2', '"id": NaN, "date_published": -Infinity, "url": 1e999'),
    "JSON with keys by the hundred thousand": lambda: '{"items":[{'
    + ",".join(f'"k{n}":1' for n in range(200_000)) + "}]}",
    "Atom in Atom": lambda: ATOM.replace("<entry>", "<entry><content>" * 20_000),
}  # fmt: skip
PAGES: dict[str, Callable[[], str | bytes]] = {
    "a line of a megabyte": lambda: body("خبر " * 250_000),
    "a word of a megabyte": lambda: body("خ" * 1_000_000),
    "a hundred thousand links": lambda: THEME.replace("<p>", "<p>" + "<a href='/a/2'>خبر</a> " * 100_000, 1),
    "a hundred thousand levels": lambda: THEME.replace("<article", "<div>" * 100_000 + "<article"),
    "bold in italics without end": lambda: THEME.replace("<p>", "<p>" + "<b><i>" * 50_000, 1),
    "tables in tables": lambda: THEME.replace("<p>", "<table><tr><td>" * 20_000 + "<p>", 1),
    "forms in buttons": lambda: THEME.replace("<p>", "<button><form><a>" * 20_000 + "<p>", 1),
    "ten thousand attributes": lambda: THEME.replace(
        "<article", "<article " + " ".join(f"a{n}=b" for n in range(10_000))
    ),
    "a hundred thousand attributes": lambda: THEME.replace("<article", f"<article {ATTRIBUTES}"),
    "a hundred thousand attributes, each with an end of tag": lambda: THEME.replace(
        "<article", "<article " + " ".join(f'a{n}=">"' for n in range(100_000))
    ),
    "a hundred thousand attributes behind a title's quotation mark": lambda: THEME.replace(
        "</title>", '<a b="</title>').replace("<article", f'<article {ATTRIBUTES} "'),
    "a hundred thousand attributes in the heading": lambda: THEME.replace("<h1>", f"<h1 {ATTRIBUTES}>"),
    "a thousand attributes a hundred times": lambda: THEME.replace(
        "<p>", f"<p {' '.join(f'a{n}' for n in range(1_000))}>x</p>" * 100 + "<p>", 1),
    "a title of half a megabyte": lambda: THEME.replace(TITLE, "عنوان " * 50_000),
    "twenty thousand headings": lambda: THEME.replace("<h1>", "<h1>خبر</h1>" * 20_000 + "<h1>"),
    "twenty thousand times": lambda: THEME.replace("<time", "<time datetime=2026-03-10>10/3/2026</time>" * 20_000 + "<time"),
    "a comment without end": lambda: THEME.replace("<p>", "<!--" + "-" * 1_000_000, 1),
    "a script without end": lambda: THEME.replace("<p>", "<script>" + "<!--<script>" * 100_000, 1),
    "a hundred thousand entities": lambda: body("&amp;" * 100_000 + "&#1575;" * 100_000),
    "entities without end": lambda: body("&" + "a" * 1_000_000),
    "numeric entities out of range": lambda: body("&#x110000;&#xD800;&#0;&#99999999999999999999;" * 10_000),
    "a DTD with laughs": lambda: "<!DOCTYPE html [" + laughs(10, 10) + "]>" + THEME.replace(P2, "&a9;" * 100),
    "a DTD with a file": lambda: '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + THEME.replace(P2, "&a;"),
    "combining marks": lambda: body("ا" + "\u0651" * 500_000),
    "letters apart from their hamza": lambda: body("ا\u0654" * 60_000),
    "mojibake of mojibake": lambda: body(P1.encode().decode("latin-1").encode().decode("latin-1") * 200),
    "tatweel": lambda: body("خ" + "ـ" * 500_000 + "بر"),
    "a base from outside": lambda: THEME.replace("<head>", '<head><base href="file:///etc/">'),
    "a canonical address that is a script": lambda: THEME.replace(f'href="{URL}"', 'href="javascript:alert(1)"'),
    "a canonical address of this machine": lambda: THEME.replace(f'href="{URL}"', 'href="http://127.0.0.1/"'),
    "a meta refresh": lambda: THEME.replace("<head>", '<head><meta http-equiv=refresh content="0;url=file:///x">'),
    "class names of a megabyte": lambda: THEME.replace('class="entry"', f'class="{"entry author " * 80_000}"'),
    "style of a megabyte": lambda: THEME.replace("<p>", f'<p style="{"display:none;" * 80_000}">', 1),
    "SVG in MathML in SVG": lambda: THEME.replace("<p>", "<svg><math><mtext>" * 10_000 + "<p>", 1),
    "zero bytes between letters": lambda: THEME.encode().replace("ق".encode(), b"\0" + "ق".encode()),
    "lone surrogates": lambda: body("\ud800" * 10_000 + P1),
    "JSON-LD of deep lists": lambda: linked_data("[" * 500_000),
    "JSON-LD of deep objects": lambda: linked_data('{"@graph":' * 100_000 + "1" + "}" * 100_000),
    "JSON-LD of deep objects, closed": lambda: linked_data('{"a":' * 900 + "1" + "}" * 900),
    "JSON-LD with a number of a megabyte": lambda: linked_data('{"@type":"NewsArticle","dateModified":' + "9" * 1_000_000 + "}"),
    "JSON-LD with no number": lambda: linked_data('{"@type":"NewsArticle","headline":NaN,"author":1e999,"image":-Infinity}'),
    "JSON-LD of the wrong types": lambda: linked_data(
        '{"@type":{"a":[]},"headline":{"x":1},"author":[[[[]]]],"datePublished":{},"image":[null,[],{}],"keywords":[1,{}]}'
    ),
    "JSON-LD with authors by the hundred thousand": lambda: linked_data(
        json.dumps({"@type": "NewsArticle", "headline": TITLE, "author": [{"name": f"كاتب {n}"} for n in range(100_000)]})
    ),
    "JSON-LD a hundred thousand times": lambda: THEME.replace(
        "</head>", '<script type="application/ld+json">{"@type":"NewsArticle"}</script>' * 100_000 + "</head>"
    ),
    "data of a page nested without end": lambda: DATA.replace('"list":[', '"list":' + '[{"a":' * 100_000),
}  # fmt: skip
CP1256 = THEME.encode("cp1256", "replace")
CHARSETS: dict[str, tuple[bytes, str]] = {
    "UTF-7 with a script": (
        THEME.encode().replace(b"<p>", b"<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-", 1),
        "utf-7",
    ),
    "UTF-7 alone": (THEME.encode("utf-7"), "utf-7"),
    "a BOM of UTF-16 before UTF-8": (b"\xff\xfe" + THEME.encode(), "utf-8"),
    "a BOM of UTF-32": (b"\xff\xfe\0\0" + THEME.encode("utf-32-le"), "utf-8"),
    "UTF-16 without a BOM": (THEME.encode("utf-16-le"), "utf-8"),
    "a header that lies": (CP1256, "utf-8"),
    "a header that names a codec": (CP1256, "zlib_codec"),
    "a header that names an escape": (CP1256 + rb"\ud800\x00\u202e" * 1000, "unicode_escape"),
    "a header that names a raw escape": (CP1256 + rb"\ud800\U00110000" * 1000, "raw_unicode_escape"),
    "a header that names punycode": (CP1256 + b"-" + b"a9" * 100_000, "punycode"),
    "a header that names IDNA": (CP1256 + b"." + b"xn--a" * 100_000, "idna"),
    "a header that names nothing": (CP1256, "undefined"),
    "a header of a megabyte": (CP1256, "x" * 1_000_000),
    "a header with a zero byte": (CP1256, "cp1256\0"),
    "an escape of Japanese": (CP1256 + b"\x1b$B" * 10_000, "iso2022_jp"),
    "overlong letters": (THEME.encode().replace(b"<p>", b"<p>" + b"\xc0\xbcscript\xc0\xbe" * 1000, 1), "utf-8"),
    "every byte": (bytes(range(256)) * 4_000, "windows-1256"),
    "no letter at all": (b"\xff" * 1_000_000, "windows-1256"),
}
QUOTE = "قال الوزير سامر الحداد: «"
TEXTS: dict[str, Callable[[], str]] = {
    "quotation marks that open": lambda: "«" * 200_000,
    "quotation marks that close": lambda: "»" * 80_000,
    "straight quotation marks": lambda: '" ' * 100_000,
    "quotes in quotes": lambda: QUOTE * 2_000,
    "speech verbs": lambda: "قال إن " * 20_000,
    "names": lambda: "محمد عبد الله أحمد " * 4_000,
    "one name without end": lambda: "بن محمد " * 20_000,
    "titles without a name": lambda: "رئيس وزير مدير أمين " * 10_000,
    "and and and": lambda: "و" * 300_000,
    "digits": lambda: "9" * 300_000,
    "Arabic digits": lambda: "٩" * 300_000,
    "digits with commas": lambda: "1,234," * 50_000,
    "numbers in words": lambda: "مليون ومئة وخمسة وعشرون ألف " * 8_000,
    "millions of millions": lambda: "5 " + "مليون " * 15_000,
    "dates": lambda: "10/3/2026 " * 8_000,
    "half dates": lambda: "10/3/" * 20_000,
    "months": lambda: "آذار/مارس " * 20_000,
    "ranges of days": lambda: "من 1 إلى " * 8_000,
    "Hijri dates": lambda: "21 رمضان 1447 هـ الموافق " * 6_000,
    "money": lambda: "5 ملايين دولار و" * 8_000,
    "percent signs": lambda: "%" * 200_000,
    "minus signs": lambda: "- " * 100_000,
    "brackets": lambda: "(" * 200_000,
    "full stops": lambda: "." * 150_000,
    "full stops before a letter": lambda: "." * 150_000 + "ب",
    "line ends": lambda: "\n" * 300_000,
    "blanks": lambda: " " * 500_000,
    "lines of one letter": lambda: "ب\n" * 50_000,
    "the same sentence": lambda: (P1 + " ") * 500,
    "presentation forms": lambda: "\ufdfa" * 20_000,
    "vowel marks": lambda: "مُ" * 150_000,
    "letters of all scripts": lambda: "".join(map(chr, range(0x20, 0xD800))),
    "the end of Unicode": lambda: "\U0010ffff" * 100_000,
    "emoji joined": lambda: "👩\u200d" * 50_000,
    "glued words": lambda: "كلمةعلى" * 40_000,
    "a web address": lambda: "https://" + "a" * 300_000,
    "mail addresses": lambda: "a@" * 50_000,
}
BIDI = {
    "an override": "\u202eلا\u202c " + P1,
    "an override without end": P1 + "\u202e",
    "embeddings": "\u202a" * 10_000 + P1,
    "isolates": "\u2066" * 10_000 + P1,
    "isolates that end too often": "\u2069" * 10_000 + P1,
    "marks within a number": P1.replace("١٢", "١\u200f٢"),
    "marks within a name": P1.replace("سامر الحداد", "سا\u200eمر ال\u061cحداد"),
    "marks within a tag's name": "<scr\u200fipt>" + P1,
    "all of them in a row": CONTROLS * 5_000 + P1,
}


def bidi(words: str) -> str:
    """What is stored has no control, and the facts are those of the words without them."""
    plain = "".join(letter for letter in words if letter not in CONTROLS)
    kept = [display.clean(form)[0] for form in (words, plain)]
    assert kept[0] == kept[1]
    return text(words, words[:200])


READ = "article|too_short|not_arabic|failed|gone|blocked|consent|login|paywall"
CASES = [
    *(Case("page with", name, lambda m=made: page(m()), READ) for name, made in PAGES.items()),
    *(
        Case("page in", name, lambda b=data, c=label: page(b, f"text/html; charset={c}"), READ)
        for name, (data, label) in CHARSETS.items()
    ),
    *(
        Case(f"{kind} whose DTD names", name, lambda d=dtd, w=where: feed(entity(*d, w)), ".*")
        for kind, where in (("feed", RSS), ("Atom", ATOM), ("sitemap", SITEMAP))
        for name, dtd in DTDS.items()
    ),
    *(Case("feed with", name, lambda m=made: feed(m()), ".*") for name, made in FEEDS.items()),
    *(
        Case("packed feed with", name, lambda m=FEEDS[name]: feed(m(), packed=True), ".*")
        for name in ("zero bytes", "a sitemap of 200,000", "a comment without end")
    ),
    Case("packed feed with", "60 MB of nothing", lambda: feed(bytes(60_000_000), packed=True), "not readable.*"),
    *(Case("text of", name, lambda m=made: text(m()), "article") for name, made in TEXTS.items()),
    *(
        Case("title of", name, lambda m=TEXTS[name]: text(P1, m()), "article")
        for name in ("names", "dates", "speech verbs")
    ),
    *(Case("bidirectional controls:", name, lambda w=words: bidi(w), "article") for name, words in BIDI.items()),
]
