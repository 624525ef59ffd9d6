"""Arabic is told from the languages that share its letters."""

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
    assert language.decide(text) in {"ku", "ckb", "sdh"}


@pytest.mark.parametrize("text", ["", "12 / 5 / 2026", "؟!"])
def test_no_letters_no_language(text: str) -> None:
    assert language.decide(text) is None
