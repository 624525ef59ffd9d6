"""Nouns that news counts and measures: their groups, their duals, and what may stand after a number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rasad.arabic.calendar import hijri_month, month
from rasad.arabic.text import key
from rasad.arabic.tokens import Token

Dual = Literal["", "free", "construct", "own"]

# Kin whose dual is counted with its pronoun: لطفليه, his two children. Not ولد: ولديه is "and he has".
_KIN = frozenset({"طفل", "طفلة", "ابن", "ابنة", "بنت", "شقيق", "شقيقة", "نجل", "زوجة"})
# Duals that are other words: Taliban, Milan, violin, an ambush, feet, and so on.
_NO_DUAL = frozenset(
    {"طالبان", "ميلان", "قدمين", "قدمان", "حيان", "بستان", "ابنان", "حديثين", "ربيعين", "اخان", "اخين"}
)
# Feminine duals of no noun in the table are read from their ending but for these.
_NO_FEMININE_DUAL = frozenset(
    {"هاتين", "هاتان", "اللتين", "اللتان", "اثنتين", "اثنتان", "بوتين", "روتين", "مارتين", "لافتين", "ثابتين", "شتان"}
)

# What follows a number without being counted by it. Nouns come in no closed list; these are what is none.
_NO_NOUN = frozenset(
    """
    و في من الي علي عن مع عند لدي بين قبل بعد حتي منذ خلال تحت فوق امام خلف حول دون بدون عبر ضد نحو حوالي او ام ثم بل لكن ولكن
    ان انه انها انهم اذ اذا كما لان حيث بينما عندما حين حينما لو ما لا لم لن ليس ليست قد لقد هو هي هم هما هن هذا هذه ذلك تلك
    هولاء الذي التي الذين منه منها منهم منهما بينهم بينها بينهما عليه عليها فيه فيها فيهم له لها لهم لنا به بها بهم عنه عنها
    معه معها فقط ايضا تقريبا كذلك وذلك فيما بما مما كل بعض جميع غير سوي حسب وفق بحسب وفقا بسبب ضمن اثر عقب كان كانت كانوا يكون تكون
    مقابل مقارنه رغم سواء اكثر اقل اعلي ادني فاكثر فاقل ايضاً تم تمت يتم قال قالت اكد اكدت اضاف شارك شاركت تجاوزت بدات بدا حصلت
    حصل فاز فازت خسر سجل توفي توفيت قتل قتلت قتلوا اصيب اصيبت اصيبوا تشمل تضم يمثل تمثل شخصيا سنويا يوميا شهريا اسبوعيا اخر اخري
    اخرين اخرون اخريان اخريين سابقا لاحقا حاليا مساء صباحا ظهرا عصرا فجرا ليلا مليئه صفر ضعفا ثمانيه وحتي والي ومن وفي وهي وهو
    وعلي وكان وكانت ومع وعن وقد ولا ولم وان وبعد وقبل وبين حضر غادر وصل وصلت جاء جاءت ضرب كبير كبيره كبار صغار صغير جديد جديده
    مختلف مختلفه متتاليه متتاليه عدم اهم ابرز احدث افضل هجريه هجري ميلادي ميلاديه م ه ص ان ستكون سيكون سوف هناك هنا حيث بالميه بالمايه
    امس اليوم غدا الان سم كانون تشرين كذا عام لعام اعلن اعلنت قرر قررت وقع وقعت انطلق انطلقت احتل احتلت تصدر ادي ادت بلغ بلغت
    """.split()  # noqa: SIM905 (a list of quoted words is harder to read and check)
) - {"سم", "عام"}
# A first letter و that belongs to the noun; before anything else it is "and".
_WAW_NOUN = (
    "وزير",
    "وزراء",
    "وحد",
    "وظيف",
    "وظايف",
    "ولاي",
    "وفا",
    "وفي",
    "وثيق",
    "وثايق",
    "ورق",
    "وجب",
    "وكال",
    "وفد",
    "وفود",
)
_WAW_NOUN += (
    "وجه",
    "وديع",
    "ودايع",
    "ورش",
    "وسيل",
    "وسايل",
    "وسام",
    "وصل",
    "وقف",
    "وعود",
    "وعد",
    "ولد",
    "ورد",
    "واجب",
    "واط",
)
# Nouns in ي are few; other words in ي after a number are verbs.
_YA_NOUN = (
    "يوم",
    "يورو",
    "ين",
    "يوان",
    "يارد",
    "يخت",
    "يهودي",
    "يابان",
    "يمني",
    "يتيم",
    "ينبوع",
    "يونان",
    "يافع",
    "يساري",
)


@dataclass(frozen=True, slots=True)
class Noun:
    """One form of a noun of the table: its lemma (the group), class, casualty role, and whether the form is a dual."""

    lemma: str
    kind: str  # person, thing, or what it measures: duration, length, area, weight …
    role: str | None = None
    dual: Dual = ""
    plural: bool = False


@lru_cache(maxsize=1)
def _table() -> dict[str, Noun]:
    forms: dict[str, Noun] = {}
    duals: dict[str, Noun] = {}
    lines = (Path(__file__).parent / "data" / "counted_nouns.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("#"):
            continue
        lemma, plurals, kind, role, *_ = (*line.split("\t"), "", "", "")
        noun = Noun(lemma, kind, role or None)
        many = Noun(lemma, kind, role or None, "", True)
        sound = "ون" in plurals.split()
        stem = key(lemma)
        singulars = [stem] if lemma[-1] in "ةىء" else [stem, stem + "ا"]
        for form in singulars:
            forms.setdefault(form, noun)
        for plural in plurals.split():
            for form in [stem + "ين", stem + "ون", stem + "و", stem + "ي"] if plural == "ون" else [key(plural)]:
                forms.setdefault(form, many)
                if form.endswith(("ي", "ه", "ون", "ين", "و")) is False:
                    forms.setdefault(form + "ا", many)
        if lemma.endswith("ة"):
            forms.setdefault(stem[:-1] + "ات", many)
            for ending, dual in (("تان", "free"), ("تين", "free"), ("تا", "construct"), ("تي", "construct")):
                duals.setdefault(stem[:-1] + ending, Noun(lemma, kind, role or None, dual))  # type: ignore[arg-type]
            own = [stem[:-1] + "تي"]
        else:
            if len(stem) >= 2:
                for ending in ("ان",) if sound else ("ان", "ين"):
                    duals.setdefault(stem + ending, Noun(lemma, kind, role or None, "free"))
            own = [stem + "ي"]
        if lemma in _KIN:
            for form in own:
                for pronoun in ("ه", "ها", "هم", "هما"):
                    duals.setdefault(form + pronoun, Noun(lemma, kind, role or None, "own"))
    for form, noun in duals.items():
        if form not in _NO_DUAL and len(form) >= 4:
            forms.setdefault(form, noun)
    return forms


@lru_cache(maxsize=65_536)
def noun(word_key: str) -> Noun | None:
    """The noun of the table that a key is a form of, the article ال allowed, clitics not."""
    table = _table()
    found = table.get(word_key)
    if found is None and word_key.startswith("ال") and len(word_key) > 4:
        found = table.get(word_key[2:])
    return found


@lru_cache(maxsize=65_536)
def feminine_dual(word_key: str) -> bool:
    """Whether the ending alone says that a word outside the table is a free feminine dual: ورقتين, رصاصتان."""
    return (
        len(word_key) >= 6
        and word_key.endswith(("تين", "تان"))
        and not word_key.endswith(("ستان", "ستين"))
        and not word_key.startswith(("ال", "ي", "ست", "وال", "لل"))
        and word_key not in _NO_FEMININE_DUAL
        and word_key[1:] not in _NO_FEMININE_DUAL
    )


def group(token: Token) -> str:
    """The group a counted noun belongs to: its lemma; outside the table the word without marks and tanwin alef."""
    found = noun(token.key)
    if found is not None:
        return found.lemma
    text = "".join(c for c in token.text if not "\u064b" <= c <= "\u065f" and c not in "\u0640\u0670")
    if text.endswith("ا") and ("ً" in token.text or (len(text) > 4 and not text.endswith(("اا", "يا")))):
        text = text[:-1]
    return text


@lru_cache(maxsize=65_536)
def counted(word_key: str) -> bool:
    """Whether a word that follows a number can be what it counts: an indefinite noun, as far as its shape tells."""
    if noun(word_key) is not None and not word_key.startswith("ال"):
        return True
    if len(word_key) < 2 or word_key.isascii() or word_key in _NO_NOUN:
        return False
    if word_key.startswith(("ال", "وال", "بال", "كال", "فال", "لل", "ولل", "وبال")):
        return False
    if word_key[0] == "و" and not word_key.startswith(_WAW_NOUN):
        return False
    if word_key[0] == "ي" and not word_key.startswith(_YA_NOUN):
        return False
    if word_key[0] in "لبف" and (word_key[1:] in _NO_NOUN or noun(word_key[1:]) is not None):
        return False
    if word_key.endswith("وا") or month(word_key) is not None or hijri_month(word_key) is not None:
        return False
    return not word_key.startswith(("سيت", "ستت", "وسي", "وست"))
