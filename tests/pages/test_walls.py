"""What stands in an article's place is told from it, and an article that speaks of such things stays one."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest

from rasad import pages
from rasad.model import Article, Page, Settled
from rasad.pages import walls

BODY = (
    "أعلنت شركة الاتصالات صباح اليوم أن خدماتها عادت إلى العمل في جميع المحافظات بعد انقطاع دام ست ساعات. "
    "وقال مديرها العام رامي الخطيب إن سبب العطل حريق صغير في غرفة الخوادم، وإن الفرق أخمدته قبل أن يمتد. "
    "وأضاف أن الشركة ستعوض المشتركين عن ساعات الانقطاع في فاتورة الشهر المقبل."
)
LONG = " ".join([BODY] * 4)
DECLARED = '<meta property="og:type" content="article">'


def html(title: str, body: str = "", head: str = "") -> str:
    return f"<html lang=ar><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def story(text: str, head: str = "", after: str = "", title: str = "عودة خدمات الاتصالات بعد انقطاع") -> str:
    return html(title, f"<article><h1>{title}</h1><p>{text}</p></article>{after}", head)


def read(markup: str, status: int = 200) -> Article | Settled:
    page = Page("https://a.example/news/12345", "a", status, (), markup.encode(), datetime.now(timezone.utc))
    return pages.read(page, None)


def outcome(markup: str, status: int = 200) -> str:
    found = read(markup, status)
    return found.outcome if isinstance(found, Settled) else "article"


WALLS = {
    "cloudflare": html(
        "Just a moment...",
        "<noscript>Enable JavaScript and cookies to continue</noscript>"
        "<script>window._cf_chl_opt={cvId:'3'};var a=document.createElement('script');</script>",
    ),
    "cloudflare, blocked": html("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>"),
    "sucuri, script": html(
        "You are being redirected...",
        "<noscript>Javascript is required.</noscript><script>var s={},u,c;"
        "sucuri_cloudproxy_js='';document.cookie='x=1';location.reload();</script>",
    ),
    "sucuri": html("Sucuri WebSite Firewall - Access Denied", "<p>Contact cloudproxy@sucuri.net</p>"),
    "akamai": html("Access Denied", "<h1>Access Denied</h1>You don't have permission. Reference&#32;&#35;18.5b"),
    "akamai, script": html("&nbsp;", "<i></i>", "<meta http-equiv=refresh content=\"5; URL='/news/1?bm-verify=AAQ'\">"),
    "datadome": html(
        "a.example", "<script>var dd={'rt':'c'}</script><script src='https://ct.captcha-delivery.com/c.js'>"
    ),
    "imperva": html(
        "", "<iframe src='/_Incapsula_Resource?SWUDNSAI=31'>Request unsuccessful. Incapsula incident ID: 8"
    ),
    "perimeterx": html("Access to this page has been denied", "<div id='px-captcha'></div>"),
    "f5": html("Request Rejected", "The requested URL was rejected. Your support ID is: 123"),
    "shared hosting": html(
        "", "<script>document.cookie='__test='+toHex(slowAES.decrypt(c,2,a,b));location.href='/?i=1'</script>"
    ),
    "unknown": html("", "<script>document.cookie='k=9f'; window.location.reload(true)</script>"),
    "imunify": html("One moment, please...", "<p>Please wait while your request is being verified...</p>"),
    "captcha": html("تأكيد", "<form><div class='g-recaptcha'></div><button>متابعة</button></form>"),
    "in arabic": html(
        "التحقق الأمني - صحيفة البلد",
        "<p>نعتذر عن هذا الإجراء، لقد لاحظنا عددا كبيرا من الطلبات من شبكتك، ولحماية الموقع من البرامج الآلية نرجو أن "
        "تؤكد أنك لست برنامجا آليا بوضع علامة في المربع أدناه ثم انتظر قليلا حتى تصل إلى الصفحة المطلوبة.</p>",
    ),
    "denied in arabic": html("تم رفض الوصول", "<h1>تم رفض الوصول</h1><p>ليست لديك صلاحية لعرض هذه الصفحة.</p>"),
}


@pytest.mark.parametrize(
    "title",
    ["يتم التحقق من متصفحك", "جارٍ التحقق...", "يرجى الانتظار", "هل أنت روبوت؟", "تأكيد أنك إنسان", "ممنوع الدخول",
     "لا تملك صلاحية الوصول إلى هذه الصفحة", "Sorry, you have been blocked", "Client Challenge", "Un instant…"],
)  # fmt: skip
def test_titles_of_bot_walls(title: str) -> None:
    assert outcome(html(f"{title} | صحيفة البلد", "<p>رقم الطلب 8f2c</p>")) == "blocked"


@pytest.mark.parametrize(
    "title",
    [
        "حذف مقال ينتقد الوزير يثير جدلا", "الوزارة: الخبر المتداول غير صحيح", "تم حجب التطبيق عن ملايين المستخدمين",
        "منع صحيفة من الصدور", "صفحة جديدة في العلاقات", "الدواء غير متوفر في الصيدليات", "404 إصابات في يوم واحد",
        "لحظة انهيار الجسر", "التحقق من هوية الضحايا يتواصل",
    ],
)  # fmt: skip
def test_headlines_that_sound_like_it(title: str) -> None:
    assert outcome(story(BODY, title=title)) == "article"


@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
@pytest.mark.parametrize("status", [200, 403, 503])
def test_bot_walls(wall: str, status: int) -> None:
    assert outcome(wall, status) == "blocked"


CONSENTS = {
    "arabic": html(
        "خصوصيتك تهمنا",
        "<div><h2>نهتم بخصوصيتك</h2><p>نستخدم نحن وشركاؤنا ملفات تعريف الارتباط لتخزين المعلومات على جهازك والوصول "
        "إليها ولعرض إعلانات ومحتوى يناسبانك وقياس أدائهما ومعرفة جمهورنا وتطوير خدماتنا. يمكنك أن تغير اختيارك.</p>"
        "<button>قبول الكل</button><button>رفض الكل</button><button>إدارة الخيارات</button></div>",
    ),
    "english": html("Consent", "<p>We and our 812 partners store information.</p><a>Accept all</a><a>Reject all</a>"),
}


@pytest.mark.parametrize("page", CONSENTS.values(), ids=CONSENTS)
def test_consent_pages(page: str) -> None:
    assert outcome(page) == "consent"


LOCK = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":%s}</script>'


@pytest.mark.parametrize(
    "told", ["false", '"False"', '"http://schema.org/False"', 'false,"hasPart":{"cssSelector":".locked"}']
)
def test_a_teaser_that_is_declared_locked_is_a_paywall(told: str) -> None:
    assert outcome(story(BODY, LOCK.replace("%s", told))) == "paywall"


@pytest.mark.parametrize(
    "call",
    [
        "هذا المقال متاح فقط للمشتركين",
        "اشترك الآن لمتابعة القراءة",
        "لقراءة المقال كاملا يرجى الاشتراك",
        "للاطلاع على المزيد ... الاشتراك في النسخة الرقمية لقراءة المقال",
        "أكمل القراءة بالاشتراك في باقة تناسبك",
        "للاستمرار في القراءة اشترك الآن",
        "لقد وصلت إلى الحد الأقصى من المقالات المجانية",
        "هذا المقال مخصص للأعضاء",
        "Subscribe to continue reading",
    ],
)
def test_a_text_that_breaks_off_with_the_call_to_subscribe_is_a_paywall(call: str) -> None:
    assert outcome(story(f"{BODY}</p><p>{call}", DECLARED)) == "paywall"


@pytest.mark.parametrize(
    "call", ["سجل الدخول لمتابعة القراءة", "لمتابعة القراءة الرجاء تسجيل الدخول", "أنشئ حسابا مجانيا لمتابعة القراءة"]
)
def test_and_with_that_to_log_in_a_log_in(call: str) -> None:
    assert outcome(story(f"{BODY}</p><p>{call}", DECLARED)) == "login"
    assert outcome(html("تسجيل الدخول | صحيفة البلد", "<form><input name=user><input name=password></form>")) == "login"


@pytest.mark.parametrize(
    "title",
    [
        "404", "الصفحة غير موجودة", "الصفحة غير موجودة - صحيفة البلد", "صحيفة البلد | خطأ 404",
        "لم يتم العثور على الصفحة",
        "عذراً، الصفحة المطلوبة غير موجودة!", "الخبر غير موجود", "عذرا، هذا المقال لم يعد متاحا", "تم حذف الخبر",
        "Page not found – Al Balad", "404 Not Found", "الصفحة التي تبحث عنها غير متوفرة",
        "عفوا! هذه الصفحة غير متوفرة", "نأسف، لا يمكن العثور على هذه الصفحة", "لم يعد هذا المحتوى متاحًا", "الخبر محذوف",
        "الصفحة المطلوبة غير موجودة على الموقع", "Oops! That page can’t be found.", "صفحة خطأ 404",
    ],
)  # fmt: skip
def test_a_page_that_says_it_was_not_found_is_gone_whatever_its_status(title: str) -> None:
    assert outcome(html(title, "<h2>قد تهمك هذه الأخبار</h2><a href='/1'>افتتاح الجسر</a>")) == "gone"
    assert outcome(html("صحيفة البلد", f"<h1>{title}</h1><p>عد إلى الصفحة الرئيسية أو ابحث من جديد</p>")) == "gone"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, "login"),
        (402, "paywall"),
        (403, "blocked"),
        (404, "gone"),
        (410, "gone"),
        (451, "blocked"),
        (400, "failed"),
    ],
)
def test_statuses(status: int, expected: str) -> None:
    found = read(story(BODY), status)
    assert isinstance(found, Settled)
    assert (found.outcome, found.status) == (expected, status)
    assert str(status) in found.reason


ARTICLES = {
    "brief": story(BODY),
    "about captchas": story(
        "قالت شركة أمن المعلومات إن صفحات «تحقق من أنك إنسان» باتت تستخدم لخداع الزوار. " + BODY,
        DECLARED,
        title="صفحات تحقق مزورة تسرق كلمات المرور",
    ),
    "about a firewall": story(f"تعطلت خدمة Cloudflare فظهرت عبارة Just a moment... لملايين الزوار. {BODY}", DECLARED),
    "behind one": story(BODY, DECLARED + "<script src='/_Incapsula_Resource?SWJIYLWA=71'></script>"),
    "with its beacon": story(BODY, "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"),
    "with comments": story(BODY, after="<form><textarea></textarea><div class='g-recaptcha'></div></form>"),
    "with a banner": story(
        BODY, after="<div id=cookies><p>نستخدم ملفات تعريف الارتباط</p><button>قبول الكل</button></div>"
    ),
    "about privacy": story(f"أقر البرلمان قانونا يلزم المواقع بزر «رفض الكل» بجانب «قبول الكل». {BODY}", DECLARED),
    "about a missing page": story(BODY, DECLARED, title="غير موجودة على الخريطة: قرية نسيها الجميع"),
    "with a newsletter": story(f"{BODY}</p><p>اشترك الآن في نشرتنا البريدية لمتابعة آخر الأخبار"),
    "about subscribers": story(f"{BODY} والعرض الجديد متاح للمشتركين فقط حتى نهاية الشهر."),
    "metered, sent whole": story(LONG, LOCK.replace("%s", "false")),
    "free, said so": story(BODY, LOCK.replace("%s", "true"), "<p>هذا المحتوى للمشتركين</p>"),
    "with a log-in link": story(BODY, after="<nav><a>تسجيل الدخول</a><a>اشترك</a></nav>"),
}


@pytest.mark.parametrize("markup", ARTICLES.values(), ids=ARTICLES)
def test_articles_that_have_such_signs_stay_articles(markup: str) -> None:
    assert outcome(markup) == "article"


def test_an_application_that_draws_itself_is_no_bot_wall() -> None:
    shell = html(
        "صحيفة البلد", "<div id=root></div><noscript>You need to enable JavaScript</noscript><script src=a.js>"
    )
    assert outcome(shell) not in ("article", "blocked")


@pytest.mark.parametrize(
    "hostile",
    ["<script>" * 60_000, "<!--" * 100_000, "<" * 400_000, "<title>" * 60_000, "isAccessibleForFree" * 20_000,
     "og:type' " * 50_000, "لقراءة " * 60_000, "الصفحة التي " * 30_000, "اشترك الآن " * 30_000, "<h1 " * 100_000],
)  # fmt: skip
def test_any_page_is_read_in_little_time(hostile: str) -> None:
    page = Page("https://a.example/1", "a", 200, (), b"", datetime.now(timezone.utc))
    start = time.process_time()
    for body in ("", BODY):
        walls.instead(page, hostile, hostile, body)
    walls.refused(Page("https://a.example/1", "a", 500, (), hostile.encode(), datetime.now(timezone.utc)))
    assert time.process_time() - start < 2
