"""Superset's settings, on one machine and on servers alike; who starts it says the rest in the environment.

RASAD_DASHBOARDS_METADATA (SQLAlchemy's address of Superset's own tables), RASAD_DASHBOARDS_SECRET_KEY, and
RASAD_DASHBOARDS_HTTPS=true behind a proxy that ends TLS. PUBLIC_ROLE_LIKE stays unset: nobody sees anything without a
login.
"""

import os

SQLALCHEMY_DATABASE_URI = os.environ["RASAD_DASHBOARDS_METADATA"]
SECRET_KEY = os.environ["RASAD_DASHBOARDS_SECRET_KEY"]

# Arabic, right to left where dashboards are (their CSS); English for who prefers it.
APP_NAME = "رصد"
BABEL_DEFAULT_LOCALE = "ar"
LANGUAGES = {"ar": {"flag": "sa", "name": "العربية"}, "en": {"flag": "us", "name": "English"}}
_MONTHS = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]
_DAYS = ["الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"]
D3_TIME_FORMAT = {
    "dateTime": "%x %X",
    "date": "%-d/%-m/%Y",
    "time": "%H:%M:%S",
    "periods": ["ص", "م"],
    "days": _DAYS,
    "shortDays": _DAYS,
    "months": _MONTHS,
    "shortMonths": _MONTHS,
}
ROW_LIMIT = 10_000
SUPERSET_WEBSERVER_TIMEOUT = 60

# Nothing leaves the machine: no pixel of Scarf's, no map tiles, no fonts of others, whatever a page asks for.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,  # the proxy's business
    "session_cookie_secure": False,
}
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
SESSION_COOKIE_SECURE = os.environ.get("RASAD_DASHBOARDS_HTTPS", "").lower() == "true"
SESSION_COOKIE_SAMESITE = "Lax"
TALISMAN_CONFIG["session_cookie_secure"] = SESSION_COOKIE_SECURE
ENABLE_PROXY_FIX = SESSION_COOKIE_SECURE
PREVENT_UNSAFE_DB_CONNECTIONS = True

# One process serves: counting logins in its memory is enough, and no cache needs a server of its own.
RATELIMIT_STORAGE_URI = "memory://"
