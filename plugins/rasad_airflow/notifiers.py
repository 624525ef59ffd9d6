"""How people are told: by mail and by webhook, through Airflow's notifiers and connections.

Mail goes through the connection `rasad_smtp` (its extra `from_email` is the sender). A webhook is a connection whose
host is the whole address; its password, where there is one, goes along as a bearer token. So no secret is in a file.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import psycopg2
import requests
from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import BaseHook, BaseNotifier
from airflow.sdk.exceptions import AirflowException
from airflow.sdk.log import mask_secret
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from rasad.model import Json
from rasad.stages import messages
from rasad.warehouse import alerts
from rasad.warehouse.alerts import Alert
from rasad.warehouse.connection import WarehouseError
from rasad_airflow import house

MAIL = "rasad_smtp"
SECONDS = (5, 20)  # to connect, and for an answer
_AGAIN = Retry(total=2, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None,
               redirect=0, respect_retry_after_header=False, raise_on_status=False)  # fmt: skip

log = logging.getLogger(__name__)


class NotToldError(RuntimeError):
    """Somebody could not be told; the message says who and why, and holds no secret of the way there."""


class NoConnectionError(NotToldError):
    """The Airflow connection that somebody is to be told by does not exist."""


class Mail(SmtpNotifier):
    """One mail to one address with these alerts.

    What it says is made here and not by templates: a page's title may hold what Jinja would run.
    """

    template_fields: Sequence[str] = ()

    def __init__(self, to: str, told: Sequence[Alert]) -> None:
        super().__init__(
            to=to,
            subject=messages.subject(told),
            html_content=messages.page(told),
            smtp_conn_id=MAIL,
            custom_headers={"Message-ID": f"<{_key(told, to)}@rasad>", "Auto-Submitted": "auto-generated"},
        )

    def notify(self, context: Any) -> None:
        """Raises NotToldError."""
        _connection(MAIL)
        try:
            super().notify(context)
        except Exception as error:
            raise NotToldError(f"no mail to {self.to}: {type(error).__name__}: {error}") from None


class Webhook(BaseNotifier):
    """One POST of JSON with these alerts, answered with 2xx within SECONDS; tried three times where the server fails.

    Not redirected: whoever moves it says so in the connection.
    """

    template_fields: Sequence[str] = ()

    def __init__(self, connection: str, told: Sequence[Alert]) -> None:
        super().__init__()
        self.connection = connection
        self.body: Json = messages.payload(told)
        self.key = _key(told, connection)

    def notify(self, context: Any) -> None:
        """Raises NotToldError, in whose words the address does not stand: such addresses are secrets."""
        connection = _connection(self.connection)
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": self.key}
        if connection.password:
            headers["Authorization"] = f"Bearer {connection.password}"
        try:
            with requests.Session() as session:
                for scheme in ("http://", "https://"):
                    session.mount(scheme, HTTPAdapter(max_retries=_AGAIN))
                answer = session.post(
                    _url(connection),
                    data=json.dumps(self.body, ensure_ascii=False).encode("utf-8", "replace"),
                    headers=headers,
                    timeout=SECONDS,
                    allow_redirects=False,
                    stream=True,  # what it answers is not read
                )
                status = answer.status_code
        except (requests.RequestException, ValueError) as error:
            raise NotToldError(f"connection {self.connection}: no answer ({type(error).__name__})") from None
        if not 200 <= status < 300:
            raise NotToldError(f"connection {self.connection}: answered {status}")


def notifier(address: str, told: Sequence[Alert]) -> BaseNotifier:
    """A mail address gets a mail; anything else is the name of a webhook's connection."""
    return Mail(address, told) if "@" in address else Webhook(address, told)


def tell(dsn: str, among: Sequence[str] = ()) -> Json:
    """Tell everybody what they have not been told yet (`among`: only alerts of these lists).

    Returns {told: alerts by address, untold: reasons by address}. Whom there is no connection for is a line in the log;
    raises NotToldError at the end if another way failed, so that the task is tried again. The others are still told.
    """
    told: dict[str, int] = {}
    untold: dict[str, str] = {}
    broken: list[str] = []
    for address in alerts.addresses(dsn):
        try:
            with alerts.untold(dsn, address, among) as found:
                if found:
                    notifier(address, found).notify({})
                    told[address] = len(found)
        except NoConnectionError as error:
            log.warning("%s is not told: %s", address, error)
            untold[address] = str(error)
        except NotToldError as error:
            log.error("%s is not told: %s", address, error)
            broken.append(str(error))
    if broken:
        raise NotToldError("; ".join(broken))
    return {"told": told, "untold": untold}


def report(kind: Literal["check", "run"], rule: str, found: Mapping[str, str], words: str, count: int = 1) -> None:
    """Keep what is wrong with a check or a run (subject to lines; nothing: it is well), and tell the operators what is
    new of it. Where the warehouse cannot be reached, they are told directly, each time. Raises NotToldError."""
    told = house.settings().operators
    if found and not told:
        log.error("%s: %s. RASAD_OPERATORS names nobody who is to be told", words, " ".join(found.values()))
    try:
        dsn = house.warehouse()
        alerts.report(dsn, kind, rule, found, told, words=words, count=count)
    except (WarehouseError, psycopg2.Error) as error:
        log.error("not kept, since the warehouse does not answer: %s", error)
        details = "\n".join([*found.values(), "The warehouse does not answer."])
        for address in told if found else ():
            notifier(address, [alerts.unkept(kind, rule, words, details)]).notify({})
        return
    tell(dsn, [alerts.OPERATORS])


def _key(told: Sequence[Alert], address: str) -> str:
    """The same for the same alerts to the same address, so that a message that comes twice can be told."""
    return hashlib.sha256("\0".join([address, *(alert.alert_id for alert in told)]).encode()).hexdigest()[:32]


def _connection(name: str) -> Any:
    try:
        return BaseHook.get_connection(name)
    except AirflowException:
        raise NoConnectionError(
            f"no Airflow connection is called {name!r}: set AIRFLOW_CONN_{name.upper()}, or add it under Admin, "
            "Connections"
        ) from None


def _url(connection: Any) -> str:
    """The whole address: as the host has it, or as the parts of a URI that Airflow took apart."""
    host = str(connection.host or "")
    if "://" in host:
        mask_secret(host)  # Airflow knows it for one as the whole address alone
        return host
    scheme = "http" if connection.conn_type == "http" else "https"
    port = f":{connection.port}" if connection.port else ""
    mask_secret(connection.schema)
    return f"{scheme}://{host}{port}/{connection.schema or ''}"
