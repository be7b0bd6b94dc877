"""Mutants that a teacher declares to be right: `equivalent.yml`, with a reason for each.

    - mutant: "fit_line: constant: 0.05 -> 0.1"
      reason: The exercise leaves the learning rate open, and with this one the line is learned.

An id is copied from what the rehearsal says of a mutant that lost nothing. One that is gone, or
that loses points by now, is told: a list of excuses must not outlive its reasons.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

from grader.yamlfile import UnfitError, YamlFile, scalar, seen

EQUIVALENT = "equivalent.yml"
_KEYS = {
    "mutant": "the id of a mutant, in quotes, as the rehearsal prints it",
    "reason": "a sentence that says why it is right as well",
}
_SHORTEST = 20  # characters: "equivalent" alone is no reason


def load(path: Path) -> Mapping[str, str]:
    """Read which mutants are declared, each with its reason; none where there is no file.

    Raises:
        CourseError: the file cannot be read, or says what it must not; one line for each problem.
    """
    if not path.is_file():
        return {}
    file = YamlFile(path, _KEYS)
    found: dict[str, str] = {}
    if not isinstance(file.top, yaml.SequenceNode):
        file.note(file.top, f"the file {seen(file.top)}; write a list of mutants with reasons")
    for node in file.top.value if isinstance(file.top, yaml.SequenceNode) else ():
        page = file.open(node, "an entry", "", tuple(_KEYS))
        mutant = file.require(page, "mutant", scalar)
        reason = file.require(page, "reason", _reason)
        if mutant in found:
            file.note(node, f"{mutant} is here twice; keep one")
        if mutant and reason:
            found[mutant] = reason
    file.refuse_if_noted()
    return found


def entry(id_: str) -> str:
    """Write an entry to copy, without its reason."""
    quoted = id_.replace("'", "''")
    return f"- mutant: '{quoted}'\n  reason: "


def _reason(node: yaml.Node, write: str) -> str:
    text = " ".join(scalar(node, write).split())
    if len(text) < _SHORTEST:
        raise UnfitError(node, f"is {text!r}; write {write}")
    return text
