"""The YAML that stands in cells of a master notebook, read as nodes and never as Python values.

As in gradebook.yml a value means what is written, and anchors, aliases, tags and deep nesting are
refused before anything is built. Otter knows many keys that are no concern of an import, so that
unknown ones are passed over.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import yaml

from grader.errors import CourseError
from grader.imports import otter_points
from grader.imports.otter_points import Given
from grader.yamlfile import YamlFile, seen

Config = Mapping[str, yaml.Node]

_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off", ""})


def read(text: str, label: str) -> Config:
    """Read a map, by key; an empty one where there are only comments.

    Args:
        text: the YAML.
        label: names the cell in messages.

    Raises:
        CourseError: it is no map, or not the plain YAML that a person writes.
    """
    if all(not line.strip() or line.lstrip().startswith("#") for line in text.split("\n")):
        return {}
    top = YamlFile(Path(label.replace("/", "_")), {}, text.encode()).top
    if not isinstance(top, yaml.MappingNode):
        raise CourseError(f"{label}: what is configured {seen(top)}; write keys and values")
    return {str(key.value): value for key, value in top.value if isinstance(key, yaml.ScalarNode)}


def words(config: Config, key: str) -> str:
    """Read a text; "" where there is none."""
    node = config.get(key)
    if not isinstance(node, yaml.ScalarNode) or node.value in ("null", "~"):
        return ""
    return str(node.value)


def listed(config: Config, key: str) -> list[str]:
    """Read a list of texts; what else stands in it is passed over."""
    node = config.get(key)
    items = node.value if isinstance(node, yaml.SequenceNode) else ()
    return [str(item.value) for item in items if isinstance(item, yaml.ScalarNode)]


def inner(config: Config, key: str) -> Config:
    """Read a map within the map; an empty one where there is none."""
    node = config.get(key)
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return {str(name.value): value for name, value in pairs if isinstance(name, yaml.ScalarNode)}


def flag(config: Config, key: str, label: str, *, otherwise: bool = False) -> bool:
    """Read yes or no.

    Raises:
        CourseError: it is neither.
    """
    if key not in config:
        return otherwise
    text = words(config, key).lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise CourseError(f"{label}: {key} {seen(config[key])}; write true or false")


def points(config: Config, cases: int, label: str) -> Given | tuple[Given, ...]:
    """Read what a question or a case is worth: a total, one number for each case, or None.

    Args:
        config: the map that may have the key `points`.
        cases: how many there are; a map `{each: 2}` is worth that many times its number.
        label: names the cell in messages.

    Raises:
        CourseError: it is none of these.
    """
    node = config.get("points")
    if isinstance(node, yaml.SequenceNode):
        return tuple(_number(item, label) for item in node.value)
    if isinstance(node, yaml.MappingNode):
        each = inner(config, "points").get("each")
        return (_number(each, label) or Fraction()) * cases if each else Fraction(cases)
    return None if node is None else _number(node, label)


def single(config: Config, label: str) -> Given:
    """Read what one case is worth.

    Raises:
        CourseError: it is no number.
    """
    node = config.get("points")
    return None if node is None else _number(node, label)


def _number(node: yaml.Node, label: str) -> Given:
    if not isinstance(node, yaml.ScalarNode):
        raise CourseError(f"{label}: points {seen(node)}; write a number")
    if node.value in ("", "null", "~", "None"):
        return None
    return otter_points.number(str(node.value), f"{label}: points")
