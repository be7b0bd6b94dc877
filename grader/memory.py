"""What a student's own copy of a course remembers: attempts, hints told, and stubs as first seen.

It is one SQLite file, `.grader/memory.db` beside gradebook.yml, for the student alone: nothing is
graded from it and nothing is sent anywhere. Whoever deletes it begins anew. Of a check it keeps
what the report showed on its line (title, verdict, points) and none of what was said below it.

Grading never depends on it. Each method raises a StoreError with a sentence where the file is
damaged, read-only, of another version or held by another process for longer than `PATIENCE_S`; the
doors print it and go on. Every writing is one immediate transaction, so that two commands at the
same time both count. `design/desk.md` tells why it lies there.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from grader.errors import StoreError
from grader.records import Attempt, Outcome, Visibility
from grader.scoring import earned

FOLDER = ".grader"
FILE = "memory.db"

PATIENCE_S = 5.0
# What the verdicts of one exercise are kept of: `grade watch` makes an attempt at each save.
MOST_ATTEMPTS = 100

_VERSION = 1
_SCHEMA = """
CREATE TABLE attempts (id INTEGER PRIMARY KEY, exercise TEXT NOT NULL, digest TEXT NOT NULL,
    checks TEXT NOT NULL, at TEXT NOT NULL, earned INTEGER NOT NULL, possible INTEGER NOT NULL,
    is_decided INTEGER NOT NULL);
CREATE INDEX of_exercise ON attempts (exercise, id);
CREATE TABLE verdicts (attempt INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL,
    title TEXT NOT NULL, visibility TEXT NOT NULL, outcome TEXT NOT NULL, earned INTEGER NOT NULL,
    possible INTEGER NOT NULL, PRIMARY KEY (attempt, place)) WITHOUT ROWID;
CREATE TABLE hints (exercise TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL,
    digest TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (exercise, name, number)) WITHOUT ROWID;
CREATE TABLE stubs (exercise TEXT NOT NULL, file TEXT NOT NULL, text TEXT NOT NULL,
    at TEXT NOT NULL, PRIMARY KEY (exercise, file)) WITHOUT ROWID;
"""
_BEST = """
SELECT earned, possible FROM attempts AS one
WHERE exercise = ? AND is_decided
    AND checks = (SELECT checks FROM attempts AS other WHERE other.exercise = one.exercise
        ORDER BY id DESC LIMIT 1)
ORDER BY earned DESC, id LIMIT 1
"""


@dataclass(frozen=True)
class Tried:
    """How one check ended in an attempt. Points in units of a point."""

    name: str
    title: str
    is_visible: bool
    outcome: Outcome
    earned: Fraction
    possible: Fraction


@dataclass(frozen=True)
class Past:
    """One attempt. `digest` is that of the submission; `at` is in UTC."""

    exercise: str
    digest: str
    at: datetime
    earned: Fraction
    possible: Fraction
    is_decided: bool
    checks: tuple[Tried, ...]


@dataclass(frozen=True)
class Standing:
    """What the attempts at one exercise come to.

    `best` is the most that one earned, and `possible` what it could: only attempts under the
    checks of the last one are compared. Both are None while none could be decided.
    """

    attempts: int
    last_at: datetime
    best: Fraction | None
    possible: Fraction | None


class Memory:
    """The memory of the course at `root`; nothing is made on disk before something is kept."""

    def __init__(self, root: Path) -> None:
        self._path = root / FOLDER / FILE

    def keep(self, attempt: Attempt, at: datetime) -> None:
        """Keep an attempt of the student's own files.

        Raises:
            StoreError: it cannot be written.
        """
        score = attempt.score
        points = _hundredths(score.earned), _hundredths(score.possible)
        checks = attempt.environment.checks_digest
        row = (attempt.exercise, attempt.digest, checks, _written(at), *points, score.is_decided)
        with self._writing() as store:
            number = store.execute(
                "INSERT INTO attempts (exercise, digest, checks, at, earned, possible, is_decided) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            for place, each in enumerate(attempt.verdicts):
                check, got = each.check, _hundredths(earned(each))
                store.execute(
                    "INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (number, place, check.id, check.title, check.visibility, each.outcome, got,
                     _hundredths(check.points)),
                )  # fmt: skip
            store.execute(
                "DELETE FROM verdicts WHERE attempt IN (SELECT id FROM attempts WHERE exercise = ? "
                "ORDER BY id DESC LIMIT -1 OFFSET ?)",
                (attempt.exercise, MOST_ATTEMPTS),
            )

    def standings(self) -> Mapping[str, Standing]:
        """Sum up the attempts, by exercise.

        Raises:
            StoreError: they cannot be read.
        """
        found = {}
        with self._reading() as store:
            grouped = "SELECT exercise, count(*), max(id), at FROM attempts GROUP BY exercise"
            for exercise, count, _, at in store.execute(grouped) if store else ():
                best = store.execute(_BEST, (exercise,)).fetchone() if store else None
                points = (_points(best[0]), _points(best[1])) if best else (None, None)
                found[str(exercise)] = Standing(int(count), _read(at), *points)
        return found

    def last(self, exercise: str | None = None) -> Past | None:
        """Give the last attempt: at one exercise, or at any; None where there is none.

        Raises:
            StoreError: it cannot be read.
        """
        with self._reading() as store:
            if store is None:
                return None
            row = store.execute(
                "SELECT id, exercise, digest, at, earned, possible, is_decided FROM attempts "
                "WHERE ?1 IS NULL OR exercise = ?1 ORDER BY id DESC LIMIT 1",
                (exercise,),
            ).fetchone()
            if row is None:
                return None
            checks = store.execute(
                "SELECT name, title, visibility, outcome, earned, possible FROM verdicts "
                "WHERE attempt = ? ORDER BY place",
                row[:1],
            ).fetchall()
            _, name, digest, at, got, possible, is_decided = row
            return Past(str(name), str(digest), _read(at), _points(got), _points(possible),
                        bool(is_decided), tuple(map(_tried, checks)))  # fmt: skip

    def tell(self, exercise: str, check: str, of: int, digest: str, at: datetime) -> int:
        """Count one more hint of a check as told, and give its number, from 1 to `of`.

        When all have been told the last stays the last.

        Args:
            exercise: its id.
            check: the check's id.
            of: how many hints there are.
            digest: that of the submission last graded; "" where there is none.
            at: when.

        Raises:
            StoreError: it cannot be written.
        """
        with self._writing() as store:
            found = store.execute(
                "SELECT count(*) FROM hints WHERE exercise = ? AND name = ?", (exercise, check)
            ).fetchone()
            number = min(int(found[0]) + 1, of)
            store.execute(
                "INSERT OR IGNORE INTO hints VALUES (?, ?, ?, ?, ?)",
                (exercise, check, number, digest, _written(at)),
            )
        return number

    def stubs(self, exercise: str) -> Mapping[str, str]:
        """Give the files of an exercise as they were when nothing was written in them, by name.

        Raises:
            StoreError: they cannot be read.
        """
        with self._reading() as store:
            query = "SELECT file, text FROM stubs WHERE exercise = ?"
            rows = store.execute(query, (exercise,)).fetchall() if store else []
            return {str(file): str(text) for file, text in rows}

    def keep_stubs(self, exercise: str, texts: Mapping[str, str], at: datetime) -> None:
        """Keep files in which nothing is written yet; what was kept before stays.

        Raises:
            StoreError: they cannot be written.
        """
        with self._writing() as store:
            rows = [(exercise, file, text, _written(at)) for file, text in texts.items()]
            store.executemany("INSERT OR IGNORE INTO stubs VALUES (?, ?, ?, ?)", rows)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """Open the file as it is; None where there is none yet."""
        with self._told():
            if not self._path.exists():
                yield None
                return
            with closing(self._connect("rw")) as store:
                # Version 0 is a file that a killed process has only just made.
                is_made = _version(store) != 0
                if is_made:
                    self._demand_version(store)
                yield store if is_made else None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file, made if need be, for one transaction."""
        with self._told():
            self._path.parent.mkdir(exist_ok=True)
            ignore = self._path.with_name(".gitignore")
            if not ignore.exists():
                ignore.write_text("*\n", encoding="ascii")
            with closing(self._connect("rwc")) as store:
                store.execute("BEGIN IMMEDIATE")
                if _version(store) == 0:
                    # Not executescript, which would commit.
                    for statement in _SCHEMA.split(";"):
                        store.execute(statement)
                    store.execute(f"PRAGMA user_version = {_VERSION}")
                self._demand_version(store)
                yield store
                store.execute("COMMIT")

    def _connect(self, mode: str) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?mode={mode}"
        store = sqlite3.connect(address, uri=True, timeout=PATIENCE_S, isolation_level=None)
        # What a file brings along that somebody else made is data, and runs nothing.
        store.execute("PRAGMA trusted_schema = OFF")
        return store

    def _demand_version(self, store: sqlite3.Connection) -> None:
        if (version := _version(store)) != _VERSION:
            raise ValueError(f"it is of version {version}, and this program reads {_VERSION}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what goes wrong with the file into a sentence.

        Raises:
            StoreError: the sentence.
        """
        try:
            yield
        # ValueError, TypeError, OverflowError: a value in it is none that was written.
        except (sqlite3.Error, OSError, ValueError, TypeError, OverflowError) as error:
            raise StoreError(
                f"{self._path} cannot be used ({error}); attempts and hints are not remembered. "
                "Make it and its folder writable, or delete it to begin anew"
            ) from error


def _version(store: sqlite3.Connection) -> int:
    return int(store.execute("PRAGMA user_version").fetchone()[0])


def _hundredths(points: Fraction) -> int:
    return int(points * 100)


def _points(hundredths: object) -> Fraction:
    if not isinstance(hundredths, int) or hundredths < 0:
        raise TypeError(f"{hundredths!r} is no number of points")
    return Fraction(hundredths, 100)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _read(at: object) -> datetime:
    return datetime.fromisoformat(str(at)).astimezone(UTC)


def _tried(row: tuple[object, ...]) -> Tried:
    name, title, visibility, outcome, got, possible = row
    return Tried(str(name), str(title), visibility == Visibility.VISIBLE, Outcome(str(outcome)),
                 _points(got), _points(possible))  # fmt: skip
