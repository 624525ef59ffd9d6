"""Who says something, and with which word: the ground that quotes and indirect quotes stand on.

A saying is one word of speech (وأضاف, قائلا, بقوله, بحسب …) with the speaker it belongs to. Speakers come
from the noun phrase beside the word; where a pronoun or a bare role stands there, from what the article said before.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rasad.arabic.lexicon import common_given_names, commonness, given_names, load
from rasad.arabic.text import key
from rasad.facts import nouns
from rasad.facts.passage import Passage, Reading
from rasad.facts.quotation_marks import FAMILY, Pair, pairs
from rasad.model import EntityType, Mention, Nominal

Grade = Literal["say", "frame", "state", "word", "source"]
Form = Literal["m", "f", "p"]  # masculine, feminine, plural


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said it: as the text names them, and canonically where that is known."""

    text: str
    name: str | None = None
    type: EntityType | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """A word of speech at token `at`.

    grade: say (قال), frame (وصف), state (قائلا), word (بقوله), source (بحسب). `subject` is the tokens of its speaker's
    phrase, empty where a pronoun stands; `after` the first token behind both, where what was said may begin.
    """

    at: int
    grade: Grade
    verb: str
    subject: tuple[int, int]
    after: int
    speaker: Speaker | None


def keys_of(words: str) -> frozenset[str]:
    """Match keys of a list of words."""
    return frozenset(key(w) for w in words.split())


# أن and its sisters with their pronouns: what follows is what was said.
THAT = keys_of(
    "أن إن أنه إنه أنها إنها أنهم إنهم أنهما إنهما أنهن أننا إننا أنا إنا أنني إنني أني إني أنك إنك أنكم "
    "إنكم بأن بأنه بأنها بأنهم بأنهما بأننا بأنني بأني كأن لأن وأن وأنه وأنها وأنهم وإن وإنه وإنها وإنهم "
    "وبأن وبأنه"
)
PREPOSITIONS = keys_of(
    "في خلال على عن من إلى الى مع بعد قبل أمام عبر عقب أثناء حول ضمن لدى عند بين منذ حتى ضد تجاه نحو دون "
    "لدى بشأن بخصوص بمناسبة بحضور ردا تعليقا حيال إثر لدي سوى"
)
# What ends the speaker's phrase for good.
_ENDS = THAT | keys_of(
    "الذي التي الذين اللذين اللتين إذ إذا حيث بينما فيما كما لكن ولكن وهو وهي وهم عندما لما قد وقد كان "
    "كانت اليوم أمس الأمس غدا مساء صباح ظهر فجر يوم السبت الأحد الاثنين الإثنين الثلاثاء الأربعاء الخميس "
    "الجمعة أيضا مؤخرا لاحقا سابقا وقتها حينها آنذاك حينئذ بعدها قبلها عندها هنا هناك قائلا أنه بالقول "
    "فإن فقد ما مما لا لم لن ليس ليست هل كيف لماذا أي هو هي هم"
)
_RECIPIENTS = keys_of(
    "صحيفة وكالة قناة شبكة إذاعة موقع برنامج مجلة جريدة تلفزيون الصحفيين الصحافيين صحفيين صحافيين "
    "الصحافة الإعلاميين إذاعتنا مراسل مراسلنا القناة الوكالة الصحيفة الجزيرة العربية رويترز وسائل محطة "
    "الإعلام"
)
_CLASSES = keys_of(
    "صحيفة وكالة قناة شبكة إذاعة موقع مجلة جريدة حركة تنظيم جماعة منظمة شركة نادي كتلة حزب مؤسسة هيئة "
    "لجنة جمعية حكومة مليشيا"
)
# A person's name right after one of these belongs to somebody else's description.
_OTHERS = keys_of(
    "باسم محامي محامية زوجة زوج شقيق شقيقة والد والدة ابن ابنة نجل نجلة مكتب حملة إدارة فريق حكومة أنصار "
    "صديق صديقة أعمال وكيل مستشار مقتل وفاة رحيل عائلة أسرة جماعة مجموعة تصريحات كلام حديث خطاب نظام عهد "
    "جامعة مدينة مستشفى شارع مطار مستشارة مؤسسة مركز قيادة رئاسة برئاسة بقيادة انتقال إصابة"
)
_SOURCES = keys_of("بحسب حسب وبحسب وحسب وفق وفقا طبقا ووفقا ووفق نقلا")
_MANNERS = keys_of("قوله قولها قولهم قولهما تعبيره تعبيرها تعبيرهم وصفه وصفها وصفهم كلامه كلامها تصريحه رأيه")
_WORDS = keys_of(
    "قوله قولها قولهم قولهما بقوله بقولها بقولهم بقولهما بالقول القول قولي وقوله وقولها مقولة بمقولة بعبارة عبارة بكلمة"
)
_TITLES = keys_of(
    "الدكتور الدكتورة د السيد السيدة المهندس المهندسة م الشيخ الشيخة الأستاذ الأستاذة أ البروفيسور "
    "اللواء العميد العقيد الرائد النقيب الملازم الفريق المقدم الأمير الأميرة الملك الرئيس الوزير الوزيرة "
    "النائب النائبة السفير السفيرة القاضي المحامي المحامية الكاتب الكاتبة المدرب اللاعب اللاعبة الإعلامي "
    "الإعلامية الناشط الناشطة الباحث الباحثة المحلل المحللة المغرد المغردة الفنان الفنانة المخرج المخرجة "
    "الصحافي الصحفي الصحافية الصحفية الشاعر الشاعرة الطبيب الطبيبة الجنرال المواطن المواطنة الحاج الممثل "
    "الممثلة الخبير الخبيرة الطالب الطالبة اللاجئ المستشار"
)
# Between a role and the name of who has it for the time being, or had it: الحاكم بالإنابة فلان.
_ACTING = keys_of(
    "بالإنابة بالنيابة بالوكالة المكلف المكلفة المؤقت المؤقتة السابق السابقة الأسبق الراحل المنتخب المنتخبة"
)
_PARTS = keys_of("المادة البند الفقرة الفصل الباب")  # of a document
_DOCUMENTED = keys_of("ينص تنص نص نصت وينص وتنص ونص ونصت يتضمن تتضمن وتتضمن ويتضمن")
# Heads whose description goes on past a preposition: مسؤول في حلف …
_OPEN_HEADS = keys_of(
    "مسؤول مسؤولة مسؤولون مسؤولين مصدر مصادر متحدث متحدثة ناطق ناطقة دبلوماسي دبلوماسيون شاهد شهود أحد "
    "إحدى بعض عدد كل واحد جميع خبير خبيرة خبراء محلل قيادي قياديون عضو أعضاء ضابط ضباط طبيب ممثل باحث "
    "باحثون ناشط ناشطون ناشطة مستشار مستشارة وزير رئيس مدير نائب مراسل مراسلة بيان تقرير وثيقة مواطن "
    "مواطنون سكان مستخدم مستخدمون آخر آخرون كثير كثيرون عشرات موظف موظفة عامل نازح نازحة جندي لاعب مدرب "
    "مشجع طالب"
)
_WITH_PRONOUN = keys_of("فيه فيها به بها له لها عنه عنها منه منها إليه إليها عليه عليها معه معها لهم بهم")
# What a person is, after the name: عقل بلتاجي رئيس اللجنة.
_OFFICES = keys_of(
    "رئيس رئيسة مدير مديرة وزير وزيرة نائب نائبة عضو عضوة أمين أمينة مدرب مدربة لاعب لاعبة محافظ محافظة "
    "سفير سفيرة قائد قائدة مستشار مستشارة مساعد مساعدة وكيل وكيلة عميد مؤسس صاحب مسؤول مسؤولة المدير "
    "المديرة الرئيس المدرب العضو الأمين الأمينة القائد المتحدث المتحدثة الناطق الناطقة المسؤول المسؤولة "
    "المستشار المشرف المنسق المنسقة المبعوث المبعوثة مشرف مشرفة حارس مهاجم كابتن نجم نجمة خبير خبيرة "
    "أستاذ أستاذة زعيم زعيمة مرشح مرشحة ممثل ممثلة والي حاكم عمدة عالم عالمة كاتب كاتبة ناشط ناشطة مخرج "
    "مخرجة فنان فنانة منسق منسقة مفوض مفوضة مبعوث مبعوثة متحدث متحدثة ناطق ناطقة قاض قاضي محام محامي "
    "طبيب طبيبة باحث باحثة محلل محللة صحافي صحفي مهندس مهندسة قيادي قيادية رائد لواء عقيد عميدة شيخ إمام "
    "مفتي مطران بطريرك مراسل مراسلة ولي القائم الوالي المفوض المفوضة الكاتب الأمير رئيسا الممثل الممثلة"
)
# Verbs whose object comes with ب: ورحب باتفاق is no speaker named باتفاق.
_WITH_B = keys_of(
    "تعهد طالب رحب أشاد ندد وعد اعترف أقر نوه توعد هدد يتعهد تتعهد يطالب تطالب يرحب ترحب يشيد تشيد أشاد ندد أشادت"
)
_RECIPIENT_NAMES = frozenset(
    ("رويترز", "الجزيرة", "العربية", "فرانس", "وكالة", "صحيفة", "قناة", "شبكة", "سكاي", "بلومبرغ", "بي")
)
_SAME = keys_of("ذاته ذاتها نفسه نفسها عينه")
_WITHIN = keys_of("في من لدى")
_OF = keys_of("من")
_STATEMENTS = keys_of("البيان التقرير الوثيقة المصدر بيان الرسالة التغريدة التدوينة المنشور النص الخطاب")
# Forms that are also everyday words, good as verbs only at the head of a clause with speech behind them.
_DOUBTFUL = keys_of(
    "بين عبر عقب دون زاد رد واصل خلص مضى تبنى نص ذكر يعد تعد يزيد تزيد زادت ردت نصت يرد ترد وعد شكر ختم "
    "أقر أقرت يقر تقر أكمل كشف علق رأى تبين تجدد يمضي تمضي واصلت يواصل تواصل حكى قرأ قرأت جزم شرح ردد أورد سأل برر كتب"
)


def forms(perfect: str, imperfect: str) -> Iterable[tuple[str, Form]]:
    """Forms of the third person, each with its gender and number; of the imperfect also with سـ."""
    weak = perfect[-1] in "ىا"
    past = perfect[:-1] if weak else perfect
    yield from ((perfect, "m"), (past + "ت", "f"), (past + "وا", "p"), (past + ("يا" if weak else "ا"), "p"))
    rest = imperfect[1:]
    bare = rest[:-1] if weak and rest[-1] in "ىيو" else rest
    later: tuple[tuple[str, Form], ...] = (("ي" + rest, "m"), ("ت" + rest, "f"), ("ي" + bare + "ون", "p"))
    for form, kind in later:
        yield from ((form, kind), ("س" + form, kind))


def _states(participle: str) -> Iterable[tuple[str, Form]]:
    """قائلا, قائلة, قائلين: the participle as a state of the subject."""
    if participle[-1] == "ا":
        yield (participle, "m")
        return
    bare = participle[:-1] if participle[-1] == "ي" else participle
    yield from ((participle + "ا", "m"), (participle + "ة", "f"), (bare + "ين", "p"), (bare + "ون", "p"))


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, tuple[Grade, Form]]:
    """Key of every form → its grade and form, from `data/speech.tsv`."""
    out: dict[str, tuple[Grade, Form]] = {}
    lines = (Path(__file__).parent / "data" / "speech.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if not line or line.startswith("#"):
            continue
        grade, perfect, imperfect, participle = line.split("\t")
        verb: Grade = "frame" if grade == "frame" else "say"
        for written, form in forms(perfect, imperfect):
            out.setdefault(key(written), (verb, form))
        if participle != "-":
            for written, form in _states(participle):
                out.setdefault(key(written), ("state", form))
    for written in PREPOSITIONS - _DOUBTFUL:
        out.pop(written, None)
    return out


_ALI = "علی"  # no match key looks so
_HONOURS = keys_of("سموه سموها معاليه معاليها سعادته سعادتها فضيلته جلالته فخامته دولته سيادته حضرته غبطته نيافته")
_CONNECTIVES = keys_of(
    "حيث كما فيما بينما ثم إذ وقد قد ما مما وكان كان لم لن الذي التي حسبما عندما بدوره جهته جانبه بدورها "
    "جهتها جانبها بدورهم وبدوره وبدورها"
)
_IMPERSONAL = keys_of("يذكر ويذكر يشار ويشار يتوقع ويتوقع")  # يذكر أن: nobody in particular
_JUDGED = keys_of("اعتبر اعتبرت يعتبر تعتبر عد عدت قال قالت يقول تقول قالوا")  # اعتبرها, قالها: these take a suffix
_SHORT = keys_of("يرى ترى يرد ترد يعد تعد")
_DESCRIBES = keys_of("وصف يصف تصف اعتبر اتهم يتهم تتهم")
_EXCEEDS = keys_of("زاد زادت يزيد تزيد")  # ما يزيد على 300: no speech
_RELAYS = keys_of("نقلت نقل تنقل ينقل نسبت نسب ونقلت ونقل نقلوا")


class Scene:
    """A passage laid out for reading speech: where its sentences end, where its names stand.

    Everything is computed once, and every look around a token is bounded, so that the whole stays linear.
    """

    REACH = 60  # tokens looked back or ahead of a word of speech or a mark
    PHRASE = 16  # tokens of a speaker's phrase

    def __init__(self, passage: Passage, mentions: Iterable[Mention] = (), nominals: Iterable[Nominal] = ()) -> None:
        self.field = passage.field
        self.text = passage.text
        self.tokens = passage.tokens
        self.keys = [t.key or t.text for t in passage.tokens]  # a word of nothing but vowel marks has no key
        if "على" in self.text:  # then علي is the name, not an Egyptian's على
            self.keys = [_ALI if t.text == "علي" else k for t, k in zip(passage.tokens, self.keys, strict=True)]
        self._starts = [t.start for t in passage.tokens]
        self.quoted = pairs(passage.text, passage.tokens)
        self.inside = self._insides(self.quoted)
        self.paragraph: list[int] = []  # for every token the number of its paragraph
        self.first = self._sentence_firsts()
        self.mentions: dict[int, Mention] = {}  # token where it starts → the longest mention there
        for mention in mentions:
            at = self.token_at(mention.start)
            if at is not None and (at not in self.mentions or mention.end > self.mentions[at].end):
                self.mentions[at] = mention
        self.nominals = {at: n for n in nominals if (at := self.token_at(n.start)) is not None}
        self.fullest: dict[str, list[int]] = {}  # name → where its mentions of several words start
        self.surnames: dict[str, list[int]] = {}  # last word of a person's name → the same
        self.given: dict[str, list[int]] = {}  # first word of a person's name, where it is a given name → the same
        for at in sorted(self.mentions):
            if " " in self.mentions[at].text:
                self.fullest.setdefault(self.mentions[at].name, []).append(at)
                if self.mentions[at].type == "PER":
                    words = key(self.mentions[at].text).split() or [""]
                    self.surnames.setdefault(words[-1], []).append(at)
                    if words[0] in given_names():
                        self.given.setdefault(words[0], []).append(at)
        self.families: dict[str, list[int]] = {}  # a word right behind a given name → where that stands
        for at in range(1, len(self.keys)):
            if self.tokens[at].kind == "word" and (
                self.keys[at - 1] in given_names() or self.keys[at - 1] in common_given_names()
            ):
                self.families.setdefault(self.keys[at], []).append(at - 1)

    @classmethod
    def of(cls, reading: Reading, passage: Passage) -> Scene:
        """The scene of one field, with the names that the extractors before found in it."""
        return cls(passage, reading.of_kind("entity", Mention, passage), reading.of_kind("nominal", Nominal, passage))

    def token_at(self, offset: int) -> int | None:
        """Index of the token that covers `offset`."""
        at = bisect_right(self._starts, offset) - 1
        return at if at >= 0 and offset < self.tokens[at].end else None

    def _insides(self, quoted: Sequence[Pair]) -> bytearray:
        """1 for every token between two marks (the outer pairs, closed ones)."""
        inside = bytearray(len(self.tokens))
        end = -1
        for pair in quoted:
            if pair.closing is not None and pair.opening.first > end:
                end = pair.closing.first
                for i in range(pair.opening.last + 1, end):
                    inside[i] = 1
        return inside

    def _sentence_firsts(self) -> list[int]:
        """For every token the first token of its sentence. Two dots (..) are the press's comma and end none."""
        firsts: list[int] = []
        first = paragraph = 0
        for i, token in enumerate(self.tokens):
            gap = self.text[self.tokens[i - 1].end : token.start] if i else ""
            broken = "\n" in gap
            paragraph += broken
            outside = i and (self.inside[i] == 0 or self.inside[i - 1] == 0)
            if outside and (broken or (gap and self._ends_sentence(i - 1))):
                first = i
            self.paragraph.append(paragraph)
            firsts.append(first)
        return firsts

    def _ends_sentence(self, i: int) -> bool:
        token = self.tokens[i]
        if token.text in FAMILY and i and not self.inside[i]:  # the stop stands before the closing mark: قراره."
            i -= 1
            token = self.tokens[i]
            return token.text in ".!?؟" and bool(self.inside[i])
        if token.text in "!?؟":
            return True
        if token.text != "." or self.inside[i]:
            return False
        alone = i == 0 or self.tokens[i - 1].text != "."
        initial = i > 0 and self.tokens[i - 1].kind == "word" and len(self.tokens[i - 1].key) == 1
        return alone and not initial

    def span(self, first: int, end: int) -> str:
        """The text of tokens `first` up to `end`."""
        return self.text[self.tokens[first].start : self.tokens[end - 1].end]

    def end_of(self, at: int) -> int:
        """The token behind the mention that starts at token `at`."""
        return bisect_left(self._starts, self.mentions[at].end, lo=at + 1)

    def named(self, at: int) -> Speaker:
        """The mention at token `at` as a speaker: where it is a surname or short form, its nearest fuller form."""
        mention = self.mentions[at]
        text = mention.text
        if mention.start > self.tokens[at].start and self.tokens[at].text.startswith(("لل", "ولل")):
            text = "ا" + text  # للكرملين
        if " " not in text:
            fuller = self.fullest.get(mention.name) or self.surnames.get(key(text)) or ()
            before = bisect_left(fuller, at)
            if before:
                mention = self.mentions[fuller[before - 1]]
                text = mention.text
        return Speaker(text, mention.name, mention.type)

    def family(self, at: int) -> Speaker | None:
        """The nearest name before token `at` that ends in its word, where no name is known: كريم زخور … أما زخور."""
        before = self.families.get(self.keys[at], ())
        last = bisect_left(before, at - 1) - 1
        return Speaker(self.span(before[last], before[last] + 2), None, "PER") if last >= 0 else None

    def by_given_name(self, at: int) -> int | None:
        """Where the person last named in full stands whose given name the word at token `at` is."""
        before = self.given.get(self.keys[at], ())
        last = bisect_left(before, at) - 1
        return before[last] if last >= 0 else None

    def free(self, at: int) -> bool:
        """Whether the mention at token `at` can be a subject: no preposition, no other's description before it."""
        if self.mentions[at].start > self.tokens[at].start and self.keys[at][0] not in "وف":
            return False
        before = self.keys[at - 1] if at and self.first[at - 1] == self.first[at] else ""
        return before not in PREPOSITIONS and before not in _OTHERS and before[1:] not in _OTHERS

    def verb(self, at: int) -> tuple[Grade, Form, int] | None:
        """Grade and form of the speech verb at token `at`, and the letters of its clitic; or None."""
        k = self.keys[at]
        for cut in (0, 1) if k[0] in "وف" else (0,):
            known = _lexicon().get(k[cut:])
            if known is not None and (k[cut:] not in _DOUBTFUL or self._reports(at)):
                named = cut and k[0] == "ف" and k[1:] in _SHORT  # فيري is rather a name
                return None if named or _passive(self.tokens[at].text) else (*known, cut)
            if known is None and k.endswith(("ه", "ها", "هم")) and not self.tokens[at].text.endswith("ة"):  # وصفته
                base = k[cut:].removesuffix("ه").removesuffix("ها").removesuffix("هم")
                known = _lexicon().get(base) if len(base) >= 3 and base not in _DOUBTFUL else None
                if known is not None and (known[0] == "frame" or base in _JUDGED):
                    return (*known, cut)
        return None

    def _reports(self, at: int) -> bool:
        """Whether a doubtful form stands at the head of a clause and speech follows it."""
        before = self.keys[at - 1] if at and self.first[at] != at else ""
        if (
            before
            and self.tokens[at - 1].kind == "word"
            and before not in _CONNECTIVES
            and self.keys[at][0] not in "وف"
        ):
            return False
        bare = self.keys[at][1:] if self.keys[at][0] in "وف" else self.keys[at]
        if bare == "تبين" and at + 1 < len(self.keys) and self.keys[at + 1] in THAT:  # وتبين أن: it turned out
            return False
        if bare in _EXCEEDS and at + 1 < len(self.keys) and self.keys[at + 1] in ("علي", _ALI, "عن"):
            return False
        for j in range(at + 1, min(at + 14, len(self.keys))):
            if self.first[j] != self.first[at]:
                return False
            if self.keys[j] == "عن" and "عبر" in self.keys[at]:
                return True
            if self.keys[j] in THAT or self.keys[j] in _WORDS or self.tokens[j].text == ":":
                return True
            if self.tokens[j].text in FAMILY:
                return j - at <= 4
        return self.keys[min(at + 1, len(self.keys) - 1)] == "عن"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase behind a verb: tokens `first` to `end`."""

    first: int
    end: int
    stop: int  # where it ends at the latest, with what follows a preposition: مدير المستشفى | في جدة فلان
    person: int | None  # token of the person's name in it
    speaks: bool  # what was said follows: أن, a colon, a mark, a recipient


def noun_phrase(scene: Scene, at: int) -> Phrase:
    """The noun phrase from token `at` on, up to what was said, an adverb or a preposition."""
    keys, tokens = scene.keys, scene.tokens
    soft: int | None = None
    whole = 0  # the token behind a name in marks: it keeps its closing mark
    if at < len(keys) and keys[at] in _WITH_PRONOUN:
        at += 1
    at = _after_recipient(scene, at)
    within = _complements(scene, at) if at < len(keys) else frozenset()
    j = at
    limit = min(at + scene.PHRASE, len(keys))
    while j < limit and scene.first[j] == scene.first[at]:
        k, token = keys[j], tokens[j]
        mention = scene.mentions.get(j)
        if token.kind == "mark":
            if token.text == "(":
                closing = next((n for n in range(j + 1, min(j + 8, limit)) if tokens[n].text == ")"), None)
                if closing is None or j == at:
                    break
                soft, j = (j if soft is None else soft), closing + 1
                continue
            named = _quoted_name(scene, j) if j > at and _introduces_name(keys[j - 1]) else None
            if named is not None:
                j = whole = named
                continue
            apposition = token.text in "،," and any(
                n in scene.mentions and scene.mentions[n].type == "PER" and scene.free(n)
                for n in range(j + 1, min(j + 4, limit))
            )
            if not apposition and not (token.text == "." and len(keys[j - 1]) == 1):
                break
            soft = (j if soft is None else soft) if apposition else soft
        elif k in _ENDS or k in _WORDS or k in _SOURCES or _recipient(scene, j):
            break
        elif mention is not None and mention.type == "PER" and (j == at or scene.free(j)):
            if mention.start == token.start or j == at:
                return Phrase(at, scene.end_of(j), scene.end_of(j), j, True)
            break  # لفلان: to whom it was said; وفلان: another speaker
        elif mention is not None:
            if mention.start > token.start and j > at and k[0] in "لب":
                if k[0] == "ل" and _medium(mention):
                    break
                soft = j if soft is None and k[0] == "ب" else soft
            j = scene.end_of(j)
            continue
        elif scene.verb(j) is not None:
            break
        elif k in PREPOSITIONS:
            if j == at:
                break
            soft = j if soft is None and k not in within else soft
        elif j == at and _no_subject(k, keys[at - 1]):
            break
        j += 1
    j = min(j, limit)
    speaks = _speech_follows(scene, at, j)
    end = j if soft is None else soft
    while end > max(at, whole) and (tokens[end - 1].kind == "mark" or keys[end - 1] in PREPOSITIONS):
        end -= 1
    return Phrase(at, end, max(end, j), None, speaks)


def _introduces_name(word_key: str) -> bool:
    """Whether a name in marks may follow within a phrase: في «البستان», لحزب «الواحة»."""
    return word_key in PREPOSITIONS or word_key in _CLASSES or word_key[1:] in _CLASSES


def _quoted_name(scene: Scene, at: int) -> int | None:
    """The token behind a name of up to four words in the marks that open at token `at`: طاهي «المطعم» | فلان."""
    if scene.tokens[at].text not in FAMILY:
        return None
    closing = next((j for j in range(at + 2, min(at + 6, len(scene.keys))) if scene.tokens[j].text in FAMILY), None)
    return None if closing is None or closing + 1 >= len(scene.keys) else closing + 1


def _before_object(scene: Scene, phrase: Phrase) -> Phrase:
    """The phrase without the object that follows a definite subject: أصدرت المنظمة | وثيقة جديدة."""
    if phrase.person is not None or not scene.keys[phrase.first].startswith("ال"):
        return phrase
    for i in range(phrase.first + 1, phrase.end):
        k = scene.keys[i]
        if i not in scene.mentions and not _articled(k) and (k.endswith(("ا", "ات")) or nouns.noun(k) is not None):
            return dataclasses.replace(phrase, end=i)
    return phrase


def _complements(scene: Scene, at: int) -> frozenset[str]:
    """The prepositions that go on describing a head: مسؤول في حلف …, ثلاث نساء من القرية, المادة الثالثة من القانون."""
    head = scene.keys[at]
    if head in _OPEN_HEADS:
        return _WITHIN
    group = nouns.noun(head)
    people = group is not None and group.kind == "person" and group.plural and not head.startswith("ال")
    counted = at + 1 < len(scene.keys) and nouns.plural(scene.keys[at + 1]) and not head.startswith("ال")
    return _OF if people or counted or head in _PARTS else frozenset()


def _speech_follows(scene: Scene, at: int, j: int) -> bool:
    """Whether أن, a colon or a quotation mark stands between token `j` and the end of the sentence of token `at`."""
    for i in range(j, min(j + scene.REACH, len(scene.keys))):
        if scene.first[i] != scene.first[at]:
            return False
        if scene.keys[i] in THAT or scene.tokens[i].text == ":" or scene.tokens[i].text in FAMILY:
            return True
    return False


def _recipient(scene: Scene, at: int) -> bool:
    """لصحيفة …, للصحفيين, لـ«عكاظ», لرويترز: to whom it was said."""
    k = scene.keys[at]
    if k in ("ل", "وكاله") or k[0] != "ل":
        return k == "ل"
    return k[1:] in _RECIPIENTS or (k.startswith("لل") and "ا" + k[1:] in _RECIPIENTS)


_FOLK = keys_of("سكان أهالي أهل جمهور")  # people that no number counts


@lru_cache(maxsize=4096)
def _addressed(word_key: str) -> bool:
    """لسكانها, للمزارعين: people behind ل. Right behind a verb they hear; elsewhere they may be whose somebody is."""
    if word_key.startswith("لل"):
        people = nouns.noun("ا" + word_key[1:])
        return people is not None and people.plural and people.kind == "person"
    if word_key[0] != "ل":
        return False
    folk = any(word_key[1:] == each + pronoun for each in _FOLK for pronoun in ("ه", "ها", "هم"))
    return folk or nouns.own_people(word_key[1:]) is not None


def _after_recipient(scene: Scene, at: int) -> int:
    """The token behind the recipient that stands right behind a verb: أكد لـ«الصحيفة» | فلان, قال للصحفيين | …"""
    if at >= len(scene.keys):
        return at
    mention = scene.mentions.get(at)
    if mention is not None and mention.start > scene.tokens[at].start and scene.keys[at][0] == "ل" and _medium(mention):
        return scene.end_of(at)
    if not (_recipient(scene, at) or _addressed(scene.keys[at])):
        return at
    at += 1
    if at < len(scene.keys) and scene.tokens[at].text in FAMILY:
        behind = next((j for j in range(at + 1, min(at + 7, len(scene.keys))) if scene.tokens[j].text in FAMILY), None)
        return at if behind is None else behind + 1
    return scene.end_of(at) if at in scene.mentions and scene.mentions[at].type == "ORG" else at


@lru_cache(maxsize=4096)
def _medium(mention: Mention) -> bool:
    """Whether ل before a name says to whom it was said (لرويترز), and not whose somebody is (المبعوث لسوريا)."""
    if mention.text.split()[0] in _RECIPIENT_NAMES:
        return True
    entry = load().entry(mention.name)
    return entry is not None and entry.table == "media"


def _no_subject(word_key: str, verb_key: str) -> bool:
    """Is the word behind a verb its adverb or object: قال بهذا الشأن, ورحب باتفاق, رد مبتسما?"""
    if _adverb(word_key) or word_key in ("ب", "ل", "ك") or word_key.startswith(("بال", "وب", "لل", "بهذ", "لهذ")):
        return True
    if word_key[0] == "ب" and _governed(word_key):
        return True
    return word_key[0] == "ب" and _bare_verb(verb_key) in _WITH_B


@lru_cache(maxsize=4096)
def _governed(word_key: str) -> bool:
    """Whether a word in ب is rather the preposition with a noun: بصوت متأثر, بترشيحه, and not بطل or باحث."""
    rest = commonness(word_key[1:])
    if rest is None:
        rest = next(
            (
                c
                for tail in ("ه", "ها", "هم")
                if word_key.endswith(tail) and (c := commonness(word_key[1 : -len(tail)]))
            ),
            None,
        )
    whole = commonness(word_key)
    return len(word_key) > 4 and rest is not None and (whole is None or rest < whole)


def _adverb(word_key: str) -> bool:
    """How it was said, of the shape of a participle: مبتسما, ساخرا."""
    participle = word_key[0] == "م" or word_key[1:2] == "ا"
    shape = len(word_key) == 5 and word_key[1] == "ا"  # ضاحكا: of the very shape, be it never so rare
    return (
        participle and word_key.endswith("ا") and len(word_key) > 4 and (shape or commonness(word_key[:-1]) is not None)
    )


def _passive(written: str) -> bool:
    """يُتوقع, يُذكر: the vowel says that nobody is named as its subject."""
    word = written.lstrip("وف")
    return len(word) > 2 and word[0] in "يت" and word[1] == "\u064f" and word[2] not in "ؤو"


def _bare(word_key: str) -> str:
    word = word_key[1:] if word_key.startswith("وال") and len(word_key) > 5 else word_key
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def _stems(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(_bare(k) for k in keys if k not in PREPOSITIONS and len(k) > 2)


class _Cast:
    """Who has appeared so far: names with the words that describe them, latest first."""

    SIZE = 40  # how many are remembered

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.known: deque[tuple[frozenset[str], Speaker]] = deque(maxlen=self.SIZE)
        self.upcoming = deque(sorted(scene.mentions))
        self.current: Speaker | None = None
        self.by_form: dict[Form, Speaker] = {}
        self.spoke = -1  # the sentence (its first token) where `current` was last named

    def advance(self, at: int) -> None:
        """Learn the names that stand before token `at`."""
        while self.upcoming and self.upcoming[0] < at:
            start = self.upcoming.popleft()
            end = self.scene.end_of(start)
            keys, tokens, first = self.scene.keys, self.scene.tokens, self.scene.first
            person = self.scene.mentions[start].type == "PER"
            left = start
            while left > first[start] and start - left < (6 if person else 1) and self._describes(left - 1):
                if not person and _bare(keys[left - 1]) not in _CLASSES:  # مسؤولو حماس are not حماس
                    break
                left -= 1
            right = end
            if person and right + 1 < len(keys) and tokens[right].text in "،," and self._titles(right + 1):
                right += 1  # علي فلان، المحلل السياسي
                end = right
            while (
                person
                and right < len(keys)
                and right - end < 7
                and self._describes(right)
                and first[right] == first[start]
            ):
                right += 1
            words = (
                *keys[left:right],
                key(tokens[start].text[self.scene.mentions[start].start - tokens[start].start :]),
            )
            self.known.append((_stems(words), self.scene.named(start)))

    def _titles(self, i: int) -> bool:
        k = self.scene.keys[i]
        return k in _OFFICES or k in _TITLES

    def _describes(self, i: int) -> bool:
        k = self.scene.keys[i]
        return (
            self.scene.tokens[i].kind == "word"
            and k not in _ENDS
            and k not in PREPOSITIONS
            and self.scene.verb(i) is None
        )

    def role(self, phrase: Phrase) -> Speaker | None:
        """The named one that a bare role or surname stands for: الوزير after وزير الخارجية فلان."""
        words = [k for k in self.scene.keys[phrase.first : phrase.end] if len(k) > 2]
        if not words or len(words) > 8:
            return None
        stems = _stems(words)
        surname = len(words) == 1 and _bare(words[0]) == words[0]
        body = len(words) == 1 and _bare(words[0]) in _CLASSES  # قالت الحركة: not the man who leads it
        for described, speaker in reversed(self.known):
            if speaker.type == "LOC" or (body and speaker.type == "PER"):
                continue
            if stems and stems <= described and (not surname or words[0] == key(speaker.text).split()[-1:][0]):
                return speaker
        bare = all(_articled(w) or w in _SAME for w in words)
        if surname or not bare:
            return None
        head = _bare(words[0])  # المصدر ذاته after مصدر أمني
        for _, speaker in reversed(self.known):
            if speaker.type != "PER" and _bare(key(speaker.text).split(" ", 1)[0]) == head and head != words[0]:
                return speaker
        return None

    def pronoun(self, at: int, form: Form) -> Speaker | None:
        """Who the subject of the word at token `at` is, where only its form says so; a plural is no single person."""
        speaker = self._antecedent(at, form)
        return None if form == "p" and speaker is not None and speaker.type == "PER" else speaker

    def _antecedent(self, at: int, form: Form) -> Speaker | None:
        scene = self.scene
        sentence = scene.first[at]
        if at and scene.keys[at - 1] in ("الذي", "التي"):  # فلان، حاكم الولاية، الذي يعتقد أن
            for i in reversed(range(max(sentence, at - 20), at - 1)):
                if i in scene.mentions and scene.mentions[i].type == "PER" and not scene.inside[i]:
                    return scene.named(i)
        if self.current is not None and self.spoke == sentence:
            return self._agreeing(form)
        fronted = scene.keys[sentence] in ("اما", "واما")
        subject = self._sentence_subject(sentence, at)
        if fronted and subject is not None:
            return subject
        if subject is not None and scene.keys[at] in _DOCUMENTED:
            return subject
        # لم يجد فلان إلا الصمت … فقال: ف goes on with the subject of its sentence
        goes_on = scene.keys[at][0] == "ف"
        places = range(sentence, min(at, sentence + scene.REACH))
        for i in reversed(range(max(sentence, at - scene.REACH), at)) if goes_on else places:
            if not goes_on and not self._opens_with_subject(sentence):
                break
            mention = scene.mentions.get(i)
            if mention is None or scene.inside[i] or not scene.free(i):
                continue
            governed = scene.keys[i - 1] in _OFFICES  # عضو مجلس الإدارة فلان: of the member
            if (mention.type == "PER" and form != "p") or (
                mention.type == "ORG" and i - sentence <= 2 and not governed
            ):
                return scene.named(i)
        several = form == "p" and subject is not None and subject.text.endswith("ون")  # ورفع المحتجون … يقولون
        if subject is not None and (subject.type is not None or self.current is None or several):
            return subject
        if self.current is None or not self._same_paragraph(self.spoke, at):
            subject = self._sentence_before(sentence, form)
            if subject is not None:
                return subject
        if self.current is not None:
            return self._agreeing(form)
        if form == "p":
            return None
        named = [s for _, s in self.known if s.type == "PER"] or [s for _, s in self.known if s.type == "ORG"]
        return named[-1] if named else None

    def _same_paragraph(self, first: int, at: int) -> bool:
        return first >= 0 and self.scene.paragraph[first] == self.scene.paragraph[at]

    def _sentence_before(self, sentence: int, form: Form) -> Speaker | None:
        """Subject of the sentence before, in the same paragraph: يعاين الطبيب فلان … يقول: «…»."""
        scene = self.scene
        if sentence == 0 or form == "p":
            return None
        before = scene.first[sentence - 1]
        if not self._same_paragraph(before, sentence):
            return None
        for i in range(before, min(sentence, before + scene.REACH)):
            mention = scene.mentions.get(i)
            if mention is not None and mention.type == "PER" and not scene.inside[i] and scene.free(i):
                return scene.named(i)
            full = scene.by_given_name(i) if mention is None and not scene.inside[i] else None
            if full is not None and scene.keys[i - 1] not in PREPOSITIONS:
                return scene.named(full)
        return None

    def _agreeing(self, form: Form) -> Speaker | None:
        """The last speaker whose own verb had this form; a plural is nobody's who spoke as one person."""
        last = self.by_form.get(form)
        if last is not None:
            return last
        return None if form == "p" and self.current is not None and self.current.type == "PER" else self.current

    def _opens_with_subject(self, sentence: int) -> bool:
        k = self.scene.keys[sentence]
        return k not in PREPOSITIONS and k[1:] not in PREPOSITIONS

    def _sentence_subject(self, sentence: int, at: int) -> Speaker | None:
        """Subject of a sentence that begins with it, with أما or with a verb: والوثيقة … تشير, وتضع العقيدة … وتنص."""
        k = self.scene.keys[sentence]
        if not self._opens_with_subject(sentence) or k in _ENDS or at - sentence < 2:
            return None
        first = sentence
        if not k.startswith(("ال", "وال")):
            first += 1
            second = self.scene.keys[first]
            family = self.scene.family(first) if k in ("اما", "واما") and first + 1 == at else None
            if family is not None:
                return family
            if not (second.startswith("ال") or second in _OFFICES or second in _OPEN_HEADS):
                return None
        phrase = _before_object(self.scene, noun_phrase(self.scene, first))
        if phrase.end > at or phrase.end <= first:
            return None
        subject = self.phrase(phrase, 1 if k.startswith("وال") and first == sentence else 0)
        told = subject is not None and (subject.name or " " in subject.text or subject.text.endswith("ون"))
        return subject if told else None

    def phrase(self, phrase: Phrase, cut: int = 0) -> Speaker | None:
        """The speaker that a noun phrase names; `cut` letters of its first word are a clitic."""
        scene = self.scene
        if phrase.person is not None:
            return scene.named(phrase.person)
        if all(t.kind != "word" for t in scene.tokens[phrase.first : phrase.end]):
            return None
        first = phrase.first
        head = first + 1 if _bare(scene.keys[first][cut:]) in _CLASSES and first + 1 in scene.mentions else first
        if head in scene.mentions:
            return self._with_complement(head, phrase)
        nominal = scene.nominals.get(first)
        if nominal is not None and nominal.name is not None:
            return self._fuller(nominal.name) or Speaker(nominal.text, nominal.name, nominal.type)
        same = self.role(phrase)
        if same is not None:
            return same
        if scene.keys[first] in _STATEMENTS and phrase.end - first == 1 and self.current is not None:
            return self.current
        name = _name_in(scene, phrase)
        if name is not None:
            return self._of_surname(scene.span(*name)) or Speaker(scene.span(*name), None, "PER")
        text = scene.text[scene.tokens[first].start + cut : scene.tokens[phrase.end - 1].end]
        return Speaker(text, None, nominal.type if nominal is not None else None)

    def _with_complement(self, head: int, phrase: Phrase) -> Speaker:
        """The name at token `head`; of a body with what it is the body of: المديرية العامة | لقوى الأمن الداخلي."""
        scene = self.scene
        behind = scene.end_of(head)
        other = scene.mentions.get(behind) if behind < phrase.end else None
        of = other is not None and other.start > scene.tokens[behind].start and scene.keys[behind][0] == "ل"
        if other is None or not of or {scene.mentions[head].type, other.type} != {"ORG"}:
            return scene.named(head)
        text = scene.text[scene.mentions[head].start : other.end]
        return Speaker(text, text, "ORG")

    def _of_surname(self, text: str) -> Speaker | None:
        """The person known by a longer name that ends in this one."""
        last = key(text)
        persons = (s for _, s in reversed(self.known) if s.type == "PER")
        return next((s for s in persons if " " in s.text and key(s.text).split()[-1] == last), None)

    def _fuller(self, name: str) -> Speaker | None:
        return next((s for _, s in reversed(self.known) if s.name == name), None)

    def spoken(self, at: int, speaker: Speaker, form: Form, phrase: Phrase | None) -> None:
        """Remember who spoke last, and by which description they can be taken up again (المسؤول)."""
        self.current, self.spoke = speaker, self.scene.first[at]
        self.by_form[form] = speaker
        if phrase is not None:
            self.describe(speaker, phrase)

    def describe(self, speaker: Speaker, phrase: Phrase) -> None:
        """Remember the words a speaker was described with."""
        self.known.append((_stems(self.scene.keys[phrase.first : phrase.end]), speaker))


def _name_in(scene: Scene, phrase: Phrase) -> tuple[int, int] | None:
    """First and end token of a person's name that no lexicon knows, by the titles and offices around it."""
    keys, first, end = scene.keys, phrase.first, phrase.end
    titles = [i for i in range(first, end) if keys[i] in _TITLES or (i > first and keys[i] in _ACTING)]
    if titles and (name := titles[-1] + 1) < end:
        while name < end and (_articled(keys[name]) or scene.tokens[name].kind == "mark"):
            name += 1
        stop = next((i for i in range(name, end) if keys[i] in _OFFICES), end)
        governed = name < end and keys[name][0] in "بل" and len(keys[name]) > 4 and keys[titles[-1]] in _ACTING
        if 0 < stop - name <= 5 and not governed and keys[name] not in _OTHERS and keys[name] not in PREPOSITIONS:
            return name, stop
    office = next((i for i in range(first, end) if keys[i] in _OFFICES), end)
    if first < office < end:
        described = keys[first].startswith("ال") or keys[first] in _OPEN_HEADS
        return None if described or office - first > 4 else (first, office)  # فلان رئيس اللجنة
    if office == first:  # مدرب المنتخب فلان; ممثلة البرنامج في المدينة فلانة
        inside = _trailing_name(scene, first, end)
        if inside is None and end < phrase.stop and keys[end] in ("في", "لدي"):
            stop = next((i for i in range(end + 1, phrase.stop) if keys[i] in PREPOSITIONS), phrase.stop)
            return _trailing_name(scene, end, stop)
        return inside
    return None


def _trailing_name(scene: Scene, first: int, end: int) -> tuple[int, int] | None:
    """The name that ends a description: the last plain words behind a definite one or behind another name."""
    for i in range(end - 1, first, -1):
        k, before = scene.keys[i], scene.keys[i - 1]
        if scene.tokens[i].kind != "word" or k in PREPOSITIONS:
            return None
        behind_name = any(at in scene.mentions and scene.end_of(at) == i for at in range(max(first, i - 4), i))
        plain = (
            not _articled(k)
            and k not in _SAME
            and k not in _OFFICES
            and k[1:] not in _OFFICES
            and i not in scene.mentions
            and k not in _OTHERS
        )
        if plain and (behind_name or _articled(before)) and not (k[0] in "بل" and len(k) > 4):
            start = i - 1 if k in ("بن", "ابن") else i
            return (start, end) if end - start <= 5 else None
    return None


def _articled(word_key: str) -> bool:
    return word_key.startswith("ال") or (len(word_key) > 5 and word_key.startswith(("وال", "لل", "بال")))


def _bare_verb(word_key: str) -> str:
    """A verb's key without و and the endings of gender and number."""
    word = word_key[1:] if word_key[:1] in "وف" and len(word_key) > 4 else word_key
    return word.removesuffix("وا").removesuffix("ت")


def sayings(scene: Scene) -> tuple[Saying, ...]:
    """Every word of speech outside quotation marks with its speaker, in text order."""
    cast = _Cast(scene)
    out: list[Saying] = []
    for i, token in enumerate(scene.tokens):
        if token.kind != "word" or scene.inside[i]:
            continue
        cast.advance(i)
        saying = _saying(scene, cast, i)
        if saying is not None:
            out.append(saying)
    return tuple(out)


def _saying(scene: Scene, cast: _Cast, i: int) -> Saying | None:
    """What the word at token `i` says, and whom it belongs to."""
    k, written = scene.keys[i], scene.tokens[i].text
    if k in _RELAYS:
        relayed = _relayed(scene, i)
        speaker = cast.phrase(relayed) if relayed is not None else None
        if relayed is None or speaker is None:
            return None
        cast.spoken(i, speaker, "m", relayed)
        return Saying(i, "say", written, (relayed.first, relayed.end), relayed.end, speaker)
    if k in _MANNERS and i and scene.keys[i - 1] in ("حد", "حسب", "بحسب", "وفق"):
        speaker = cast.pronoun(i, _suffix_form(k))
        return Saying(i, "source", scene.span(i - 1, i + 1), (i, i), i + 1, speaker)
    if k in _WORDS:
        return Saying(i, "word", written, (i, i), i + 1, cast.pronoun(i, _suffix_form(k)))
    if k in _SOURCES:
        return _source(scene, cast, i)
    verb = scene.verb(i)
    if verb is None or (k in _IMPERSONAL and _heads(scene, i)):
        return None
    grade, form, cut = verb
    if grade != "state":
        phrase = noun_phrase(scene, i + 1)
        honoured = phrase.person is None and phrase.end > phrase.first and scene.keys[phrase.first] in _HONOURS
        # أما فلان فأبدى رضاه: the subject stands before the verb
        fronted = cut == 1 and k[0] == "ف" and scene.keys[scene.first[i]] in ("اما", "واما")
        speaker = None if honoured or fronted else cast.phrase(phrase)
        if speaker is not None and grade == "frame" and phrase.person is None and speaker.name is None:
            speaker = cast.role(dataclasses.replace(phrase, end=phrase.first + 1)) or speaker  # دعا الوالي المواطنين
        if speaker is None and phrase.end > phrase.first and scene.tokens[phrase.first].kind == "number":
            return Saying(i, grade, written[cut:], (phrase.first, phrase.end), phrase.end, None)  # أفادت 64 % منها
        if speaker is not None and _described(scene, cast, i + 1, phrase, k):
            speaker = None  # وصفت الصين بـ«…»: she did, of China
        if speaker is not None:
            if phrase.person is not None or phrase.speaks or speaker.name is not None:
                cast.spoken(i, speaker, form, phrase)
            return Saying(i, grade, written[cut:], (phrase.first, phrase.end), phrase.end, speaker)
    speaker = cast.pronoun(i, form)
    if speaker is not None:
        cast.spoken(i, speaker, form, None)
    return Saying(i, grade, written[cut:], (i + 1, i + 1), i + 1, speaker)


def _described(scene: Scene, cast: _Cast, at: int, phrase: Phrase, verb_key: str) -> bool:
    """Is the one name between وصف and what it is described with its object: after somebody spoke, ووصفت الصين بـ«…»?"""
    if cast.current is None or _bare_verb(verb_key) not in _DESCRIBES or at not in scene.mentions:
        return False
    behind = scene.end_of(at)
    return (
        phrase.first == at
        and behind < len(scene.keys)
        and (scene.keys[behind] == "ب" or scene.keys[behind][:3] == "بان")
    )


def _heads(scene: Scene, at: int) -> bool:
    """Does the verb at token `at` open its clause, with أن right behind it or behind إلى?"""
    opens = scene.first[at] == at or scene.tokens[at - 1].kind == "mark" or scene.keys[at][0] == "و"
    return opens and any(k in THAT for k in scene.keys[at + 1 : at + 3])


def _suffix_form(word_key: str) -> Form:
    """قوله, قولها, قولهم."""
    return "f" if word_key.endswith("ها") else "p" if word_key.endswith(("هم", "هما")) else "m"


def _relayed(scene: Scene, at: int) -> Phrase | None:
    """نقلت … عن فلان, نسبت … إلى فلان: the phrase after the preposition, within twelve tokens."""
    for j in range(at + 1, min(at + 13, len(scene.keys))):
        if scene.first[j] != scene.first[at] or scene.inside[j]:
            return None
        if scene.keys[j] == ("الي" if "نسب" in scene.keys[at] else "عن") and j + 1 < len(scene.keys):
            phrase = noun_phrase(scene, j + 1)
            return phrase if phrase.end > phrase.first else None
    return None


def _source(scene: Scene, cast: _Cast, at: int) -> Saying | None:
    """بحسب فلان, وفقا لوزارة …, نقلا عن …: whom the sentence has it from."""
    k, nxt = scene.keys[at], at + 1
    if nxt >= len(scene.keys) or scene.first[nxt] != scene.first[at] or scene.tokens[nxt].kind != "word":
        return None
    if scene.keys[nxt] in ("ما", "لما") or scene.keys[nxt] in _MANNERS or scene.verb(nxt) is not None:
        return None  # the verb after it tells
    cut = 0
    if k.endswith(("وفقا", "طبقا")):
        if scene.keys[nxt][0] != "ل":
            return None
        cut = 1
    elif k == "نقلا":
        if scene.keys[nxt] != "عن" or nxt + 1 >= len(scene.keys):
            return None
        nxt += 1
    phrase = noun_phrase(scene, nxt)
    speaker = cast.phrase(phrase, cut)
    if speaker is None:
        return None
    cast.describe(speaker, phrase)
    return Saying(at, "source", scene.tokens[at].text, (phrase.first, phrase.end), phrase.end, speaker)
