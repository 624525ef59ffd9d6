"""Airflow's LocalExecutor, which the death of one of its processes does not bring to a stand.

Its processes take work from one pipe under one lock, and the next to take some holds the lock while it waits. Killed
there (for want of memory, or by hand), it never gives the lock back: nobody takes work any more, tasks stay queued, and
Airflow takes no notice (3.3.2). Here the lock is given back in its stead.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from airflow.executors import local_executor


class LocalExecutor(local_executor.LocalExecutor):
    """Tasks in processes of this machine. `patience`: seconds after which work that nobody takes is looked into."""

    patience = 30.0

    def start(self) -> None:
        self._killed = False  # whether one of them was, since work was last taken
        self._put = self._taken = 0
        self._since = time.monotonic()  # when work was last taken, or there was none
        super().start()

    def _process_workloads(self, workload_list: Sequence[Any]) -> None:
        self._put += len(workload_list)
        super()._process_workloads(workload_list)

    def _check_workers(self) -> None:
        died = any((process.exitcode or 0) < 0 for process in self.workers.values())
        super()._check_workers()
        with self._unread_messages:
            taken = self._put - int(self._unread_messages.value)
        if taken != self._taken:
            self._taken, self._since, self._killed = taken, time.monotonic(), False
        if self.activity_queue.empty():
            self._since = time.monotonic()
        self._killed |= died
        if self._killed and time.monotonic() - self._since > self.patience:
            self.log.error("Nobody takes work: a process was killed that held the queue's lock. It is given back")
            lock = self.activity_queue._rlock
            lock.acquire(block=False)  # where somebody gave it back meanwhile
            lock.release()
            self._since = time.monotonic()
