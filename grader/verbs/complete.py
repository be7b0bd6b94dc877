"""What the Tab key offers after `grade`: exercises and checks, read from the text of two files.

A shell asks at each press of the key, so gradebook.yml and hints.yml are searched, not parsed:
their YAML would be half of the wait. What cannot be read offers nothing and complains of nothing.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

_MOST = 1 << 20  # bytes that are searched
_EXERCISE = re.compile(r"\bid: *[\"']?(exercise-[0-9]{2})\b")
_CHECK = re.compile(r"^[\"']?([A-Za-z_][^:\"'\s]*)[\"']?:", re.MULTILINE)
_NUMBER = re.compile(r"(?:ex(?:ercise)?[-_ ]?)?([0-9]{1,2})", re.IGNORECASE)

Items = list["CompletionItem[str]"]


def exercises(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the exercises of the course."""
    return _items(_ids(), incomplete)


def checks(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the checks for which the exercise that stands before has hints."""
    root = _root()
    named = _NUMBER.fullmatch(str(ctx.params.get("exercise") or "").strip("/"))
    if root is None or named is None:
        return []
    folder = root / "exercises" / f"exercise-{int(named[1]):02d}"
    return _items(_CHECK.findall(_text(folder / "hints.yml")), incomplete)


def first_words(verbs: Iterable[str], incomplete: str) -> Items:
    """Offer verbs and exercises; a folder or a file where no word begins like this."""
    found = _items([*_ids(), *verbs], incomplete)
    return found or [CompletionItem(incomplete, type="file")]


def _items(words: Iterable[str], incomplete: str) -> Items:
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def _ids() -> list[str]:
    root = _root()
    return list(dict.fromkeys(_EXERCISE.findall(_text(root / "gradebook.yml")))) if root else []


def _root() -> Path | None:
    try:
        here = Path(os.getcwd())
    except OSError:
        return None
    return next((each for each in (here, *here.parents) if _is_course(each)), None)


def _is_course(folder: Path) -> bool:
    return os.path.isfile(folder / "gradebook.yml")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST).decode(errors="replace")
    except OSError:
        return ""
