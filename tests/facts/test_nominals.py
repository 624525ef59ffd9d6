"""Every sentence here was written for these tests."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.facts import entities, nominals
from rasad.facts.passage import Reading
from rasad.model import Article, Nominal


def extract(text: str, title: str | None = None) -> tuple[Nominal, ...]:
    reading = Reading.of(Article(url="https://example.org/1", title=title, text=text))
    reading.found[entities.KIND] = entities.extract(reading)
    return nominals.extract(reading)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("أمر الرئيس جو بايدن بالانسحاب. وقال الرئيس إن القرار نهائي.", [("الرئيس", "جو بايدن")]),
        (
            "قالت نائبة المتحدثة باسم قصر المرادية، دلال بن صالح، ذلك. وأضافت نائبة المتحدثة أن الأمر محسوم.",
            [("نائبة المتحدثة", "دلال بن صالح")],
        ),
        ("وصل الرئيس الأمريكي إلى لندن.", [("الرئيس الأمريكي", None)]),
        (
            "التقى الرئيس الروسي فلاديمير بوتين نظيره. وعاد الرئيس الأمريكي إلى بلاده، ثم صرح الرئيس الروسي بالنتائج.",
            [("الرئيس الأمريكي", None), ("الرئيس الروسي", "فلاديمير بوتين")],
        ),
        ("وزير الخارجية التركي هاكان فيدان تحدث. ورد وزير الخارجية الروسي عليه.", [("وزير الخارجية الروسي", None)]),
        ("وصل سامر الخطيب، رئيس اللجنة، متأخرا. وأكد رئيس اللجنة الموعد.", [("رئيس اللجنة", "سامر الخطيب")]),
        ("انتقد رئيس الوزراء العراقي القرار.", [("رئيس الوزراء العراقي", None)]),
        ("وقال للرئيس الفرنسي إنه موافق.", [("لرئيس الفرنسي", None)]),  # in لل the span starts at the second lam
        ("طلب رئيس سابق ووزير جديد الكلام.", []),
        # the name may stand behind what the role is of
        ("أوضح المتحدث الرسمي باسم «النهار» الدكتور سامر الخطيب الأمر.", []),
        ("حضرت المديرة العامة للصندوق دلال بن صالح اللقاء.", []),
        ("قال المتحدث باسم اللجنة المنظمة، سامر الخطيب، ذلك. وأضاف المتحدث أمرا.", [("المتحدث", "سامر الخطيب")]),
        ("أكد المتحدث للصحافة أن سامر الخطيب سافر.", [("المتحدث", None)]),
        # who held the office is another
        ("زار الرئيس سامر الخطيب القرية. وغاب الرئيس المخلوع عنها.", [("الرئيس المخلوع", None)]),
        # an adjective
        ("زار سامر الخطيب الأسواق الرئيسة في المدينة.", []),
        ("شكرت دلال بن صالح الداعم الرئيس للحفل.", []),
        ("الرئيسية والوزارة والسفارة.", []),
        ("", []),
    ],
)
def test_roles_without_a_name(text: str, roles: list[tuple[str, str | None]]) -> None:
    found = extract(text)
    assert [(n.text, n.name) for n in found] == roles
    assert all(text[n.start : n.end] == n.text and n.type == "PER" and n.field == "body" for n in found)


def test_a_role_in_the_title_is_resolved_by_the_body() -> None:
    found = extract("أعلن الرئيس التونسي قيس سعيد القرار.", title="الرئيس التونسي يعلن قرارا")
    assert [(n.field, n.text, n.name) for n in found] == [("title", "الرئيس التونسي", "قيس سعيد")]


def test_an_unresolved_role_is_less_sure() -> None:
    (known,) = extract("أمر الرئيس جو بايدن بالانسحاب. وقال الرئيس ذلك.")
    (unknown,) = extract("وقال الرئيس ذلك.")
    assert unknown.confidence < known.confidence


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            [
                "الرئيس",
                "رئيس",
                "وزير",
                "الخارجية",
                "الأمريكي",
                "جو",
                "بايدن",
                "،",
                "باسم",
                "المتحدث",
                "المتحدثة",
                "للوزير",
                "البيت",
                "الأبيض",
                "\n",
                "في",
                "محمد",
                "العلي",
            ]
        )
    ),
    st.text(max_size=10),
)
def test_spans_are_exact_and_apart(words: list[str], noise: str) -> None:
    text = " ".join(words) + noise
    end = 0
    for n in extract(text):
        assert n.text == text[n.start : n.end] != ""
        assert n.start >= end
        end = n.end
