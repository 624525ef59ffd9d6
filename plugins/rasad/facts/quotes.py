"""Direct speech: the words between quotation marks that somebody said, and who.

A quoted stretch of two words or more is speech where a word of speech introduces or follows it; how far that
word may stand depends on how much the stretch looks like speech (its length, how it begins) and not like a title,
a name or a term. A quote within a quote belongs to the outer one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from rasad.facts.passage import Passage, Reading
from rasad.facts.quotation_marks import Mark, Pair
from rasad.facts.speech import PREPOSITIONS, THAT, Saying, Scene, Speaker, keys_of, sayings
from rasad.model import Quote

KIND = "quote"
VERSION = "3"

LONGEST_UNCLOSED = 2500  # code points
_EARLIER = 1500  # code points back to the word of speech that a long quote may go on from


# What is named by quoted words after it: a title, a slogan, a term.
_TITLED = keys_of(
    "برنامج فيلم مسلسل كتاب رواية مسرحية أغنية ألبوم ديوان قصيدة قصة مقال مقالة عمود مجلة صحيفة جريدة "
    "موقع قناة تلفزيون إذاعة وكالة شركة مؤسسة مجموعة مبادرة حملة مشروع جائزة مسابقة مهرجان معرض ندوة "
    "دورة ورشة مؤتمر منتدى ملتقى فعالية عملية عاصفة شعار وسم هاشتاق هاشتاغ هاشتاج عنوان بعنوان اسم باسم "
    "لقب مسمى المسمى المسماة تسمية تدعى يدعى تسمى يسمى يعرف تعرف المعروف المعروفة مصطلح مفهوم ظاهرة لعبة "
    "تطبيق منصة حركة تنظيم جماعة حزب كتلة ائتلاف تحالف فرقة كتيبة لواء جيش سرايا ميليشيا نادي فريق "
    "ملعب استاد ملعبه مطعم فندق مول متجر ماركة منتج سيارة هاتف طائرة صاروخ سفينة فيروس مرض حي شارع ميدان "
    "ساحة قاعة مسرح صالة نظام خدمة قانون مادة وثيقة سلسلة حلقة فقرة زاوية جزء لوحة مجسم كأس بطولة "
    "دوري كلاسيكو ديربي تقنية جهاز عقار دواء بند صندوق فئة درجة فن عرض الفيلم البرنامج المسلسل الكتاب "
    "الرواية المسرحية الأغنية القصيدة الشعار المهرجان المعرض المسابقة الجائزة المشروع المبادرة الحملة "
    "الحركة التنظيم الجماعة المسمي الملقب الملقبة الشهير الشهيرة المدعو يطلق أطلق بلقب بمسمى بشعار تحت "
    "هشتاق مايسمى يسمي"
)
# How speech rather than a name begins.
_BEGINS = keys_of(
    "في من على إلى عن مع لا لم لن ما قد سوف لقد إن أن إنه إنها إننا إنني أنا نحن هو هي هم هذا هذه هؤلاء "
    "ذلك تلك هناك ليس ليست كان كانت كل أي غير كما لكن ولكن بل إذا لو حتى بعد قبل عندما لأن لأنه كيف "
    "لماذا متى هل أين ماذا من يجب ينبغي لابد يمكن نريد نعم دون بدون بلا وما ولا وأن وإن وقد ولن ولم أنه "
    "أنها أننا أنني مثل خلال ضد بين منذ وفي ومن وعلى بشكل بصورة بطريقة بكل بأي بأن يا أيها جدا للغاية "
    "ضرورة مزيد المزيد"
)
_GOVERNED = keys_of("على إلى عن بأن")
_SAY_AFTER = keys_of("هكذا بهذه هذه بهذا")


def extract(reading: Reading) -> tuple[Quote, ...]:
    """Quotes of the title, then of the body."""
    return (*_read(reading, reading.title), *_read(reading, reading.body))


def _read(reading: Reading, passage: Passage) -> tuple[Quote, ...]:
    scene = Scene.of(reading, passage)
    if not scene.quoted and "(" not in scene.text:
        return ()
    return _Judge(scene, sayings(scene)).quotes()


class _Verdict(NamedTuple):
    """That words are speech: the word of speech they hang on, whose they are, and how sure that is."""

    saying: Saying | None
    speaker: Speaker | None
    confidence: float


class _Judge:
    """Decides pair by pair, left to right: a quote may go on from the one before it."""

    def __init__(self, scene: Scene, said: Sequence[Saying]) -> None:
        self.scene = scene
        self.said = said
        self._said_at = [s.at for s in said]
        self.last_end = -1  # token behind the closing mark of the last quote
        self.last: Quote | None = None

    def quotes(self) -> tuple[Quote, ...]:
        out: list[Quote] = []
        candidates = sorted((*self.scene.quoted, *self._in_parentheses()), key=lambda p: p.opening.start)
        done = -1
        for pair in candidates:
            if pair.opening.start < done:
                continue
            quote = self._judge(pair)
            if quote is not None:
                out.append(quote)
                done = quote.end
                self.last = quote
                self.last_end = self._behind(pair, quote)
        return tuple(out)

    def _behind(self, pair: Pair, quote: Quote) -> int:
        if pair.closing is not None:
            return pair.closing.last + 1
        at = self.scene.token_at(quote.end - 1)
        return pair.opening.last + 1 if at is None else at + 1

    def _in_parentheses(self) -> list[Pair]:
        """(…) right behind a colon or a word like بمقولة, which some papers use for quotation marks."""
        out: list[Pair] = []
        opening: int | None = None
        tokens = self.scene.tokens
        for i, token in enumerate(tokens):
            if token.text == "(":
                before = tokens[i - 1].text if i else ""
                said = self._before(i)
                cued = said is not None and (before == ":" or (said.grade == "word" and said.after == i))
                opening = i if cued else None
            elif token.text == ")" and opening is not None:
                if "\n" not in self.scene.text[tokens[opening].end : token.start]:
                    out.append(Pair(_bracket(tokens[opening].start, opening), _bracket(token.start, i)))
                opening = None
        return out

    def _judge(self, pair: Pair) -> Quote | None:
        scene = self.scene
        first = pair.opening.last + 1
        end = len(scene.tokens) if pair.closing is None else pair.closing.first
        if first >= end:
            return None
        before = self._before(pair.opening.first)
        if pair.closing is None:
            if not self._introduced(pair, before):
                return None
            end = self._evident_end(first)
        n_words = 0
        for i in range(first, end):
            n_words += scene.tokens[i].kind != "mark"
            if n_words >= 40:
                break
        if n_words < 2 or self._is_name(first, end):
            return None
        verdict = self._verdict(pair, first, end, n_words, before)
        if verdict is None:
            return None
        saying, speaker, confidence = verdict.saying, verdict.speaker, verdict.confidence
        start = scene.tokens[first].start
        stop = scene.tokens[end - 1].end
        return Quote(
            start,
            stop,
            scene.text[start:stop],
            speaker=speaker.text if speaker else None,
            speaker_name=speaker.name if speaker else None,
            speaker_type=speaker.type if speaker else None,
            verb=saying.verb if saying else None,
            flag="unclosed" if pair.closing is None else None,
            field=self.scene.field,
            confidence=confidence if speaker else round(confidence * 0.8, 2),
        )

    def _before(self, at: int) -> Saying | None:
        """The word of speech that may introduce what stands at token `at`: the last one of its sentence."""
        scene = self.scene
        anchor = at
        if at and scene.first[at] == at and scene.tokens[at - 1].text == ":":
            anchor = at - 1
        i = bisect_left(self._said_at, at) - 1
        while i >= 0 and scene.first[self._said_at[i]] == scene.first[anchor] and at - self._said_at[i] <= scene.REACH:
            if self.said[i].grade != "source":
                return self.said[i]
            i -= 1
        return None

    def _after(self, at: int) -> Saying | None:
        """The word of speech right behind a quote whose closing mark ends before token `at`: «…»، قال فلان."""
        scene = self.scene
        i = bisect_left(self._said_at, at)
        if i == len(self.said):
            return None
        saying = self.said[i]
        if saying.at - at > 3 or scene.paragraph[saying.at] != scene.paragraph[at - 1]:
            return None
        begins = scene.keys[saying.at][0] == "و" and saying.grade == "source"  # «…». وبحسب فلان: of what follows
        if begins or any(scene.tokens[j].text in ".!؟?" for j in range(at, saying.at)):
            return None
        if saying.grade == "source":
            return saying
        if (
            scene.keys[saying.at][0] in "وف"
            and scene.keys[saying.at][1:]
            and saying.verb != scene.tokens[saying.at].text
        ):
            return None  # وأضاف: begins something new
        if saying.after > saying.at + 1 and not self._goes_on(saying):
            return saying
        return None

    def _goes_on(self, saying: Saying) -> bool:
        """Whether the word of speech introduces something of its own."""
        at = saying.after
        return at < len(self.scene.tokens) and (self.scene.keys[at] in THAT or self.scene.tokens[at].text == ":")

    def _introduced(self, pair: Pair, before: Saying | None) -> bool:
        at = pair.opening.first
        if before is None:
            return False
        return pair.opening.colon or (at > 0 and self.scene.keys[at - 1] in THAT) or before.after >= at

    def _evident_end(self, first: int) -> int:
        """Where a quote without closing mark ends: before the next word of speech, else with its paragraph."""
        scene = self.scene
        limit = scene.tokens[first].start + LONGEST_UNCLOSED
        stop = scene.text.find("\n", scene.tokens[first].start, limit)
        stop = min(limit, len(scene.text)) if stop < 0 else stop
        end = first
        while end < len(scene.tokens) and scene.tokens[end].end <= stop:
            at_comma = scene.tokens[end].text in "،,.؛" and end + 1 < len(scene.tokens)
            if end > first + 1 and at_comma and (scene.keys[end + 1] in _SAY_AFTER or scene.verb(end + 1) is not None):
                break
            end += 1
        return max(end, first + 1)

    def _is_name(self, first: int, end: int) -> bool:
        """Whether a name fills the marks."""
        mention = self.scene.mentions.get(first)
        return mention is not None and self.scene.end_of(first) >= end - (end - first > 3)

    def _titled(self, at: int) -> bool:
        """Whether the word before token `at`, or the noun before its adjective, is one that titles follow."""
        for back in (1, 2):
            if at - back < 0 or self.scene.first[at - back] != self.scene.first[at - 1]:
                return False
            k = self.scene.keys[at - back]
            if any(form in _TITLED for form in _stripped(k)):
                return True
            adjective = k.startswith("ال") or k.endswith(("ي", "يه"))
            if self.scene.tokens[at - back].kind != "word" or k in PREPOSITIONS or not adjective:
                return False
        return False

    def _begins_as_speech(self, first: int) -> bool:
        k = self.scene.keys[first]
        if k in _BEGINS or k[1:] in _BEGINS:
            return True
        if len(k) <= 3:
            return False
        future_or_present = k[0] in "ينست" and k[1] != "ا" and k[-1] != "ه"
        return future_or_present or (k.endswith("ت") and not k.endswith("ات"))

    def _verdict(self, pair: Pair, first: int, end: int, n_words: int, before: Saying | None) -> _Verdict | None:
        """The surest ground on which tokens `first` to `end` are speech, or None."""
        at = pair.opening.first
        behind = len(self.scene.tokens) if pair.closing is None else pair.closing.last + 1
        if self.scene.field == "title" and (headline := self._headline(pair, behind)) is not None:
            return _Verdict(None, headline, 0.9)
        if self._goes_on_from_last(at) and self.last is not None:
            same = (
                Speaker(self.last.speaker, self.last.speaker_name, self.last.speaker_type)
                if self.last.speaker
                else None
            )
            return _Verdict(before, same, 0.85)
        titled = self._titled(at)
        verdict = None
        if before is not None:
            verdict = self._directly_introduced(pair, before, n_words, titled)
        if verdict is None and not titled and (n_words >= 4 or self._begins_as_speech(first)):
            verdict = self._followed(behind)
        if verdict is None and before is not None:
            return self._within_a_report(at, first, n_words, before, titled)
        if verdict is not None or titled:
            return verdict
        return self._without_a_word_of_speech(pair, first, behind, n_words)

    def _directly_introduced(self, pair: Pair, before: Saying, n_words: int, titled: bool) -> _Verdict | None:
        """قال: «…», قال إن «…», قال فلان «…»."""
        at = pair.opening.first
        if pair.opening.colon:
            return _Verdict(before, before.speaker, 0.98)
        if self.scene.keys[at - 1] in THAT:
            return _Verdict(before, before.speaker, 0.95)
        named = before.subject[1] > before.subject[0]  # المقدم سامي «…»: سامي's rank names no title
        if before.after >= at and (named or not titled) and (n_words >= 3 or before.grade in ("word", "frame")):
            return _Verdict(before, before.speaker, 0.95)
        return None

    def _followed(self, behind: int) -> _Verdict | None:
        """«…»، قال فلان, «…» بحسب فلان."""
        if behind >= len(self.scene.tokens):
            return None
        after = self._after(behind)
        return None if after is None else _Verdict(after, after.speaker, 0.9)

    def _within_a_report(self, at: int, first: int, n_words: int, before: Saying, titled: bool) -> _Verdict | None:
        """Words quoted within a reported clause: قال إن القرار «لا رجعة فيه», دعا إلى «ضبط النفس»."""
        keys = self.scene.keys
        that = next((i for i in range(at - 1, before.at, -1) if keys[i] in THAT), None)
        # أن الوضع «قنبلة صحية موقوتة»: what is said of it; only a title would stand behind its noun just so
        predicate = that is not None and at - that <= 4 and n_words >= 3 and not keys[first].startswith("ال")
        if (
            predicate
            and that is not None
            and (not titled or (at - that == 2 and n_words >= 4 and keys[at - 1].startswith("ال")))
        ):
            return _Verdict(before, before.speaker, 0.85)
        if titled:
            return None
        if n_words >= (5 if that is None else 6):
            return _Verdict(before, before.speaker, 0.85)
        governed = keys[at - 1] in _GOVERNED or (keys[at - 1] == "ب" and before.grade == "frame")
        if governed and that is None and at - before.after <= 15:
            return _Verdict(before, before.speaker, 0.8)
        return _Verdict(before, before.speaker, 0.7) if self._begins_as_speech(first) else None

    def _without_a_word_of_speech(self, pair: Pair, first: int, behind: int, n_words: int) -> _Verdict | None:
        """فلان: «…» of an interview; a source later in the sentence; long speech that goes on from an earlier one."""
        at = pair.opening.first
        if pair.opening.colon and n_words >= 4:
            return _Verdict(None, self._named_before(at), 0.75)
        if self._begins_as_speech(first) and (source := self._source_later(behind)) is not None:
            return _Verdict(source, source.speaker, 0.6)
        earlier = self._earlier(at) if n_words >= 10 else None
        return None if earlier is None else _Verdict(earlier, earlier.speaker, 0.6)

    def _source_later(self, behind: int) -> Saying | None:
        """بحسب فلان, later in the sentence of the token before `behind`."""
        i = bisect_left(self._said_at, behind)
        if i == len(self.said) or self.said[i].grade != "source":
            return None
        at = self.said[i].at
        same = self.scene.first[at] == self.scene.first[behind - 1]
        return self.said[i] if same and at - behind <= self.scene.REACH else None

    def _goes_on_from_last(self, at: int) -> bool:
        """«…» و«…»: only a conjunction stands between this mark and the last quote."""
        return 0 <= self.last_end <= at <= self.last_end + 2 and all(
            self.scene.keys[i] in ("و", "،", ",", "او", "ثم") for i in range(self.last_end, at)
        )

    def _earlier(self, at: int) -> Saying | None:
        """The last word of speech before token `at`, of this paragraph or the one before it."""
        i = bisect_left(self._said_at, at) - 1
        if i < 0:
            return None
        scene, said_at = self.scene, self.said[i].at
        near = scene.tokens[at].start - scene.tokens[said_at].end < _EARLIER
        return self.said[i] if near and scene.paragraph[at] - scene.paragraph[said_at] <= 1 else None

    def _named_before(self, at: int) -> Speaker | None:
        """فلان: «…», as in an interview: the name that stands last before the colon."""
        for i in range(at - 1, max(-1, at - 10), -1):
            if self.scene.first[i] != self.scene.first[at - 1]:
                break
            if i in self.scene.mentions and self.scene.end_of(i) <= at:
                return self.scene.named(i)
        return None

    def _headline(self, pair: Pair, behind: int) -> Speaker | None:
        """فلان: «…» and «…»: فلان."""
        tokens, at = self.scene.tokens, pair.opening.first
        if at >= 2 and tokens[at - 1].text == ":":
            first, end = self.scene.first[at - 1], at - 1
        elif behind + 1 < len(tokens) and tokens[behind].text == ":":
            first, end = behind + 1, min(behind + 9, len(tokens))
        else:
            return None
        named = next((i for i in range(first, end) if i in self.scene.mentions), None)
        if named is not None:
            return self.scene.named(named)
        return Speaker(self.scene.span(first, end)) if 0 < end - first <= 6 else None


def _stripped(k: str) -> tuple[str, ...]:
    """A key, and what is left of it without clitics and article."""
    out = [k]
    rest = k
    for clitic in ("و", "ف"):
        if rest.startswith(clitic) and len(rest) > 4:
            rest = rest[1:]
            out.append(rest)
    if rest[:1] in "بلك" and len(rest) > 3:
        rest = rest[1:]
        out.append(rest)
    if rest.startswith("ال") and len(rest) > 4:
        out.append(rest[2:])
    elif rest.endswith(("ها", "هم")) and len(rest) > 5:
        out += [rest[:-2], rest[:-3] + "ه"]
    return tuple(out)


def _bracket(start: int, token: int) -> Mark:
    return Mark(token, token, start, start + 1, "bracket", "(", "opens", False)
