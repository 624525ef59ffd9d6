"""All attacks of the suite, by kind; tests/hostile/test_hostile.py runs them."""

from tests.hostile import network

CASES = [*network.CASES]
