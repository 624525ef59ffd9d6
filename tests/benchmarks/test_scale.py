"""What the scale benchmark makes of its figures."""

from __future__ import annotations

from benchmarks.scale import CELERY, LOCAL, Round
from tests.newsroom import past
from tests.newsroom.publishers import PUBLISHERS

from benchmarks import scale
from rasad.web import archive

CPU = {"workers": 80.0, "postgres": 20.0, "scheduler": 4.0, "api-server": 5.0}
ONE = Round(CELERY, 1, seconds=100, articles=1000, tasks=10, cpu=CPU, memory={"a worker": 300.0}, others=0.25)
TWO = Round(CELERY, 2, seconds=60, articles=1000, tasks=10, cpu=CPU, memory={}, others=0.0)


def test_a_factor_counts_where_the_others_have_a_core_too():
    assert not scale.counts(2, cores=2)
    assert scale.counts(2, cores=3)


def test_workers_are_taken_together_and_tasks_of_the_local_executor_are_work():
    found = {"worker-1": 3.0, "worker-2": 2.0, "postgres": 1.0, "scheduler": 4.0, "started by scheduler": 0.5}
    assert scale.by_kind(found, CELERY) == {"workers": 5.0, "postgres": 1.0, "scheduler": 4.5}
    assert scale.by_kind(found, LOCAL) == {"workers": 5.5, "postgres": 1.0, "scheduler": 4.0}


def test_each_page_is_in_one_file(tmp_path):
    origins = {one.id: f"http://127.0.0.1:{8711 + number}" for number, one in enumerate(PUBLISHERS)}
    files = scale.archive(tmp_path, origins, files=3, pages=4)
    urls = [page.url for file in files for page in archive.read(file)]
    assert len(urls) == 12
    assert len(set(urls)) >= 11  # a page may be there as it was corrected


def test_a_larger_archive_has_the_same_pages_under_other_addresses(tmp_path):
    origins = {one.id: f"http://127.0.0.1:{8711 + number}" for number, one in enumerate(PUBLISHERS)}
    known = len(past.past())
    (file,) = scale.archive(tmp_path, origins, files=1, pages=known + 5)
    pages = list(archive.read(file))
    assert len({page.url for page in pages[:5] + pages[known:]}) == 10
    assert all(one.status == other.status == 200 for one, other in zip(pages[:5], pages[known:], strict=True))


def test_the_report_says_what_the_machine_cannot_show(capsys):
    for each in (ONE, TWO):
        scale.print_round(each, ONE, cores=2)
    shown = capsys.readouterr().out
    assert "1.67 times one; 1.7 is wanted, which 2 cores cannot show" in shown
    assert "other work took 25% of 2 cores" in shown
    assert "80.0 ms an article" in shown
    assert "a worker 300" in shown
