"""The hints of an exercise: `hints.yml` beside the stub, for each check some sentences.

    add:
      - Look at the two lists of numbers in the example, one column at a time.
      - Each number of the answer comes from one number of a and one of b.
      - PyTorch's operators work element by element, without a loop.

They are read one at a time, from vague to precise; the last one stops short of the code. A key is a
check's id; for a parametrized check it may be the name that all its cases share.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

from grader.yamlfile import UnfitError, YamlFile, scalar, seen

HINTS = "hints.yml"
FEWEST = 3  # below that there is no way from vague to precise
LONGEST = 300  # characters: a hint is a sentence or two

_WRITE = "a list of three sentences or more"


def load(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Read the hints of one exercise, by check.

    Raises:
        CourseError: the file cannot be read, or says what it must not; one line for each problem.
    """
    file = YamlFile(path, {})
    found: dict[str, tuple[str, ...]] = {}
    if not isinstance(file.top, yaml.MappingNode):
        file.note(file.top, f"the file {seen(file.top)}; write a map from checks to {_WRITE}")
    for key, value in file.top.value if isinstance(file.top, yaml.MappingNode) else ():
        try:
            check = scalar(key, "the id of a check")
            if check in found:
                raise UnfitError(key, "is here twice; keep one")
            found[check] = _sentences(value)
        except UnfitError as error:
            name = key.value if isinstance(key, yaml.ScalarNode) and key.value else "a key"
            file.note(error.node, f"{name} {error.rest}")
    file.refuse_if_noted()
    return found


def of(found: Mapping[str, tuple[str, ...]], check: str) -> tuple[str, ...]:
    """Give the hints of a check; of a case `NAME[case]` without its own, those of NAME."""
    return found.get(check, found.get(check.partition("[")[0], ()))


def _sentences(node: yaml.Node) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise UnfitError(node, f"{seen(node)}; write {_WRITE}")
    sentences = tuple(" ".join(scalar(item, "a sentence").split()) for item in node.value)
    if len(sentences) < FEWEST:
        raise UnfitError(node, f"has {len(sentences)} hints; write {_WRITE}")
    for item, sentence in zip(node.value, sentences, strict=True):
        if len(sentence) > LONGEST:
            long = f"has a hint of {len(sentence)} characters; write at most {LONGEST}"
            raise UnfitError(item, long)
        if sentences.count(sentence) > 1:
            raise UnfitError(item, "has one hint twice; each says more than the one before")
    return sentences
