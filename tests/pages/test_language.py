"""Arabic is told from the languages that share its letters."""

import time

import pytest

from rasad.pages import language


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ar", "أعلنت وزارة الصحة أن عدد المراكز المفتوحة بلغ خمسين مركزا في العاصمة والمدن الكبرى."),
        ("ar", "احنا مش عايزين كده، احنا عايزين نروح المدرسة بكره الصبح زي كل الناس اللي هناك في البلد"),
        ("ar", "اعلنت شرکة الاتصالات في بیانها ان الخدمة ستعود الی جمیع المناطق الیوم"),
        ("ar", "أطلقت Google خدمة Gemini Advanced وقالت إن Android 16 سيصل إلى هواتف Pixel في الخريف المقبل"),
        ("fa", "رئیس جمهور در این نشست گفت که دولت برای حل مشکلات مردم تلاش می‌کند و بودجه را افزایش می‌دهد."),
        ("fa", "به گزارش خبرنگار ما مراسم افتتاح این پل فردا با حضور شهردار برگزار خواهد شد"),
        # as typed on an Arabic keyboard
        ("fa", "رئيس جمهور در اين نشست گفت كه دولت براى حل مشكلات مردم تلاش مى كند و بودجه را افزايش مى دهد"),
        ("ar", "الناس ديال الدوار كيقولو بلي الطريق خايبة بزاف وبغينا غير المسؤولين يجيو يشوفو الحالة"),
        ("ar", "هم قالوا لهم إنهم هم من بدؤوا، وهم لا يعرفون متى ولا كيف ولا أين"),
        ("ug", "خەلقئارا ئاخبارات ئورگانلىرىنىڭ خەۋىرىگە قارىغاندا، يىغىندا نۇرغۇن مەسىلىلەر مۇزاكىرە قىلىنغان"),
        ("ur", "وزیر اعظم نے کہا ہے کہ حکومت عوام کے مسائل حل کرنے کے لیے تمام وسائل استعمال کرے گی۔"),
        ("ps", "د افغانستان د پوهنې وزارت وايي چې د ښوونځيو د جوړولو کار به ډېر ژر پيل شي"),
        ("en", "The ministry said on Monday that the new bridge would open after the holiday."),
        ("fr", "Le ministère a annoncé lundi que le nouveau pont serait ouvert après les fêtes."),
    ],
)
def test_decides(code: str, text: str) -> None:
    assert language.decide(text) == code


def test_kurdish_is_not_arabic() -> None:
    text = "سەرۆکی هەرێمی کوردستان ڕایگەیاند کە پردە نوێیەکە دوای جەژن دەکرێتەوە و کارەکان تەواو بوون"
    assert language.decide(text) == "ckb"


def test_malay_in_arabic_letters_is_not_arabic() -> None:
    text = "كراجاءن اكن ممبنتو رعيت يڠ ترجيجس دڠن بنچان بنجير دان ممبري بنتوان سڬرا كڤد مريك"
    assert language.decide(text) != "ar"


@pytest.mark.parametrize("text", ["", "12 / 5 / 2026", "؟!"])
def test_no_letters_no_language(text: str) -> None:
    assert language.decide(text) is None


# Before parsing

ARABIC = "<p>أعلنت الوزارة افتتاح الجسر الجديد صباح الاثنين بحضور عدد من المسؤولين والأهالي، وقالت إن العمل انتهى."


@pytest.mark.parametrize(
    "body",
    [ARABIC.encode(), ARABIC.encode("cp1256", "ignore"), ARABIC.encode("iso8859-6", "ignore"), ARABIC.encode("utf-16"),
     "".join(f"&#{ord(c)};" for c in ARABIC).encode(), "".join(f"&#x{ord(c):04x};" for c in ARABIC).encode(),
     "".join(f"\\u{ord(c):04x}" for c in ARABIC).encode(), ARABIC.encode().decode("latin-1").encode(),
     b"\xff" + ARABIC.encode() + b"\xd8"],
    ids=["utf-8", "cp1256", "iso8859-6", "utf-16", "decimal", "hexadecimal", "json", "mojibake", "damaged"],
)  # fmt: skip
def test_arabic_in_whatever_spelling_may_be_arabic(body):
    padded = b"<script>var page = 1;</script>" * 2000 + body
    assert language.may_be_arabic(body)
    assert language.may_be_arabic(padded) or body.startswith(b"\xff\xfe")  # a byte order mark comes first, or is none
    assert not language.is_other(padded)


@pytest.mark.parametrize(
    "text",
    ["", "The minister opened the bridge on Monday.", "Le ministre a inauguré le pont à midi, très ému.",
     "Министр открыл новый мост утром в понедельник.", "部长星期一上午为新桥揭幕。", "השר חנך את הגשר החדש ביום שני.",
     "Arabic edition: العربية · ŞĞİ"],
)  # fmt: skip
def test_pages_without_the_script_are_not_worth_parsing(text):
    assert not language.may_be_arabic((f"<p>{text}</p>" * (1 if "العربية" in text else 40)).encode())


def test_a_page_plainly_in_another_language_of_the_script_is_told_by_its_letters():
    persian = "وزیر امور خارجه گفت که گفتگوهای پیش رو پیگیری می‌شود و گزارش آن چاپ خواهد شد. "
    urdu = "وزیر اعظم نے کہا کہ نئے پل کا افتتاح پیر کے روز کیا جائے گا اور اس میں بڑی تعداد میں لوگ شریک ہوں گے۔ "
    for text in (persian, urdu):
        assert language.is_other((text * 20).encode())
        assert not language.is_other((ARABIC * 20 + text * 10).encode())  # an Arabic page that quotes it
        assert not language.is_other(text.encode())  # too little to be sure


def test_a_megabyte_of_anything_is_told_in_no_time():
    for body in (
        b"&#16" * 250_000,
        b"\\u06" * 250_000,
        b"\xc3\x98" * 500_000,
        b"\xd8" * 1_000_000,
        b"\xef\xac" * 500_000,
    ):
        start = time.perf_counter()
        language.may_be_arabic(body)
        language.is_other(body)
        assert time.perf_counter() - start < 1
