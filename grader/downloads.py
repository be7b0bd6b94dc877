"""How downloads name what students handed in.

Four layouts are known by their names, and may be mixed in one folder:

    exercise-03-ada/                                    a clone by GitHub Classroom
    doejane_LATE_1234_567890_gradients-1.py             a download from Canvas
    Ada Lovelace_123456_assignsubmission_file_/         a download from Moodle
    ada/   ada.zip   ada.py   ada.ipynb                 anything else: named after the student

Canvas and Moodle pack with the time of the download, so the time of such a file says nothing.
"""

import os
import re
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from grader import forms
from grader.records import Exercise

_CANVAS = re.compile(
    r"(?P<name>.+?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)", re.IGNORECASE
)
_MOODLE = re.compile(
    r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?", re.S
)
_CLONE = re.compile(r"(?P<exercise>exercise-\d\d)-(?P<login>.+)")
# Canvas and browsers number what is handed in again.
_AGAIN = re.compile(r"(?:-\d{1,3}| ?\(\d{1,3}\))(?=\.(?:py|ipynb)$)")
_ID = re.compile(r"exercise-\d\d")


@dataclass(frozen=True)
class Piece:
    """One entry of a folder: whose its name says it is, and as which file.

    `words` may be looked up in a roster, `key` is who it is without one. Entries of one `group`
    belong together. `file` is "" for a folder, `upload` the number that Canvas gave, `has_time`
    whether the time of the file is that of handing in.
    """

    entry: str
    words: tuple[str, ...]
    key: str
    group: tuple[str, ...]
    file: str = ""
    exercise: str = ""
    upload: int = 0
    has_time: bool = True
    note: str = ""


class StrayError(Exception):
    """Something is nobody's submission; the reason."""


class Names:
    """Reads the names of a folder's entries."""

    def __init__(self, folder: str, exercises: Sequence[Exercise]) -> None:
        """Take the folder's own name, which may tell the exercise, and which ones may be meant."""
        self._exercises = exercises
        # `gh classroom clone` makes SLUG-submissions/SLUG-LOGIN.
        slug = folder.removesuffix("-submissions")
        self._slug = slug if slug != folder else ""
        self._prefix = f"{self._slug}-" if self._slug else ""

    def piece(self, entry: str, mode: int) -> Piece:
        """Read the name of an entry.

        Args:
            entry: its name.
            mode: what `lstat` says it is.

        Raises:
            StrayError: it is nobody's submission.
        """
        if not entry.isprintable():
            raise StrayError("the name has characters that do not print; rename it")
        if stat.S_ISLNK(mode):
            raise StrayError("it is a symbolic link, and links are not followed")
        if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
            raise StrayError("it is neither a folder nor a file")
        is_folder = stat.S_ISDIR(mode)
        entry_name = unicodedata.normalize("NFC", entry)
        moodle = _MOODLE.fullmatch(entry_name)
        if moodle is not None:
            return self._from_moodle(entry, moodle, is_folder)
        canvas = None if is_folder else _CANVAS.fullmatch(entry_name)
        if canvas is not None:
            return self._from_canvas(entry, canvas)
        stem, ending = (entry_name, "") if is_folder else os.path.splitext(entry_name)
        if not is_folder:
            self._check_plain(entry_name, ending.lower())
        exercise = ""
        if self._prefix and stem.startswith(self._prefix) and stem != self._prefix:
            stem = stem.removeprefix(self._prefix)
            exercise = self._slug if _ID.fullmatch(self._slug) else ""
        elif clone := _CLONE.fullmatch(stem):
            exercise, stem = clone["exercise"], clone["login"]
        file = "" if is_folder else entry_name
        return Piece(entry, (stem,), stem, ("plain", entry), file, exercise)

    def _from_moodle(self, entry: str, match: re.Match[str], is_folder: bool) -> Piece:
        if match["kind"] == "onlinetext":
            raise StrayError("it is text written into Moodle's page; ask for files")
        if is_folder and match["file"]:
            raise StrayError("it is no folder as Moodle names them; take the download as it is")
        file = "" if is_folder else match["file"] or ""
        words = (match["name"], match["id"])
        group = ("moodle", *words)
        return Piece(entry, words, match["name"], group, file, has_time=False)

    @staticmethod
    def _from_canvas(entry: str, match: re.Match[str]) -> Piece:
        return Piece(
            entry,
            (match["id"], match["name"]),
            f"{match['name']}_{match['id']}",
            ("canvas", match["id"], match["name"]),
            match["file"],
            upload=int(match["upload"][:30]),
            has_time=False,
            note="Canvas says it is late, and not when it came" if match["late"] else "",
        )

    def _check_plain(self, name: str, ending: str) -> None:
        if ending not in (".py", ".zip", forms.ENDING):
            raise StrayError("it is no folder, no .py file, no notebook and no .zip")
        if any(name in (*each.files, forms.own_name(each)) for each in self._exercises):
            raise StrayError("nothing says whose it is; put it in a folder named after the student")


def plain(name: str) -> str:
    """Give the name of a file without the number that Canvas and browsers put to a second one."""
    return _AGAIN.sub("", name)
