"""What log lines carry, and what they never say: the ids of run, source and page in each, and no secret of an address.

Under Airflow the lines of a task are Airflow's to write, which has them carry what is bound here (structlog), too.
"""

from __future__ import annotations

import logging
import re
import sys
from contextlib import AbstractContextManager
from typing import Any, Literal

import structlog

Form = Literal["text", "json"]

# Bounded, so that no text of a page costs more than its length.
_USER = re.compile(r"(?<=://)[^/?#\s\"'<>]{1,256}@")
_GIVEN = re.compile(
    r"((?:^|[?&;\s])(?:[\w.-]{0,40}[_.-])?(?:token|accesstoken|secret|clientsecret|password|passwd|pwd|api_?key|"
    r"access_?key|signature|sig|credential|jwt|auth)=)[^&\s#\"'<>]+",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:bearer |basic |token )?)[^\s\"',]+", re.IGNORECASE
)


def redacted(text: str) -> str:
    """The text with users, passwords, tokens and keys of addresses, and of Authorization headers, as `***`."""
    text = _USER.sub("***@", text) if "@" in text else text
    return _HEADER.sub(r"\1***", _GIVEN.sub(r"\1***", text)) if "=" in text or ":" in text else text


def about(**ids: str) -> AbstractContextManager[None]:
    """Within the block, each line says these: `run_id`, `source`, `page` (the ledger's page_id)."""
    return structlog.contextvars.bound_contextvars(**ids)


def bind(**ids: str) -> None:
    """The same to the end of this process, which does nothing else."""
    structlog.contextvars.bind_contextvars(**ids)


def guard() -> None:
    """From here on, no line of this process says what `redacted` hides, whoever writes it and wherever it goes."""
    make = logging.getLogRecordFactory()
    if getattr(make, "guards", False):
        return

    def guarded(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            said = record.getMessage()
        except (TypeError, ValueError, KeyError):  # what does not fit together is for the handler to complain of
            return record
        if (safe := redacted(said)) != said:
            record.msg, record.args = safe, ()
        return record

    guarded.guards = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(guarded)


def configure(form: Form) -> None:
    """Log lines of the command line, on standard error: warnings as text, or all from INFO on as JSON, one object each
    with `timestamp`, `level`, `logger`, `event` and the ids."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
    ]
    last: list[Any] = [structlog.processors.format_exc_info, _text]
    if form == "json":
        stamp = structlog.processors.TimeStamper("iso", utc=True)
        written = structlog.processors.JSONRenderer(ensure_ascii=False)
        last = [stamp, structlog.processors.format_exc_info, written]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, _redact],
        )
    )
    guard()
    logging.basicConfig(level=logging.INFO if form == "json" else logging.WARNING, handlers=[handler], force=True)


def _text(logger: object, method: str, said: structlog.typing.EventDict) -> str:
    trace = said.pop("exception", "")
    line = f"{said.pop('level').upper()} {said.pop('logger')}: {said.pop('event')}"
    ids = ", ".join(f"{name} {value}" for name, value in sorted(said.items()))
    return line + (f" ({ids})" if ids else "") + (f"\n{trace}" if trace else "")


def _redact(logger: object, method: str, line: Any) -> str:
    """The whole line, since tracebacks quote what the message does not."""
    return redacted(str(line))
