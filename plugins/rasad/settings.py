"""Where things are: read once from the environment, passed on as one frozen value."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # holds dags/, plugins/, sql/
LEDGER_LEAST = 60


class SettingsError(ValueError):
    """A setting is missing or wrong; the message names it and the way out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between a laptop and servers.

    | variable | what | default |
    |---|---|---|
    | RASAD_VAR | folder of everything that is made at run time | var/ beside dags/ |
    | RASAD_WAREHOUSE | postgresql:// address of the warehouse | the embedded one |
    | RASAD_WAREHOUSE_READER | the same for the role that only reads schema mart: for questions | RASAD_WAREHOUSE |
    | RASAD_LANDING | URL of the landing zone, file:// or s3:// | var/landing |
    | RASAD_SOURCES | folders of source YAMLs, separated as PATH is | those of the package |
    | RASAD_CONTACT | the operator's address for the User-Agent; real sources are polled only with it | none |
    | RASAD_ALLOW_HOSTS | host:port, comma-separated, that may be fetched though private | none |
    | RASAD_LANDING_DAYS | days that landing files are kept | 7 |
    | RASAD_LEDGER_DAYS | days that the ledger keeps addresses which never became an article, 60 at least | 400 |
    | RASAD_DOCUMENT_FREQUENCIES | file that `frequencies` wrote: how rare words are | the one that ships |
    | RASAD_WATCHLISTS | folders of watchlists, separated as PATH is | none |
    | RASAD_OPERATORS | who is told of failures: mail addresses and Airflow connections, comma-separated | nobody |
    | RASAD_NER_MODEL | folder of a transformers model that finds names beside the rules | the built-in tagger |
    """

    var: Path
    landing: str
    warehouse: str | None = None
    source_dirs: tuple[Path, ...] = ()
    contact: str | None = None
    allow_hosts: frozenset[str] = frozenset()
    landing_days: int = 7
    ner_model: Path | None = None
    document_frequencies: Path | None = None
    reader: str | None = None
    watchlist_dirs: tuple[Path, ...] = ()
    operators: tuple[str, ...] = ()
    ledger_days: int = 400

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the table above. Raises SettingsError."""
        env = os.environ if env is None else env
        var = Path(env.get("RASAD_VAR") or ROOT / "var").expanduser().absolute()
        if var.exists() and not var.is_dir():
            raise SettingsError(f"RASAD_VAR names {var}, which is no folder: name one, or unset it for {ROOT / 'var'}")
        days = env.get("RASAD_LANDING_DAYS") or "7"
        if not re.fullmatch("[0-9]{1,5}", days) or int(days) < 1:
            raise SettingsError(f"RASAD_LANDING_DAYS is {days!r}: give a whole number of days, 1 to 99999")
        # Feeds and sitemaps name articles of some 30 days: one that is forgotten sooner would be asked again and again.
        ledger_days = env.get("RASAD_LEDGER_DAYS") or "400"
        if not re.fullmatch("[0-9]{1,5}", ledger_days) or int(ledger_days) < LEDGER_LEAST:
            raise SettingsError(
                f"RASAD_LEDGER_DAYS is {ledger_days!r}: give a whole number of days, {LEDGER_LEAST} to 99999"
            )
        operators = tuple(dict.fromkeys(a.strip() for a in (env.get("RASAD_OPERATORS") or "").split(",") if a.strip()))
        for address in operators:
            if not tellable(address):
                raise SettingsError(
                    f"RASAD_OPERATORS names {address!r}: give mail addresses, or names of Airflow connections"
                )
        model = env.get("RASAD_NER_MODEL")
        if model and not Path(model).expanduser().is_dir():
            raise SettingsError(f"RASAD_NER_MODEL names {model}, which is no folder: correct it or unset it")
        table = env.get("RASAD_DOCUMENT_FREQUENCIES")
        if table and not Path(table).expanduser().is_file():
            raise SettingsError(f"RASAD_DOCUMENT_FREQUENCIES names {table}, which is no file: correct it or unset it")
        contact = (env.get("RASAD_CONTACT") or "").strip() or None
        if contact and not (contact.isprintable() and contact.isascii()):
            raise SettingsError(
                f"RASAD_CONTACT is {contact!r}, which cannot stand in a User-Agent: give a mail or web address in ASCII"
            )
        hosts = frozenset(h.strip().lower() for h in (env.get("RASAD_ALLOW_HOSTS") or "").split(",") if h.strip())
        for host in sorted(hosts):
            if not re.fullmatch(r"([a-z0-9._-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", host):
                raise SettingsError(f"RASAD_ALLOW_HOSTS names {host!r}: give host:port, without http:// and path")
        return cls(
            var=var,
            landing=_landing(env.get("RASAD_LANDING") or (var / "landing").as_uri()),
            warehouse=env.get("RASAD_WAREHOUSE") or None,
            reader=env.get("RASAD_WAREHOUSE_READER") or None,
            source_dirs=_folders(env, "RASAD_SOURCES"),
            contact=contact,
            allow_hosts=hosts,
            landing_days=int(days),
            ner_model=Path(model).expanduser().absolute() if model else None,
            document_frequencies=Path(table).expanduser().absolute() if table else None,
            watchlist_dirs=_folders(env, "RASAD_WATCHLISTS"),
            operators=operators,
            ledger_days=int(ledger_days),
        )


_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*")
_CONNECTION = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


def tellable(address: str) -> bool:
    """Whether it can be somebody who is told: a mail address, or the name of an Airflow connection."""
    return bool(_MAIL.fullmatch(address) or _CONNECTION.fullmatch(address))


def _folders(env: Mapping[str, str], variable: str) -> tuple[Path, ...]:
    folders = tuple(Path(d).expanduser().absolute() for d in (env.get(variable) or "").split(os.pathsep) if d)
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError(f"{variable} names {folder}, which is no folder: correct it or unset it")
    return folders


def _landing(url: str) -> str:
    """The landing zone's URL, a plain path made one. Tasks run in folders of their own: a relative one is refused."""
    scheme, found, _ = url.partition("://")
    if not found:
        path = Path(url).expanduser()
        if not path.is_absolute():
            raise SettingsError(f"RASAD_LANDING is {url!r}: give a URL (file://, s3://) or a whole path from /")
        return path.as_uri()
    if scheme != "file":
        from fsspec import get_filesystem_class  # type: ignore[import-untyped]  # slow, and a laptop does without

        try:
            get_filesystem_class(scheme)
        except ValueError as error:
            raise SettingsError(f"RASAD_LANDING is {url!r}: {error}") from None
        except ImportError:
            pass  # a store that is known; whoever reads or writes there says what to install
    return url
