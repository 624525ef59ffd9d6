"""Files that come out of the warehouse, read back and compared with what SQL says."""

from __future__ import annotations

import csv
import json
import tracemalloc
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from rasad.__main__ import main
from rasad.warehouse import export as exports
from rasad.warehouse.connection import WarehouseError, connect
from rasad.warehouse.export import Wanted, export
from rasad.warehouse.roles import READER

pytestmark = pytest.mark.postgres


@pytest.fixture
def reader(loaded, postgres):
    return postgres.dsn(loaded.dsn.rpartition("/")[2], READER)


def query(dsn, statement):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def view(dsn, body):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(f"CREATE VIEW mart.odd AS {body}")


def write(dsn, path, view, form="parquet", **more):
    return list(export(dsn, Wanted(view, form, **more), UPath(path)))


def test_parquet_holds_the_rows_and_types_of_the_view(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "ROWS", 7)  # several portions
    (file,) = write(reader, tmp_path / "a.parquet", "articles")
    table = pq.read_table(file.path)
    names = ("url", "day", "published_at", "text", "tags", "versions", "text_key", "live")
    rows = query(reader, f"SELECT {', '.join(names)} FROM articles ORDER BY url")
    assert file.rows == table.num_rows == len(rows) > 14
    assert sorted(zip(*(table[name].to_pylist() for name in names), strict=True), key=lambda row: row[0]) == rows
    kinds = {field.name: str(field.type) for field in table.schema}
    assert {kinds["day"], kinds["published_at"], kinds["text_key"], kinds["versions"], kinds["live"]} == {
        "date32[day]", "timestamp[us, tz=UTC]", "int64", "int32", "bool",
    }  # fmt: skip
    assert table.schema.field("tags").type == pa.list_(pa.string())


def test_facts_keep_their_numbers_and_their_json(reader, tmp_path):
    (file,) = write(reader, tmp_path / "f.parquet", "facts")
    table = pq.read_table(file.path)
    assert table.schema.field("value").type == pa.float64()
    assert sum(value or 0 for value in table["value"].to_pylist()) == pytest.approx(
        query(reader, "SELECT sum(value) FROM facts")[0][0]
    )
    details = [json.loads(value) for value in table["details"].to_pylist() if value]
    assert len(details) == query(reader, "SELECT count(details) FROM facts")[0][0] > 0


def test_csv_reads_back_as_it_was(reader, tmp_path):
    (file,) = write(reader, tmp_path / "q.csv", "quotes", "csv")
    with Path(file.path).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    want = query(reader, "SELECT quote, speaker, indirect::text, day::text FROM quotes")
    assert sorted((r["quote"], r["speaker"], r["indirect"], r["day"]) for r in rows) == sorted(
        (quote, speaker or "", indirect, day) for quote, speaker, indirect, day in want
    )


def test_days_are_cut_and_parted(reader, tmp_path):
    day = query(reader, "SELECT max(day) FROM articles")[0][0]
    (file,) = write(reader, tmp_path / "a.parquet", "articles", since=day, until=day)
    assert set(pq.read_table(file.path)["day"].to_pylist()) == {day}
    files = write(reader, tmp_path / "parts", "articles", part="day")
    want = query(reader, "SELECT day::text, count(*) FROM articles GROUP BY 1 ORDER BY 1")
    assert [(Path(file.path).stem, file.rows) for file in files] == want
    assert pq.read_table(tmp_path / "parts").num_rows == sum(n for _, n in want)
    months = write(reader, tmp_path / "months", "articles", "csv", part="month")
    assert [Path(file.path).stem for file in months] == sorted({d[:7] for d, _ in want})


def test_a_view_without_rows_is_a_file_with_columns(reader, tmp_path):
    (file,) = write(reader, tmp_path / "e.parquet", "articles", since=date(2031, 1, 1))
    assert (file.rows, pq.read_table(file.path).num_columns > 10) == (0, True)
    (file,) = write(reader, tmp_path / "e.csv", "articles", "csv", since=date(2031, 1, 1))
    assert len((tmp_path / "e.csv").read_text().splitlines()) == 1


def test_what_no_other_program_holds_is_null_or_text(warehouse, tmp_path):
    view(
        warehouse,
        "SELECT 'infinity'::timestamptz AS never, '0044-03-15 BC'::date AS ides, '1.5'::numeric AS n, "
        "'{\"a\": [1]}'::jsonb AS j, '{2026-03-10}'::date[] AS days, interval '2 days' AS span, '{}'::text[] AS none",
    )
    (file,) = write(warehouse, tmp_path / "o.parquet", "odd")
    assert pq.read_table(file.path).to_pylist() == [
        {"never": None, "ides": None, "n": 1.5, "j": '{"a": [1]}', "days": [date(2026, 3, 10)], "span": "2 days",
         "none": []}
    ]  # fmt: skip


def test_spreadsheets_get_their_mark_and_no_formulas(warehouse, tmp_path):
    view(warehouse, "SELECT unnest('{=1+1,+1,-1,@x,بغداد,a=b}'::text[]) AS t, -5 AS n, '{=x}'::text[] AS list")
    write(warehouse, tmp_path / "x.csv", "odd", "csv", excel=True)
    data = (tmp_path / "x.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in csv.reader(data.decode("utf-8-sig").splitlines())] == [
        "t", "'=1+1", "'+1", "'-1", "'@x", "بغداد", "a=b",
    ]  # fmt: skip
    assert data.decode().splitlines()[1].endswith(',-5,"[""=x""]"')
    write(warehouse, tmp_path / "y.csv", "odd", "csv")
    assert (tmp_path / "y.csv").read_bytes().splitlines()[1].startswith(b"=1+1,-5")


def test_a_file_that_cannot_be_finished_is_none(warehouse, tmp_path):
    view(warehouse, f"SELECT 1 / (n - {exports.ROWS + 1}) AS n FROM generate_series(1, {2 * exports.ROWS}) n")
    (tmp_path / "z.csv").write_text("of before")
    with pytest.raises(Exception, match="division by zero"):
        write(warehouse, tmp_path / "z.csv", "odd", "csv")
    assert [path.name for path in tmp_path.iterdir()] == ["z.csv"]
    assert (tmp_path / "z.csv").read_text() == "of before"


def test_memory_does_not_grow_with_the_rows(warehouse, tmp_path):
    view(warehouse, "SELECT n, repeat('سطر ', 50) AS t FROM generate_series(1, 60000) n")
    tracemalloc.start()
    try:
        (file,) = write(warehouse, tmp_path / "m.csv", "odd", "csv")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert file.rows == 60_000
    size = (tmp_path / "m.csv").stat().st_size
    assert peak < size / 2, f"{peak} bytes held for a file of {size}"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("artikles"), "no view 'artikles': there are .*articles.*sources"),
        (Wanted("entities", since=date(2026, 3, 1)), "entities has no column day"),
        (Wanted("sources; DROP TABLE news.fact"), "no view"),
    ],
)
def test_what_cannot_be_given_is_said(reader, tmp_path, wanted, said):
    with pytest.raises(WarehouseError, match=said):
        list(export(reader, wanted, UPath(tmp_path / "x")))
    assert list(tmp_path.iterdir()) == []


def test_an_object_store_gets_it_whole(reader):
    place = UPath("memory://exports/sources.parquet")
    (file,) = export(reader, Wanted("sources"), place)
    with place.open("rb") as data:
        assert pq.read_table(data).num_rows == file.rows > 0


def test_from_a_shell(reader, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RASAD_WAREHOUSE_READER", reader)
    monkeypatch.setenv("RASAD_LANDING", str(tmp_path / "landing"))
    monkeypatch.chdir(tmp_path)
    assert main(["export", "sources"]) == 0
    assert main(["export", "articles", "--format", "csv", "--output", "landing"]) == 0
    assert main(["export", "mart.quotes", "--since", "2026-03-09", "--output", str(tmp_path / "q.parquet")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [UPath(line["file"]).exists() and line["rows"] > 0 for line in lines] == [True] * 3
    assert (tmp_path / "sources.parquet").exists()
    assert (tmp_path / "landing" / "exports" / "articles.csv").exists()
    for words in (["--since", "soon"], ["--excel"], ["--output", "nowhere://x"]):
        assert main(["export", "articles", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
