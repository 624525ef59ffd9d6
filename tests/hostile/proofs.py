"""Attacks that do get through: the suite has to say so of each."""

import os
import resource
import signal

from tests.hostile import cases
from tests.hostile.cases import Case


def eat() -> str:
    return str(len(bytes(cases.MEMORY + 1)))


def spin() -> str:
    resource.setrlimit(resource.RLIMIT_CPU, (1, 2))
    while True:
        pass


def crash() -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return "reason"


CASES = [
    Case("proof", "memory", eat, "reason"),
    Case("proof", "time", spin, "reason"),
    Case("proof", "a crash", crash, "reason"),
    Case("proof", "another end", lambda: "loaded", "reason"),
]
