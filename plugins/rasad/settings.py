"""Where things are: read once from the environment, passed on as one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # holds dags/, plugins/, sql/


class SettingsError(ValueError):
    """A setting is missing or wrong; the message names it and the way out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between a laptop and servers.

    | variable | what | default |
    |---|---|---|
    | RASAD_VAR | folder of everything that is made at run time | var/ beside dags/ |
    | RASAD_WAREHOUSE | postgresql:// address of the warehouse | the embedded one |
    | RASAD_LANDING | URL of the landing zone, file:// or s3:// | var/landing |
    | RASAD_SOURCES | folders of source YAMLs, separated as PATH is | those of the package |
    | RASAD_CONTACT | the operator's address for the User-Agent; real sources are polled only with it | none |
    | RASAD_ALLOW_HOSTS | host:port, comma-separated, that may be fetched though private | none |
    | RASAD_LANDING_DAYS | days that landing files are kept | 7 |
    """

    var: Path
    landing: str
    warehouse: str | None = None
    source_dirs: tuple[Path, ...] = ()
    contact: str | None = None
    allow_hosts: frozenset[str] = frozenset()
    landing_days: int = 7

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the table above. Raises SettingsError."""
        env = os.environ if env is None else env
        var = Path(env.get("RASAD_VAR") or ROOT / "var").absolute()
        days = env.get("RASAD_LANDING_DAYS") or "7"
        if not days.isdecimal() or int(days) < 1:
            raise SettingsError(f"RASAD_LANDING_DAYS is {days!r}: give a whole number of days, 1 or more")
        dirs = tuple(Path(d).absolute() for d in (env.get("RASAD_SOURCES") or "").split(os.pathsep) if d)
        for folder in dirs:
            if not folder.is_dir():
                raise SettingsError(f"RASAD_SOURCES names {folder}, which is no folder: correct it or unset it")
        contact = (env.get("RASAD_CONTACT") or "").strip() or None
        if contact and not contact.isprintable():
            raise SettingsError("RASAD_CONTACT holds control characters: give a mail or web address")
        return cls(
            var=var,
            landing=env.get("RASAD_LANDING") or (var / "landing").as_uri(),
            warehouse=env.get("RASAD_WAREHOUSE") or None,
            source_dirs=dirs,
            contact=contact,
            allow_hosts=frozenset(h.strip() for h in (env.get("RASAD_ALLOW_HOSTS") or "").split(",") if h.strip()),
            landing_days=int(days),
        )
