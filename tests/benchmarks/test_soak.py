import json

import pytest

from benchmarks import soak

AT = list(range(10, 510, 10))


def samples(name, value):
    """A series of 500 cycles, measured every tenth, with the unrest that measuring has."""
    return [{name: value(cycle) + 0.4 * (cycle // 10 % 3)} for cycle in AT]


def verdict(name, value):
    (found,) = soak.judged(AT, samples(name, value))
    return found


@pytest.mark.parametrize(
    ("name", "leak"),
    [
        ("memory of scheduler, MB", 0.05),  # of a process of 200 MB, 50 KB a cycle
        ("open files of stages", 0.02),  # one in fifty cycles is never closed
        ("threads of api-server", 0.01),
        ("connections to warehouse", 0.01),
        ("processes of scheduler", 0.004),
        ("zombies", 0.004),
        ("landing files", 1),
        ("KB an article", 0.1),
    ],
)
def test_a_planted_leak_is_seen_and_the_same_without_it_is_flat(name, leak):
    level = 200 if "memory" in name or "KB" in name else 10
    assert verdict(name, lambda cycle: level).flat
    assert not verdict(name, lambda cycle: level + leak * cycle).flat


def test_what_rises_at_first_and_then_no_more_is_flat():
    found = verdict("memory of stages, MB", lambda cycle: min(500, 100 + 2 * cycle))
    assert found.flat
    assert found.ends == pytest.approx(500, abs=2)


def test_what_falls_is_flat():
    assert verdict("KB an article", lambda cycle: 900 - cycle).flat


def test_a_series_that_nothing_is_said_of_and_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="'moods'"):
        verdict("moods", lambda cycle: 1)
    with pytest.raises(ValueError, match="too few"):
        soak.judged([10, 20], samples("zombies", lambda cycle: 0)[:2])


@pytest.mark.parametrize(("leak", "left", "status"), [(0, [], 0), (0.2, [], 1), (0, ["airflow worker"], 1)])
def test_the_exit_status_says_what_was_found(monkeypatch, tmp_path, capsys, leak, left, status):
    found = {
        "cycles": 500, "publishers": 6, "scheduled_runs": 51, "with_changes": 300, "minutes": 1.0,
        "at": AT, "left_over": left, "samples": samples("memory of scheduler, MB", lambda cycle: 200 + leak * cycle),
    }  # fmt: skip
    monkeypatch.setattr(soak, "soak", lambda *arguments: found)
    assert soak.main(["--json", str(tmp_path / "found.json")]) == status
    said = capsys.readouterr().out
    assert ("RISES" in said, "still running" in said) == (leak > 0, bool(left))
    assert json.loads((tmp_path / "found.json").read_text())["verdicts"][0]["flat"] == (leak == 0)


def test_the_schedule_that_it_changes_is_the_one_of_the_dag(tmp_path):
    text = (soak._dags(tmp_path / "dags") / "ingest_news.py").read_text(encoding="utf-8")
    assert '@dag(\n    schedule="@continuous",' in text
    assert "max_active_runs=1," in text  # without which Airflow refuses such a schedule


@pytest.mark.slow
@pytest.mark.airflow
@pytest.mark.postgres
@pytest.mark.timeout(1800)
def test_a_few_cycles_of_the_real_thing(tmp_path):
    noted = []
    found = soak.soak(tmp_path / "var", soak.Plan(cycles=8, scheduled=1, every=2, publishers=2), noted.append)
    assert (found["at"], found["left_over"]) == ([2, 4, 6, 8], [])
    assert found["scheduled_runs"] >= 1  # one that the schedule began before it was stopped ends as well, and counts
    assert found["with_changes"] > 0
    assert noted[-1]["samples"] == found["samples"]
    figures = {one.name: one for one in soak.judged(found["at"], found["samples"])}  # each series has a bound
    assert figures["memory of scheduler, MB"].ends > 50
    assert figures["rows of feed"].ends == pytest.approx(4)  # a feed, and an index with two sitemaps
    assert figures["KB an article"].ends > 10
    assert figures["zombies"].flat
