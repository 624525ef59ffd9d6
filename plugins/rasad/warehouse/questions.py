"""Worked questions to schema mart: each a file of sql/trends that says what it asks, what it takes and what it gives.

A file's head is lines of comment: the question in English, the same in Arabic, then

    -- :day     date = 2026-03-10   what it is; what stands where it is not given
    -- entity   what the column of that name holds

and then one SELECT. Parameters are psql's, `:'day'`, so that `psql --set=day=… --file=FILE` runs it as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from psycopg2.extensions import QuotedString

from rasad.settings import ROOT
from rasad.warehouse.connection import WarehouseError

FOLDER = ROOT / "sql" / "trends"

_PARAMETER = re.compile(r"-- :(\w+) +(date|integer|number|text) =(?: (\S.*?))?(?:  +(.+))?$")
_COLUMN = re.compile(r"-- (\w+)  +(\S.*)$")
_USE = re.compile(r":'(\w+)'")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kind`: date, integer, number or text. `default`: as text; empty where the query knows what to take."""

    name: str
    kind: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was thought through. `columns`: name → what it holds, in the order of the answer."""

    name: str
    english: str
    arabic: str
    parameters: tuple[Parameter, ...]
    columns: dict[str, str]
    sql: str

    def filled(self, given: Mapping[str, str]) -> str:
        """The SELECT with these values, and the defaults of the rest. Raises WarehouseError for what does not fit."""
        known = {parameter.name: parameter for parameter in self.parameters}
        if strange := sorted(given.keys() - known.keys()):
            takes = ", ".join(known) or "none"
            raise WarehouseError(f"the question {self.name} takes no parameter {strange[0]!r}: it takes {takes}")
        values = {
            name: _literal(_checked(parameter, given.get(name, parameter.default))) for name, parameter in known.items()
        }
        return _USE.sub(lambda use: values[use[1]], self.sql)


def _checked(parameter: Parameter, value: str) -> str:
    value = value.strip()
    if value == "" and parameter.default == "":
        return value
    try:
        match parameter.kind:
            case "date":
                return date.fromisoformat(value).isoformat()
            case "integer":
                return str(int(value))
            case "number":
                return str(float(value))
            case _:
                return value
    except ValueError:
        wants = {"date": "a day as 2026-03-10", "integer": "a whole number", "number": "a number"}[parameter.kind]
        raise WarehouseError(f"{parameter.name} is {value!r}: give {wants}") from None


def _literal(value: str) -> str:
    if "\0" in value:
        raise WarehouseError("a parameter holds a NUL character, which Postgres has in no text")
    quoted = QuotedString(value)
    quoted.encoding = "utf-8"
    return quoted.getquoted().decode()


def names(folder: Path = FOLDER) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.sql"))


def read(name: str, folder: Path = FOLDER) -> Question:
    """The question of that name. Raises WarehouseError where there is none, or its head cannot be read."""
    there = names(folder)
    if name not in there:
        raise WarehouseError(f"no question is called {name!r}: there are {', '.join(there)}")
    lines = (folder / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate([*lines, ""]) if not line.startswith("--"))
    head, sql = lines[:first], "\n".join(lines[first:]).strip().removesuffix(";")
    parameters, columns = [], {}
    for line in head[2:]:
        if found := _PARAMETER.match(line):
            parameters.append(Parameter(found[1], found[2], found[3] or "", found[4] or ""))
        elif found := _COLUMN.match(line):
            columns[found[1]] = found[2]
        elif line.strip("- "):
            raise WarehouseError(f"sql/trends/{name}.sql: {line!r} is neither a parameter nor a column")
    used = set(_USE.findall(sql))
    if used != {parameter.name for parameter in parameters}:
        raise WarehouseError(f"sql/trends/{name}.sql: its head names other parameters than its query uses ({used})")
    return Question(name, head[0].lstrip("- "), head[1].lstrip("- "), tuple(parameters), columns, sql)
