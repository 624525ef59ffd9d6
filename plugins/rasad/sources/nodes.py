"""YAML files of a few lines that people write: each value read out of its node, which knows its line.

PyYAML's values do not, and whoever mistypes a key is to be told where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MAX_FILE = 100_000  # bytes
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class File:
    """Where we are, for messages: a path, what to raise, and how long such a file is, in words."""

    path: Path
    kind: type[ValueError]
    size: str

    def error(self, node: yaml.Node | None, message: str) -> ValueError:
        line = node.start_mark.line + 1 if node else 1
        return self.kind(f"{self.path}:{line}: {message}")


Reader = Callable[[File, yaml.Node, str], Any]


def root(file: File) -> yaml.Node | None:
    """The file's one value; None where it is empty. Raises `file.kind`, one line."""
    try:
        raw = file.path.read_bytes()
        if len(raw) > MAX_FILE:
            raise file.error(None, f"{len(raw):,} bytes; {file.size}")
        node: yaml.Node | None = yaml.compose(raw.decode("utf-8"), Loader=_Loader)
    except UnicodeDecodeError:
        raise file.error(None, "not in UTF-8; save it in UTF-8") from None
    except OSError as error:
        raise file.kind(f"{file.path}: cannot be read ({error.strerror}); check its permissions") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise file.kind(f"{file.path}:{line}: no YAML: {error.problem}; look at the line and the one before") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise file.error(None, f"no YAML: {' '.join(str(error).split())[:200]}") from None
    return node


def mapping(
    file: File, node: yaml.Node, fields: Mapping[str, Reader], required: Sequence[str], what: str
) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise file.error(node, f"{what} is written as `key: value` lines")
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key not in fields:
            raise file.error(key_node, f"unknown key {key!r} in {what}; known are {', '.join(fields)}")
        if key in values:
            raise file.error(key_node, f"{key!r} stands twice in {what}; take one out")
        values[key] = fields[key](file, value_node, key)
    for key in required:
        if key not in values:
            raise file.error(node, f"{what} needs {key!r}; add a line `{key}: …`")
    return values


def text(file: File, node: yaml.Node, key: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null" or not node.value.strip():
        raise file.error(node, f"{key!r} must be text")
    return str(node.value).strip()


def word(*allowed: str) -> Reader:
    def read(file: File, node: yaml.Node, key: str) -> str:
        value = text(file, node, key)
        if value not in allowed:
            raise file.error(node, f"{key} {value!r} is not one of {', '.join(allowed)}")
        return value

    return read


def items(file: File, node: yaml.Node, key: str) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise file.error(node, f"{key!r} must be a list: a line with `- ` for each")
    return list(node.value)
