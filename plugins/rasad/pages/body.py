"""The body of an article: its own paragraphs, without what stands among and around them.

trafilatura, tuned for precision, finds the article; what its general rules cannot know of the Arabic press is taken
out before and after: اقرأ أيضا blocks, captions, share bars, datelines, disclaimers, the residue of embedded posts.
Where it finds little, JSON-LD's articleBody or the densest part of the page stands in. Nothing is added.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from rasad.arabic import calendar
from rasad.arabic.text import key, keys
from rasad.pages.metadata import Metadata, many, text_of
from rasad.pages.tree import UNSEEN, Line, lines

# trafilatura warns of each page that it finds nothing in; here that is a result with a reason of its own.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

LITTLE = 25  # words; below that trafilatura found a teaser, a caption or nothing

# All patterns match folded text (`text.key`): ا for أ and إ, ي for ى, ه for ة.
_RELATED = re.compile(
    r"\W*(?:[اي]?قر[اي]\w{0,2}\s+(?:ايضا|المزيد|كذلك|التالي|عن|من|في)|شاهد\w{0,2}\s*(?::|\.\.|(?:ايضا|كذلك|بالفيديو\s*:))|(?:فيديو|فيديوهات|صور|موضوعات)\s+(?:قد|ربما)\s|طالع\w?\s+(?:ايضا|المزيد)|"
    r"انظر\w?\s+ايضا|قد\s+(?:يهم|يعجب|تهم|تعجب)ك|ربما\s+يعجبك|(?:ال)?(?:مواضيع|موضوعات|اخبار|مقالات|قصص|تقارير|مواد|روابط)\s+"
    r"(?:ذات\s+صله|متعلقه|مشابهه|مرتبطه|قد\s)|ذات\s+صله|الاكثر\s+(?:قراءه|مشاهده|تداولا|شيوعا)|تابع\w{0,2}\s+(?:ايضا|المزيد)|"
    r"لمزيد\s+من|للمزيد\s*(?:[:.]|من\b|$)|لقراءه\s+المزيد|مقال\s+ذو\s+صله|read\s+(?:also|more)|see\s+also|related\b|also\s+read)"
)
_SHARE = re.compile(
    r"\W*(?:شارك\w{0,3}\s*(?:$|[:!.]|هذا|هذه|علي|عبر|المقال\w*|الخبر|الموضوع|الصفحه|مع\s+(?:اصدقا|صديق))|مشاركه\s*(?:$|[:!.]|عبر|علي|المقال\w*|الخبر)|"
    r"انشر\s+(?:هذا|عبر|علي)|طباعه\s*(?:$|الخبر|المقال|الصفحه)|نسخ\s+الرابط|تم\s+نسخ|تابعونا|تابعوا\s+(?:اخر|اخبار|قنا|صفح|حساب)|"
    r"تابع\s+(?:قناتنا|صفحتنا|حسابنا|اخبار)|اشترك\w{0,2}\s+(?:في|معنا|الان|ب)|انضم\w{0,2}\s+(?:الي|ل)\s*(?:قنا|صفح|مجموع)|"
    r"حمل\w{0,2}\s+تطبيق|لمتابعه\s+(?:اخر|المزيد|اخبار)|اضغط\w?\s+هنا|جميع\s+الحقوق\s+محفوظه|"
    r"(?:ال)?كلمات\s+(?:ال)?(?:مفتاحيه|دلاليه|دليليه)|(?:ال)?وسوم\s*(?:$|:)|(?:ال)?تعليقات\s*(?:$|[:(\d])|(?:اضف|اترك|اكتب)\s+(?:تعليق|ردا)|"
    r"لا\s+(?:توجد|يوجد)\s+تعليق|حجم\s+الخط|رابط\s+(?:مختصر|دائم|الخبر|المقال)|عدد\s+(?:القراءات|المشاهدات|الزيارات)|مصدر\s+الصوره|share\b|follow\s+us|tags?\s*:)"
)
# What picture agencies, the BBC and others write into the body for those who cannot see the picture or skip a block.
_ASIDE = re.compile(
    r"\W*(?:(?:صدر|مصدر|تعليق|التعليق علي|شرح)\s+ال(?:صوره|فيديو)\b|تخط[يه]?\s.{0,60}\s?وواصل القراءه|"
    r"(?:قصص مقترحه|الاكثر قراءه|مواضيع قد تهمك|يوتيوب رساله|ا?كس رساله|فيسبوك رساله)\s*نهايه|"
    r"(?:نهايه|اعلان|advertisement)\s*$)"
)
# A line that sends the reader to the newsroom's channels: تابعوا آخر أخبارنا عبر Google News. What is said to one
# reader (تابع, حمل) is written as what somebody did, so there the object tells: تابع آخر الأخبار, but not تابع الوزير.
_OURS = (
    r"(?:معنا|الينا|الان|مجانا|(?:في |الي |ل|علي |عبر )?(?:ال)?(?:اخر|احدث|اهم|جديد|اخبار\w*|مزيد|كل|جميع|تطبيق\w*|"
    r"قنا\w+|صفح\w+|حساب\w*|موقع\w*|نشرت\w+|خدم\w+|مجموع\w+|تغطي\w+|واتس|تلي?[غقج]رام|يوتيوب|فيس|تويتر|google)(?!\w))"
)
_CALL = re.compile(
    r"\W*(?:(?:يمكن\w*|يرجي|الرجاء)\s+)?(?:(?:تابعو|اشتركو|انضمو|حملو|نزلو)(?:ا|نا|ها|ه)?|"
    rf"(?:تابع|اشترك|انضم|حمل|نزل)(?:نا|ي)?(?=\s+{_OURS})|"
    r"ل?متابع(?:ه|تنا)|للاشتراك|لل?انضمام|لتحميل|لمشاهد\w*|للمزيد)(?!\w).{0,90}?"
    r"(?:واتس|whats|تلي?[غقج]رام|telegram|فيس ?بوك|facebook|تويتر|twitter|انستغ?رام|انستجرام|يوتيوب|youtube|google|"
    r"غوغل|جوجل|قوقل|\bنبض\b|nabd|تطبيق|قنات|صفحت|حساباتنا|نشرتنا|بالنشره|اضغط|\bهنا\b)"
)
_MOST_CALL, _MOST_CALL_SENTENCE = 25, 12  # words of such a line; of one that ends as a sentence
_LOG_IN = re.compile(
    r"\W*(?:سجل|قم بتسجيل|يجب (?:تسجيل|انت تكون)|login|log in)\w*\s.{0,60}(?:تعليق|comment)|لارسال التعليق|لاضافه تعليق"
)
# How agencies end: // انتهى //, a time, the editors' initials.
_END_MARK = re.compile(
    r"\W*(?:(?:انتهي|النهايه|يتبع)\W*|\d{1,2}:\d{2}\s*(?:ت\s*م|ص|م)?\s*|\d{3,5}|[=ــ_*#~-]{3,}.{0,20})\W*\Z"
)
_READING_TIME = re.compile(r"\W*(?:(?:وقت|مده|زمن)\s+القراءه|\w+\s+(?:دقيقه|دقايق|دقيقتان|دقيقتين)\s+(?:ل?ل?قراءه))")
_COMMENTS = re.compile(
    r"\W*(?:ال)?تعليقات(?:\s+(?:القراء|الزوار|المتابعين|الفيسبوك))?\W*(?:\d+\W*)?\Z|\W*(?:اراء القراء|شاركنا رايك)\W*\Z"
)
_BUTTONS = re.compile(
    r"(?:\W*(?:عوده|رجوع|السابق|التالي|طباعه|ارسال|حفظ|مشاركه|شارك|نسخ|اضف تعليق|الرئيسيه)(?!\w))+\W*\Z"
)
_DATE_LABELS = re.compile(
    r"(?:\W*(?:نشرت?\s+(?:في|بتاريخ)|تاريخ\s+النشر|اخر\s+(?:تحديث|تعديل)|publis\w+|updated))+\W*\Z"
)
_AGO = re.compile(
    r"\W*(?:(?:اخر\s+تحديث|تم\s+التحديث|نشرت?)\W*)?(?:منذ|قبل)\s+(?:\w+\s+){0,2}"
    r"(?:ثاني\w*|ثوان\w*|دقيق\w*|دقايق|ساع\w*|يوم\w*|ايام|اسبوع\w*|اسابيع|شهر\w*|اشهر)(?:\s+(?:واحده?|مضت?))?\W*\Z"
)
_SUMMARY = keys(
    "الخلاصة|ملخص|الملخص|ملخص الخبر|خلاصة الخبر|ملخص المقال|أبرز النقاط|النقاط الرئيسية|أهم النقاط|باختصار", "|"
)
_SUMMARY_BOX = re.compile(r"summar|key-?points|highlights|takeaway|\bai[-_]|tl-?dr|ملخص|خلاصه")
_MOST_SUMMARY = 120  # words
_MOST_ASIDE = 40  # words
_MOST_SHARE = 12  # words of a line that only asks the reader to do something
_MOST_COMMENTS, _MOST_NEIGHBOURS = 10, 50  # headings of comments, and what stands before one, looked at
_MOST_WRAPPERS = 4  # elements around one link alone
_MENU_LINKS, _MENU_LETTERS = 4, 20  # links at least, and letters to a link at most: a headline has more
_CARDS, _HEADLINE, _MOST_CARD = 3, 4, 80  # cards in a row, words of a linked headline, words of a card at most
_MOST_HEADLINES = 1_000  # looked at on one page
_BARE, _ROW = 8, 3  # words of bare text that make a paragraph, and how many of them in a row make a body
_MOST_BLOCKS = 60  # related blocks of one page; more is no newspaper
_DISCLAIMER = re.compile(
    r"(?:سياسه\s+الخصوصيه|ارشادات\s+الاستخدام|شروط\s+(?:ال)?استخدام|(?:لا\s+تعبر|لا\s+يعبر|ليست?\s+بالضروره|تعبر\s+فقط|تعكس\s+وجهات?).{0,40}"
    r"(?:راي|اراء|وجه\w*\s+نظر|اصحابها)|بامكانكم\s+مراسلتنا|المنشورات?\s+في\s+هذا\s+الموقع)"
)
_MOST_LINES = 2_000  # of one body
_MOST_BEFORE, _LEAST_LEAD, _REPEATED = 15, 12, 0.9  # lines before the body; words of a lead; its words in the body
_SENTENCE_END = re.compile(r"[.؟!…»\"”]\s*\Z")
_NO_LEAD = re.compile(
    r"author|writer|byline|\bbio\b|share|social|caption|credit|copyright|image|photo|video|related|newsletter|"
    r"subscri|promo|warning|disclaim|notice|alert|banner|\bcta\b|comment|cookie|consent|breadcrumb|menu|nav\b|ticker|breaking|widget|\bads?\b|advert|audio|player"
)
_MOST_ENTRIES = 500  # of one live blog
_LAST = 3  # lines in which a disclaimer may stand
_FIRST = 3  # lines in which a title or dateline may be repeated
_CAPTION = re.compile(
    r"caption|(?:image|img|photo|picture|figure)[-_]?(?:desc|text|title|credit|info|copyright|source|alt)|"
    r"(?:credit|copyright)[-_]?(?:image|photo)|تعليق[-_]الصور"
)
_IMAGE_BOX = re.compile(
    r"(?:^|[\s_-])(?:images?|img|photos?|pictures?|figure|thumb(?:nail)?|featured)"
    r"(?:div|box|wrap(?:per)?|holder|container|block)?(?:$|[\s_-])"
)
_MOST_BOXED = 12  # words of paragraphs beside a picture that are its caption
_MOST_CAPTION = 200  # characters
_TWEET_BY = re.compile(r"\A\s*(?:—|–|-|&mdash;)\s*.{1,80}\(@\w{1,20}\)")
_TWEET_LINK = re.compile(r"\s*\b(?:pic\.twitter\.com|t\.co|pic\.x\.com)/\w+")
_EMBED = re.compile(r"\b(?:twitter|instagram|fb|facebook|tiktok|telegram|threads)-?\w*")
_WORD = re.compile(r"\w+")
_URL = re.compile(r"\A\s*https?://\S+\s*\Z")
_BLOCKS = frozenset(
    (
        "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "section", "article", "aside", "blockquote",
        "td", "tr", "table", "dl", "dd", "dt", "center", "main", "figure",
    )
)  # fmt: skip
_INLINE_OUT = frozenset(("hi", "ref", "del", "code", "graphic", "span", "a", "b", "i", "strong", "em", "u"))


def read(
    tree: HtmlElement,
    metadata: Metadata,
    title: str | None,
    heading: HtmlElement | None,
    subtitle: HtmlElement | None = None,
) -> str:
    """Paragraphs, each a line. `tree` is changed: ask it for title, date and byline before."""
    for element in (heading, subtitle):
        if element is not None:  # emptied, so that it still says where the article begins
            tail = element.tail
            element.clear()
            element.tail = tail
    _drop_surroundings(tree)
    _make_paragraphs(tree)
    found = list(_trafilatura(tree))
    found = _completed(tree, heading, found) if _words(found) >= LITTLE else found
    post = _embedded_post(tree) if _only_posts(found) else []
    if post:
        found = post
    elif _words(found) < LITTLE:
        found = max(found, list(_densest(tree)), key=_words)
    claimed = _claimed(metadata)
    if _words(claimed) >= 2 * LITTLE and _words(found) < 0.6 * _words(claimed):
        found = claimed
    return "\n".join(_kept(found, title))


def within(tree: HtmlElement, title: str | None) -> str:
    """As `read`, of a tree that is known to be the body: nothing is searched for. Empty where it holds no text."""
    _drop_surroundings(tree)
    return "\n".join(_kept(list(_own_lines(tree)), title))


def _drop_surroundings(tree: HtmlElement) -> None:
    _drop_unseen(tree)
    _drop_menus(tree)
    _drop_cards(tree)
    _drop_teasers(tree)
    _drop_captions(tree)
    _drop_related(tree)


def _words(paragraphs: list[str]) -> int:
    return sum(len(p.split()) for p in paragraphs)


def _drop_unseen(tree: HtmlElement) -> None:
    for element in list(tree.iter(*(UNSEEN - {"head", "button", "iframe"}))):
        if element.getparent() is not None:
            element.drop_tree()


def _drop_menus(tree: HtmlElement) -> None:
    """Rows of short links: الرئيسية | سياسة | اقتصاد."""
    holders = Counter(holder for link in tree.iter("a") if (holder := _holder(link)) is not None)
    for holder, links in holders.items():
        if links < _MENU_LINKS or holder.tag in ("body", "html", "article", "main") or holder.getparent() is None:
            continue
        text = text_of(holder.text_content())
        share = _link_share(holder, text)
        if share >= 0.9 or (share >= 0.8 and len(text) <= _MENU_LETTERS * links):
            holder.drop_tree()


def _holder(link: HtmlElement) -> HtmlElement | None:
    """What holds a link and others: its parent, or the list or table of which it is an entry alone."""
    entry, holder = link, link.getparent()
    for _ in range(_MOST_WRAPPERS):
        # asked of the neighbours: to count the children of one element for each of them would take a square of time
        alone = entry.getnext() is None and entry.getprevious() is None
        if holder is None or not alone or holder.tag not in ("li", "span", "td", "tr", "font", "b", "strong"):
            break
        entry, holder = holder, holder.getparent()
    return holder


def _drop_teasers(tree: HtmlElement) -> None:
    """Links around a heading, which lead to another article; what readers say, under its own heading; and the
    summaries that machines write above the body."""
    for link in list(tree.iter("a")):
        around = link.getparent() is not None and next(link.iter("h2", "h3", "h4", "h5", "h6"), None) is not None
        if around and len(link.text_content().split()) <= _MOST_CARD:
            link.drop_tree()
    heads = [h for h in tree.iter("h2", "h3", "h4", "h5", "h6") if _COMMENTS.match(key(text_of(h.text_content())[:80]))]
    for head in heads[:_MOST_COMMENTS]:
        if _stands_under_text(head):
            for below in (*head.itersiblings(), head):
                below.drop_tree()
    for box in list(tree.iter("div", "section", "aside")):
        name = f"{box.get('class') or ''} {box.get('id') or ''}".lower()
        if box.getparent() is None or not _SUMMARY_BOX.search(name):
            continue
        words = " ".join(box.itertext()).split()
        if len(words) <= _MOST_SUMMARY and any(key(" ".join(words[:n])) in _SUMMARY for n in (1, 2)):
            box.drop_tree()


def _stands_under_text(element: HtmlElement) -> bool:
    """Whether a body may stand before an element: in a neighbour of it or of one of the two around it."""
    around = [element, *islice(element.iterancestors(), 2)]
    before = (neighbour for e in around for neighbour in islice(e.itersiblings(preceding=True), _MOST_NEIGHBOURS))
    return element.getparent() is not None and any(len(b.text_content().split()) >= LITTLE for b in before)


def _drop_cards(tree: HtmlElement) -> None:
    """Rows of teasers: three or more neighbours that each begin with another article's linked headline."""
    addresses: dict[HtmlElement, set[str]] = {}
    headlines = (a for a in tree.iter("a") if len(a.text_content().split()) >= _HEADLINE)
    for link in islice(headlines, _MOST_HEADLINES):
        for holder in link.iterancestors():
            addresses.setdefault(holder, set()).add(link.get("href") or "")
    for holder, held in list(addresses.items()):
        if len(held) < _CARDS or holder.tag in ("ul", "ol", "p"):
            continue
        cards = [child for child in holder if len(addresses.get(child, ())) == 1 and _is_card(child)]
        if len(cards) >= _CARDS:
            for card in cards:
                card.drop_tree()


def _is_card(element: HtmlElement) -> bool:
    if element.tag not in ("div", "article", "section", "td", "tr", "li"):
        return False
    words = " ".join(element.itertext()).split()  # markup may be written without a space between its elements
    if len(words) > _MOST_CARD:
        return False
    link = next(a for a in element.iter("a") if len(a.text_content().split()) >= _HEADLINE)
    # a section's name or a day may stand before the headline
    headline = " ".join(link.itertext()).split()[:_HEADLINE]
    return any(words[at : at + _HEADLINE] == headline for at in range(6))


def _make_paragraphs(tree: HtmlElement) -> None:
    """Make paragraphs of the text that stands bare in a row of blocks, or in one block between line breaks.

    trafilatura weighs paragraphs: it drops bare text with a link in it, and runs text between breaks together. A
    block alone stays as it is: bare text on its own is as often a call to action as a body.
    """
    rows: dict[HtmlElement, list[HtmlElement]] = {}
    for element in tree.iter("div"):
        words = len((element.text or "").split()) + sum(len((child.tail or "").split()) for child in element)
        if words >= _BARE and not any(child.tag == "br" or child.tag in _BLOCKS for child in element.iterdescendants()):
            rows.setdefault(element.getparent(), []).append(element)
    for row in rows.values():
        if len(row) >= _ROW:
            for element in row:
                element.tag = "p"
    holders = dict.fromkeys(parent for br in tree.iter("br") if (parent := br.getparent()) is not None)
    for holder in holders:
        if holder.tag not in ("div", "td", "section", "article", "main", "center"):
            continue
        if _words([holder.text or "", *(child.tail or "" for child in holder)]) < LITTLE:
            continue
        children, lead = list(holder), holder.text
        for child in children:
            holder.remove(child)
        holder.text = None
        paragraph = etree.SubElement(holder, "p")
        paragraph.text = lead
        for child in children:
            tail, child.tail = child.tail, None
            if child.tag == "br" or child.tag in _BLOCKS:
                if child.tag != "br":
                    holder.append(child)
                paragraph = etree.SubElement(holder, "p")
                paragraph.text = tail
            else:
                child.tail = tail
                paragraph.append(child)
        for child in list(holder):
            if child.tag == "p" and not len(child) and not (child.text or "").strip():
                holder.remove(child)


def _drop_captions(tree: HtmlElement) -> None:
    for element in list(tree.iter("figcaption", "div", "p", "span", "figure", "small", "em", "dd", "td", "cite")):
        name = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if element.tag != "figcaption" and not _CAPTION.search(name):
            box = (
                _IMAGE_BOX.search(name)
                and element.tag in ("div", "figure")
                and next(element.iter("img"), None) is not None
            )
            if not box or sum(len(p.text_content().split()) for p in element.iter("p", "h1")) > _MOST_BOXED:
                continue
        parent = element.getparent()
        if parent is not None and len(text_of(element.text_content())) <= _MOST_CAPTION:
            for child in list(element):
                if child.tag != "img":
                    child.drop_tree()
            element.text = None


def _drop_related(tree: HtmlElement) -> None:
    blocks = 0
    for element in list(tree.iter()):
        text = element.text
        if not text or not isinstance(element.tag, str) or element.getroottree() is None:
            continue
        if len(text) > 300 or not _RELATED.match(key(text[:60])):
            continue
        if not _attached(element, tree):
            continue
        blocks += 1
        if blocks > _MOST_BLOCKS:
            break
        block = _block(element)
        if block is None:
            continue
        if len(text_of(block.text_content()).split()) <= 4:
            for sibling in list(block.itersiblings()):
                if not _is_list_of_links(sibling):
                    break
                sibling.drop_tree()
        block.drop_tree()


def _attached(element: HtmlElement, tree: HtmlElement) -> bool:
    return element is not tree and any(ancestor is tree for ancestor in element.iterancestors())


def _block(element: HtmlElement) -> HtmlElement | None:
    """The largest element that is all of a related block: it begins with the marker, and is short or mostly links."""
    block = None
    start = text_of(element.text)
    for candidate in (element, *element.iterancestors()):
        if candidate.tag in ("body", "html", "article", "main"):
            break
        text = text_of(candidate.text_content())
        if not text.startswith(start):
            break
        if len(text) > 220 and _link_share(candidate, text) < 0.6:
            break
        if candidate.tag in _BLOCKS or candidate is element:
            block = candidate
    if block is not None and block.tag not in _BLOCKS and len(text_of(block.text_content()).split()) > 40:
        return None
    return block


def _is_list_of_links(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str):
        return False
    text = text_of(element.text_content())
    return not text or _link_share(element, text) >= 0.7


def _link_share(element: HtmlElement, text: str) -> float:
    """The share of the words of an element (its `text`) that stand in links."""
    linked = sum(len(_WORD.findall(a.text_content())) for a in element.iter("a"))
    return linked / max(1, len(_WORD.findall(text)))


def _trafilatura(tree: HtmlElement) -> Iterator[str]:
    try:
        found = trafilatura.bare_extraction(tree, favor_precision=True, include_comments=False)
    except Exception:
        found = None
    if found is not None and not isinstance(found, dict) and found.body is not None:
        yield from _paragraphs(found.body)


def _paragraphs(body: etree._Element) -> Iterator[str]:
    """The text of trafilatura's tree, a paragraph, list item or table row a line."""
    pieces: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        inline = element.tag in _INLINE_OUT
        if not inline and element.tag not in ("cell",):
            pieces.append("\n")
        elif element.tag == "cell":
            pieces.append(" ")
        pieces.append((element.text if event == "start" else element.tail if element is not body else None) or "")
    for line in "".join(pieces).split("\n"):
        if line.strip():
            yield line.strip()


def _completed(tree: HtmlElement, heading: HtmlElement | None, found: list[str]) -> list[str]:
    """`found` with what the page keeps in an element of its own beside it: a lead between title and body, and the rest
    of a body that is cut in parts of one class."""
    said = "".join(_squeezed(p) for p in found)
    zone = tree if heading is None else next(heading.iterancestors("article", "main"), tree)
    shown = [line for line in lines(zone, heading, most=_MOST_LINES) if line.distance > 0]
    inside = [
        place for place, line in enumerate(shown) if len(start := _squeezed(line.text[:80])) > 20 and start in said
    ]
    if not inside:
        return found
    before = shown[: inside[0]] if heading is not None and inside[0] <= _MOST_BEFORE else []
    lead = [line.text for line in before if _may_be_lead(line, said)]
    parts = [
        line.text
        for part in _later_parts(_common(shown[inside[0]].holder, shown[inside[-1]].holder))
        for line in lines(part, most=_MOST_LINES)
        if not line.linked and _squeezed(line.text[:80]) not in said
    ]
    return [*lead, *found, *(parts if _words(parts) >= LITTLE else ())]


def _later_parts(part: HtmlElement | None) -> Iterator[HtmlElement]:
    """The elements after a part of the body that are made as it is, and are no articles of their own."""
    if part is None or part.tag not in ("div", "section") or not part.get("class"):
        return
    for other in part.itersiblings(part.tag):
        if other.get("class") == part.get("class") and next(other.iter("h1", "h2", "time"), None) is None:
            yield other


def _may_be_lead(line: Line, said: str) -> bool:
    """A sentence of its own: not linked, no caption, and not said again in the body."""
    words = line.text.split()
    if line.linked or len(words) < _LEAST_LEAD or not _SENTENCE_END.search(line.text) or _NO_LEAD.search(line.hints):
        return False
    folded = key(line.text[:400])
    if _RELATED.match(folded) or _ASIDE.match(folded) or _DISCLAIMER.search(folded):
        return False
    return sum(_squeezed(word) in said for word in words) < _REPEATED * len(words)


def _common(one: HtmlElement, other: HtmlElement) -> HtmlElement | None:
    """The innermost block that holds both."""
    above = set(other.iterancestors()) | {other}
    return next((e for e in (one, *one.iterancestors()) if e in above and e.tag in _BLOCKS and e.tag != "p"), None)


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(key(text)))


def _densest(tree: HtmlElement) -> Iterator[str]:
    """The lines of the element whose own blocks and text hold the most words outside links."""
    weights: dict[HtmlElement, float] = {}
    for element in tree.iter("p", "div", "td", "section", "article", "blockquote", "span", "font"):
        own = len((element.text or "").split()) + sum(
            len((child.tail or "").split())
            + (len((child.text or "").split()) if child.tag in ("b", "strong", "span", "font") else 0)
            for child in element
        )
        if own < 8:
            continue
        parent = element.getparent()
        holders = (
            ((element, 1.0), (parent, 0.9))
            if element.tag != "p"
            else ((parent, 1.0), (parent.getparent() if parent is not None else None, 0.5))
        )
        for holder, share in holders:
            if holder is not None:
                weights[holder] = weights.get(holder, 0.0) + own * share
    if weights:
        best = max(weights, key=lambda element: weights[element])
        yield from _own_lines(best)


def _own_lines(element: HtmlElement) -> Iterator[str]:
    return (line.text for line in lines(element, most=_MOST_LINES) if not line.linked)


def _only_posts(paragraphs: list[str]) -> bool:
    """Whether there is nothing but what somebody posted elsewhere."""
    own = [p for p in paragraphs if not _TWEET_BY.match(p) and not _TWEET_LINK.search(p)]
    return len(own) < len(paragraphs) and _words(own) < LITTLE


def _embedded_post(tree: HtmlElement) -> list[str]:
    """The article whose whole body is an embedded post: all that stands beside it, addresses too."""
    for quote in tree.iter("blockquote"):
        parent = quote.getparent()
        if _EMBED.search(quote.get("class") or "") and parent is not None and parent.tag != "body":
            found = [line.text for line in lines(parent, most=50)]
            return found if _words(found) < 2 * len(text_of(quote.text_content()).split()) else []
    return []


def _claimed(metadata: Metadata) -> list[str]:
    """JSON-LD's articleBody as paragraphs, a live blog's with the headlines and texts of its entries."""
    for node in metadata.articles:
        entries = [entry for entry in many(node.get("liveBlogUpdate")) if isinstance(entry, dict)][:_MOST_ENTRIES]
        said = [node.get("articleBody"), *(entry.get(of) for entry in entries for of in ("headline", "articleBody"))]
        found = [line for text in said if isinstance(text, str) for line in _plain(text)]
        if found:
            return found
    return []


def _plain(said: str) -> Iterator[str]:
    if "<" in said or "&lt;" in said:
        said = re.sub(r"<(?:br|/p|/div)[^>]{0,200}>", "\n", said.replace("&lt;", "<").replace("&gt;", ">"))
        said = re.sub(r"<[^<>]{0,500}>", " ", said)
    return filter(None, map(text_of, said.splitlines()))


def _kept(paragraphs: list[str], title: str | None) -> Iterator[str]:
    titled = key(title or "")
    posts = _only_posts(paragraphs)
    last = len(paragraphs) - _LAST
    for place, paragraph in enumerate(paragraphs):
        folded = key(paragraph[:400])
        words = len(paragraph.split())
        if place < _FIRST and (folded == titled or folded in _SUMMARY or _is_dateline(paragraph, words)):
            continue
        if (words <= 30 and _RELATED.match(folded)) or (words <= _MOST_SHARE and _SHARE.match(folded)):
            continue
        if words <= _MOST_ASIDE and _ASIDE.match(folded):
            continue
        if words <= _MOST_CALL and (words <= _MOST_CALL_SENTENCE or folded[-1:] != ".") and _CALL.match(folded):
            continue
        if words <= _MOST_SHARE and (_BUTTONS.match(folded) or _READING_TIME.match(folded)):
            continue
        if place >= last - 1 and words <= _MOST_SHARE and (_LOG_IN.match(folded) or _END_MARK.match(folded)):
            continue
        if place >= last and _DISCLAIMER.search(folded):
            continue
        if not posts:
            if _TWEET_BY.match(paragraph) or _URL.match(paragraph):
                continue
            paragraph = _TWEET_LINK.sub("", paragraph)
        if paragraph.strip():
            yield paragraph


def _is_dateline(paragraph: str, words: int) -> bool:
    """A line that only says when it was published or updated, or only the labels of that."""
    folded = key(paragraph)
    if words <= 8 and (_DATE_LABELS.match(folded) or _AGO.match(folded)):
        return True
    return (
        words <= 12
        and any(c.isdigit() for c in paragraph)
        and not paragraph.rstrip().endswith((".", "؟", "!", ":"))
        and (
            calendar.read_date(paragraph) is not None
            and sum(len(w) for w in re.findall(r"[^\W\d]{3,}", paragraph)) <= 40
        )
    )
