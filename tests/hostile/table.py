"""The attacks that `make test` runs; those of documents.py take minutes and are run by `make test-slow`."""

from tests.hostile import files, network

CASES = [*network.CASES, *files.CASES]
