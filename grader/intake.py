"""What a class handed in: a folder becomes a list of who handed in what, for which exercise, when.

Whose something is, its name says (`downloads`), with the help of a roster. What cannot be assigned
is listed with the reason. Nothing is guessed: where two things claim to be one student's answer to
one exercise, neither is. No link is followed. Of the files only names are looked at here; `read`
takes in one submission when its turn has come.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from grader import archives, commits, forms, submissions
from grader.downloads import Names, Piece, StrayError, plain
from grader.errors import CourseError, SubmissionError
from grader.records import Exercise, Submission
from grader.roster import Roster

_MAX_KEY = 200  # characters, as in the gradebook
_MAX_DEPTH, _MAX_NAMES = 8, 20_000  # of one student's folder

# What systems and platforms leave lying about.
_LITTER = frozenset({".git", ".github", ".gitignore", ".gitkeep", ".DS_Store", "Thumbs.db",
                     "desktop.ini", "__MACOSX", "__pycache__", ".ipynb_checkpoints"})  # fmt: skip


class Kind(StrEnum):
    """Where the files of a submission lie."""

    FOLDER = "folder"
    FILES = "files"
    ZIP = "zip"


@dataclass(frozen=True)
class Handed:
    """What one student handed in for one exercise.

    `path` is for reports, `place` the folder or archive. `files` are the exercise's file names and
    its notebook, each with the name it has in `place`. `submitted_at` is None where nobody says it.
    """

    student: str
    exercise: str
    path: str
    kind: Kind
    place: Path
    files: tuple[tuple[str, str], ...]
    submitted_at: datetime | None
    note: str = ""


@dataclass(frozen=True)
class Unassigned:
    """What lies in the folder and is nobody's submission, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Roll:
    """All that lies in a folder; `absent` are students of the roster who handed in nothing."""

    handed: tuple[Handed, ...]
    unassigned: tuple[Unassigned, ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Bundle:
    """What lies together: all file names below a place, each with the name it has there."""

    kind: Kind
    place: Path
    names: Mapping[str, str]


def take_in(
    folder: Path,
    exercises: Sequence[Exercise],
    roster: Roster | None = None,
) -> Roll:
    """List what a class handed in, by student.

    Args:
        folder: what was downloaded, unpacked.
        exercises: the ones that may be meant: all of a course, or the only one.
        roster: who is in the class; without it, whoever is named is a student.

    Raises:
        CourseError: the folder cannot be read.
    """
    try:
        entries = sorted(entry for entry in os.listdir(folder) if entry not in _LITTER)
    except OSError as error:
        raise CourseError(
            f"{folder} cannot be read: {error.strerror}; name a folder of submissions"
        ) from error
    desk = _Desk(folder, exercises, roster)
    pieces = [piece for entry in entries for piece in desk.piece(entry)]
    pieces.sort(key=lambda piece: piece.group)
    found = [
        handed for _, group in groupby(pieces, lambda p: p.group) for handed in desk.taken([*group])
    ]
    handed = desk.without_rivals(found)
    present = {one.student for one in handed}
    rows = roster.rows if roster else {}
    return Roll(
        tuple(sorted(handed, key=lambda one: (one.exercise, one.student))),
        tuple(sorted(desk.strays, key=lambda stray: stray.path)),
        tuple(student for student in sorted(rows) if student not in present),
    )


def read(handed: Handed, exercise: Exercise) -> Submission:
    """Take in one submission.

    Raises:
        SubmissionError: a file cannot be read, or is no text.
    """
    if handed.kind is Kind.FOLDER:
        return submissions.read(handed.place, exercise, handed.path)
    if handed.kind is Kind.ZIP:
        data = archives.read(handed.place, [name for _, name in handed.files], handed.path)
        files = {name: data[member] for name, member in handed.files}
        return submissions.of_bytes(files, exercise, handed.path)
    paths = {name: handed.place / member for name, member in handed.files}
    return submissions.read_as(paths, exercise, handed.path)


class _Desk:
    """Takes in one entry after another; what it cannot assign is in `strays`."""

    def __init__(self, folder: Path, exercises: Sequence[Exercise], roster: Roster | None) -> None:
        self._folder = folder
        self._label = Path(os.path.abspath(folder)).name
        self._exercises = exercises
        self._roster = roster
        self._names = Names(self._label, exercises)
        self.strays: list[Unassigned] = []

    def piece(self, entry: str) -> Iterator[Piece]:
        """Say whose an entry of the folder is, by its name alone."""
        try:
            yield self._names.piece(entry, os.lstat(self._folder / entry).st_mode)
        except StrayError as error:
            self._stray(entry, str(error))
        except OSError as error:
            self._stray(entry, f"it cannot be read ({error.strerror})")

    def taken(self, group: list[Piece]) -> list[Handed]:
        """Take in what belongs together: a folder or an archive, or the files of a download."""
        notes = [piece.note for piece in group if piece.note]
        first = replace(group[0], note=notes[0] if notes else "")
        try:
            student = self._student(first)
            bundle = self._bundle(group)
            return self._handed(student, first, bundle)
        except (StrayError, SubmissionError) as error:
            for piece in group:
                self._stray(piece.entry, str(error).removeprefix(f"{self._path(piece.entry)}: "))
        return []

    def without_rivals(self, found: Sequence[Handed]) -> list[Handed]:
        """Leave out what claims to be the same student's answer to the same exercise."""
        by_claim: dict[tuple[str, str], list[Handed]] = {}
        for one in found:
            by_claim.setdefault((one.student, one.exercise), []).append(one)
        for (student, exercise), rivals in by_claim.items():
            if len(rivals) > 1:
                paths = ", ".join(sorted({one.path for one in rivals}))
                for one in rivals:
                    reason = f"{student} has more than one answer to {exercise}: {paths}; keep one"
                    self.strays.append(Unassigned(one.path, reason))
        return [rivals[0] for rivals in by_claim.values() if len(rivals) == 1]

    def _student(self, piece: Piece) -> str:
        found = piece.key
        if self._roster is not None:
            known = self._roster.find(piece.words)
            if known is None:
                raise StrayError(f"the roster has nobody, or several, for {piece.words[0]!r}")
            found = known
        if not found.strip() or len(found) > _MAX_KEY:
            raise StrayError(f"nobody can be called {found[:40]!r}; write 1 to {_MAX_KEY} letters")
        return found

    def _bundle(self, group: list[Piece]) -> _Bundle:
        """Find the files: in a folder, in an archive, or beside each other."""
        if not group[0].file:
            place = self._folder / group[0].entry
            names = _below(place)
            zips = [name for name in names if name.lower().endswith(".zip") and "/" not in name]
            if len(zips) != 1 or self._has_answers(names):
                return _Bundle(Kind.FOLDER, place, {name: name for name in names})
            return self._archive(place / zips[0], f"{group[0].entry}/{zips[0]}")
        # Of what was handed in twice, the later upload.
        newest = sorted(group, key=lambda piece: piece.upload)
        files = {plain(piece.file): piece for piece in newest}
        for piece in newest:
            later = files[plain(piece.file)].entry
            if piece.entry != later:
                self._stray(piece.entry, f"the same student handed in {later} later")
        zips = [name for name in files if name.lower().endswith(".zip")]
        if zips and len(files) == 1:
            entry = files[zips[0]].entry
            return self._archive(self._folder / entry, entry)
        return _Bundle(Kind.FILES, self._folder, {n: p.entry for n, p in files.items()})

    def _archive(self, place: Path, entry: str) -> _Bundle:
        names = archives.names(place, self._path(entry))
        kept = [name for name in names if not _LITTER & set(name.split("/"))]
        return _Bundle(Kind.ZIP, place, {name: name for name in kept})

    def _has_answers(self, names: Sequence[str]) -> bool:
        wanted = {name for exercise in self._exercises for name in exercise.files}
        return any(name.rpartition("/")[2] in wanted or forms.is_notebook(name) for name in names)

    def _handed(self, student: str, piece: Piece, bundle: _Bundle) -> list[Handed]:
        meant = [e for e in self._exercises if piece.exercise in ("", e.id)]
        if not meant:
            raise StrayError(f"it is for {piece.exercise}, which is not asked for here")
        found = []
        for exercise in meant:
            names = _answer(bundle, exercise, is_only=len(meant) == 1)
            if names:
                found.append(self._one(student, exercise, piece, bundle, names))
        if not found and bundle.kind is Kind.FILES and len(bundle.names) == 1:
            found = self._lone_file(student, meant, piece, bundle)
        if not found:
            raise StrayError(_nothing(bundle, meant))
        return found

    def _lone_file(
        self, student: str, meant: Sequence[Exercise], piece: Piece, bundle: _Bundle
    ) -> list[Handed]:
        """Take a single file of any name as the file of the only exercise that may be meant."""
        (name,) = bundle.names
        if len(meant) > 1 or len(meant[0].files) > 1 or not name.endswith(".py"):
            return []
        own = meant[0].files[0]
        alias = _Bundle(Kind.FILES, bundle.place, {own: bundle.names[name]})
        return [self._one(student, meant[0], piece, alias, [own])]

    def _one(
        self,
        student: str,
        exercise: Exercise,
        piece: Piece,
        bundle: _Bundle,
        names: Sequence[str],
    ) -> Handed:
        """Make the record of files that lie in one folder of a bundle."""
        files = [(name.rpartition("/")[2], bundle.names[name]) for name in names]
        place = bundle.place
        if bundle.kind is Kind.FOLDER:
            moment = self._moment(place, piece, [inner for _, inner in files])
            place /= names[0].rpartition("/")[0]
            files = [(name, name) for name, _ in files]
        else:
            whole = bundle.kind is Kind.ZIP
            moment = _changed([place] if whole else [place / inner for _, inner in files])
        row = self._roster.rows[student] if self._roster else None
        told = row.submitted_at if row else None
        own = moment if piece.has_time else None
        path = self._path(piece.entry)
        note = "" if told else piece.note
        return Handed(
            student, exercise.id, path, bundle.kind, place, tuple(files), told or own, note
        )

    def _moment(self, place: Path, piece: Piece, files: list[str]) -> datetime | None:
        """Tell when the files of a folder were handed in."""
        if not piece.has_time:
            return None
        for clone in reversed(Path(files[0]).parents):
            if os.path.lexists(place / clone / ".git"):
                inner = [Path(name).relative_to(clone).as_posix() for name in files]
                return commits.last(place / clone, inner)
        return _changed([place / name for name in files])

    def _path(self, entry: str) -> str:
        return f"{self._label}/{entry}"

    def _stray(self, entry: str, reason: str) -> None:
        shown = entry.encode(errors="backslashreplace").decode()
        self.strays.append(Unassigned(self._path(shown), reason))


def _below(place: Path) -> list[str]:
    """List the files below a folder, links left out, by their paths from there."""
    found: list[str] = []
    waiting = [("", 0)]
    while waiting:
        below, depth = waiting.pop()
        try:
            with os.scandir(place / below) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            raise StrayError(f"{below or 'it'} cannot be read ({error.strerror})") from error
        for entry in listed:
            if entry.name in _LITTER or entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting += [(f"{below}{entry.name}/", depth + 1)] if depth < _MAX_DEPTH else []
            else:
                found.append(f"{below}{entry.name}")
        if len(found) + len(waiting) > _MAX_NAMES:
            raise StrayError(f"it has more than {_MAX_NAMES:,} files; hand in the code alone")
    return sorted(found)


def _answer(bundle: _Bundle, exercise: Exercise, *, is_only: bool) -> list[str]:
    """Name what answers an exercise within a bundle: its files, its notebook; [] for neither.

    Where there are files, the notebook counts that lies beside them; `submissions` chooses then.

    Raises:
        StrayError: it lies in several folders, or there are several notebooks.
    """
    base = _base(bundle.names, exercise.files, exercise)
    notebooks = [name for name in bundle.names if forms.is_notebook(name)]
    if base is not None:
        beside = {name.removeprefix(base): name for name in notebooks if name.startswith(base)}
        meant = forms.only([name for name in beside if "/" not in name], exercise)
        files = [base + name for name in exercise.files if base + name in bundle.names]
        return files + ([beside[meant]] if meant else [])
    own = forms.own_name(exercise)
    base = _base(notebooks, [own], exercise)
    if base is not None:
        return [base + own]
    # A notebook of any name may be any exercise's.
    if is_only and len(notebooks) > 1:
        told = ", ".join(sorted(notebooks)[:5])
        raise StrayError(f"it has {len(notebooks)} notebooks ({told}) and no {own}; keep one")
    return notebooks if is_only else []


def _base(names: Iterable[str], files: Sequence[str], exercise: Exercise) -> str | None:
    """Find the folder, within a bundle, in which some files lie; it ends in /, or is "".

    Raises:
        StrayError: they lie in several.
    """
    found = {
        name[: -len(file)]
        for name in names
        for file in files
        if name == file or name.endswith(f"/{file}")
    }
    if len(found) > 1:
        # A copy of the course may have the references of others, or tests, beside it.
        found = {base for base in found if base.endswith(f"exercises/{exercise.id}/")} or found
    if len(found) > 1:
        places = ", ".join(base or "the top" for base in sorted(found)[:5])
        raise StrayError(f"the files of {exercise.id} are in several places ({places}); keep one")
    return found.pop() if found else None


def _nothing(bundle: _Bundle, meant: Sequence[Exercise]) -> str:
    wanted = ", ".join(name for exercise in meant for name in exercise.files)
    if not bundle.names:
        return f"it is empty; hand in {wanted}"
    held = ", ".join(sorted(bundle.names)[:5])
    rest = len(bundle.names) - 5
    more = f" and {rest:,} more" if rest > 0 else ""
    return f"it has none of {wanted}; it holds {held[:200]}{more}"


def _changed(paths: Sequence[Path]) -> datetime | None:
    """Tell when the newest of some files was changed; in UTC, to the second."""
    try:
        newest = max(int(os.lstat(path).st_mtime) for path in paths)
        return datetime.fromtimestamp(newest, UTC)
    except (OSError, ValueError, OverflowError):
        return None
