"""Who wrote an article: persons only, as the page names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from rasad.arabic.text import key, keys
from rasad.pages.metadata import Metadata, kinds, strings, text_of
from rasad.pages.tree import Line

_BEFORE, _NEAR = -8, 25  # lines around the title in which a byline stands
_MOST = 10  # names
_LONGEST = 120  # characters of such a line
_MOST_ALONE = 8  # words of a line under a label
_PART = re.compile(r"(?:(?<!\s)\s+)?[|•·]\s*")
_MARKER = re.compile(
    r"\A(?:كتب[تهـ]*|بقلم|بواسطة|تحرير|إعداد|اعداد|أعد[هت]*|حوار|حاور[هت]*ا?|أجر[ىت] الحوار|تقرير|تحقيق|متابعة|ترجمة|"
    r"الكاتبة?|المؤلف|الصحفية?|(?i:written by|by|author))(?:\s+و(?:تحرير|إعداد|ترجمة|تصوير|حوار))?"
    r"\s*(?:[:/\-–—|ـ،,]|\s)\s*"
)
# A line that is nothing but a label: the name stands in the next.
_ALONE = re.compile(
    r"(?:كتب[تهـ]*|بقلم|بواسطة|تحرير|إعداد|اعداد|حوار|تقرير|تحقيق|الكاتبة?|المؤلف|المصدر|الصحفية?|(?i:by|author))\s*[:/،,]?"
)
_SOURCE = re.compile(r"المصدر\s*[:/]\s*")
# Who took the pictures stands in the same line, and is no author.
_OTHER_ROLE = re.compile(r"\s(?:تصوير|عدسة|مونتاج|رسوم|كاريكاتير|مراجعة)\s*[:/\-–—ـ].*")
_LABEL = re.compile(r"\A(?:[^:]{0,24}(?:كاتب|كتب|بقلم|مؤلف|محرر|صحفي|author|by)[^:]{0,12}):\s*", re.IGNORECASE)
_HINT = re.compile(
    r"(?:^|[\s_-])(?:author|byline|by-line|writer|writeby|written|reporter|journalist|editor-name)", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"(?:comment|related|popular|sidebar|widget|share|bio\b|(?<!post-)(?<!entry-)(?<!article-)footer|nav)",
    re.IGNORECASE,
)
_CUT = re.compile(r"\s*(?:[|•·:/\\<>()\[\]«»\"،,;؛]|\s[-–—ـ]+\s|\s[-–—]|[-–—]\s|\Aـ|ـ\Z|\d{1,4}\s|\.\s)\s*")
_AND = re.compile(r"(?<!\s)\s+و\s*(?=\w{3,}\s+\w{2,})")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_NAME = re.compile(r"[^\W\d_]+(?:[.'’\- ]{1,2}[^\W\d_]+){0,5}\.?")
# Words that make a name an office, an agency or a sentence; folded.
_NOT_NAMES = keys(
    "كاتب كاتبة صحفي صحفية باحث باحثة أكاديمي محلل دكتور تصوير "
    "موقع صحيفة جريدة مجلة وكالة وكالات قناة شبكة إذاعة تلفزيون فريق هيئة قسم مكتب مركز بوابة أخبار الأخبار "
    "التحرير المحرر محرر المحررون مراسل مراسلنا مراسلو المراسل ادمن أدمن مدير إدارة الإدارة خاص متابعات "
    "متابعة ترجمات رويترز سانا بترا وفا واس وام كونا قنا الأناضول فرانس برس شينخوا سبوتنيك تاس نيوز أونلاين "
    "اون لاين المصدر نشر آخر تحديث admin editor administrator news team staff desk agency agencies newsroom "
    "reuters afp ap press webmaster user support root guest online media website network channel newspaper "
    "magazine"
)
_SENTENCE = keys("في من عن إلى أن إن التي الذي هذا هذه قال ثم لا لم كان عبر حول مع بعد قبل خلال عند")
# What stands where a name does: other newsrooms, and sections.
_NO_PERSONS = keys(
    "بي بي سي|بي بي سي عربي|سي ان ان|روسيا اليوم|الشرق الأوسط|العربية نت|الجزيرة نت|اليوم السابع|دويتشه فيله|يورو نيوز|"
    "عرب وعالم|عربي ودولي|عربية ودولية|عربي دولي|محليات|سياسة|اقتصاد|رياضة|ثقافة|منوعات|مجتمع|فن ومشاهير|ثقافة وفن|"
    "متابعات خاصة|كتاب وآراء|رأي حر|قراءة المزيد|تصفح المقال",
    "|",
)
_CITIES = keys(
    "القاهرة|الإسكندرية|الجيزة|بيروت|دمشق|حلب|عمان|عمّان|القدس|غزة|رام الله|نابلس|الخليل|بغداد|البصرة|أربيل|"
    "الموصل|الرياض|جدة|مكة|الدمام|دبي|أبوظبي|أبو ظبي|الشارقة|الدوحة|المنامة|الكويت|مسقط|صنعاء|عدن|تعز|الخرطوم|"
    "طرابلس|بنغازي|تونس|صفاقس|الجزائر|وهران|الرباط|الدار البيضاء|نواكشوط|لندن|باريس|واشنطن|نيويورك|موسكو|"
    "إسطنبول|أنقرة|طهران|برلين|جنيف|بروكسل|مقديشو|جيبوتي",
    "|",
)


def read(metadata: Metadata, lines: Iterable[Line], sites: Sequence[str] = ()) -> tuple[str, ...]:
    """Names of persons, each once: of JSON-LD, then of meta elements, then of byline patterns near the title.

    Not taken: addresses, agencies, offices, and what the site calls itself; a city before or after a name is cut off.
    """
    site_keys = {key(name) for name in (*sites, *metadata.site_names)}
    around = list(lines)
    declared = _checked(_linked(metadata), site_keys) or _checked(_meta(metadata), site_keys)
    shown = _checked(_near(around), site_keys)
    # A byline that names the declared author may name others beside; one that does not is somebody else's.
    found = declared | shown if declared.keys() & shown.keys() else declared or shown
    if not found:
        below = _checked(_below(around), site_keys)
        found = below if len(below) == 1 else {}
    return _fullest(found)


def named(said: Iterable[str], metadata: Metadata, sites: Sequence[str] = ()) -> tuple[str, ...]:
    """As `read`, of texts that are known to be bylines: nothing is searched for."""
    site_keys = {key(name) for name in (*sites, *metadata.site_names)}
    return _fullest(_checked((_LABEL.sub("", text.strip()) for text in said), site_keys))


def _fullest(names: dict[str, str]) -> tuple[str, ...]:
    """Names by their folded form, without those that are the first word of another."""
    fullest = (name for k, name in names.items() if not any(k != other and k in other.split()[:1] for other in names))
    return tuple(fullest)[:_MOST]


def _checked(said: Iterable[str], sites: set[str]) -> dict[str, str]:
    """Folded name → name, of those that can be a person's."""
    names: dict[str, str] = {}
    for text in said:
        for name in _names(text, sites):
            names.setdefault(key(name), name)
    return names


def _linked(metadata: Metadata) -> Iterator[str]:
    for article in metadata.articles:
        for field in ("author", "creator"):
            value = article.get(field)
            yield from strings(
                [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
            )
            for author in metadata.linked(value):
                if kinds(author) <= {"Person"} or "Person" in kinds(author):
                    yield from strings(author.get("name"))


def _meta(metadata: Metadata) -> Iterator[str]:
    for name in (
        "author",
        "article:author",
        "dc.creator",
        "dcterms.creator",
        "dc:creator",
        "parsely-author",
        "sailthru.author",
        "cxenseparse:author",
        "twitter:creator",
        "byl",
    ):
        yield from metadata.metas.get(name, ())


def _near(lines: Sequence[Line]) -> Iterator[str]:
    hinted: list[str] = []
    label: str | None = None
    for line in lines:
        if not _BEFORE <= line.distance <= _NEAR or len(line.text) > _LONGEST:
            label = None
            continue
        text = line.spaced
        if label is not None and len(text.split()) <= _MOST_ALONE:
            yield from _said(f"{label.rstrip(':/،, ')}: {text}", line)
        label = text if _ALONE.fullmatch(text) else None
        for part in _PART.split(text):
            yield from _said(part, line)
        hinted += _hinted(line)
    yield from hinted[:_MOST]


def _below(lines: Sequence[Line]) -> Iterator[str]:
    """Names under the body, which count where there is but one: others are of the authors of other articles."""
    found = (name for line in lines if line.distance > _NEAR and len(line.text) <= _LONGEST for name in _hinted(line))
    return islice(found, _MOST)


def _said(text: str, line: Line) -> Iterator[str]:
    """The rest of a text that begins with a word of writing."""
    marker = _MARKER.match(text)
    if marker and _reads_as_byline(text, line, marker):
        yield text[marker.end() :]
    # The papers of the Emirates write المصدر: دبي - سامر الحداد; elsewhere it is where the news was taken from.
    elif (source := _SOURCE.match(text)) and len(text.split()) <= _MOST_ALONE + 2:
        rest = text[source.end() :]
        if any(key(part) in _CITIES for part in _CUT.split(rest)):
            yield rest


def _hinted(line: Line) -> Iterator[str]:
    return (
        _LABEL.sub("", text.strip())
        for text, hints in line.pieces
        if _HINT.search(hints) and not _ELSEWHERE.search(hints)
    )


def _reads_as_byline(text: str, line: Line, marker: re.Match[str]) -> bool:
    """A marker with a colon, or a line that is nothing but a marker and a name."""
    rest = text[marker.end() :]
    return len(rest.split()) <= (10 if ":" in marker[0] or "/" in marker[0] or _HINT.search(line.hints) else 5)


def _names(said: str, sites: set[str]) -> Iterator[str]:
    said = text_of(said)
    if len(said) > 160 or re.search(r"https?:|www\.|@|\.(?:com|net|org)\b", said):
        return
    said = _OTHER_ROLE.sub("", _MARKER.sub("", said))
    for piece in _CUT.split(said):
        for part in _AND.split(piece):
            name = _without_city(part.strip(" .:-–—*\u200f"))
            if _is_name(name, sites):
                yield name


def _without_city(name: str) -> str:
    words = name.split()
    if len(words) > 2:
        for size in (2, 1):
            if len(words) - size >= 2 and key(" ".join(words[:size])) in _CITIES:
                return " ".join(words[size:])
            if len(words) - size >= 2 and key(" ".join(words[-size:])) in _CITIES:
                return " ".join(words[:-size])
    return name


def _is_name(name: str, sites: set[str]) -> bool:
    words = name.split()
    folded = key(name)
    if not name or not _NAME.fullmatch(name) or len(words) > 6 or len(name) < 3:
        return False
    if folded in sites or any(
        site in folded or (len(words) == 1 and folded in site) for site in sites if len(site) > 3
    ):
        return False
    parts = set(folded.split())
    if parts & _NOT_NAMES or parts & _SENTENCE or folded in _CITIES or folded in _NO_PERSONS:
        return False
    # One Arabic word alone is a label or a city more often than a name, and letters are an agency: أ ف ب.
    if _ARABIC.search(name) and sum(len(word) > 1 for word in words) < 2:
        return False
    # One Latin word may be a pen name, unless it is written as a login.
    return len(words) >= 2 or not name.islower()
