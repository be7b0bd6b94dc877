"""The student's own memory: what is kept comes back, and what goes wrong with it is a sentence."""

import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from grader import memory, scoring
from grader.errors import Evidence, StoreError
from grader.memory import Memory, Past, Standing, Tried
from grader.records import (
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Outcome,
    Score,
    Verdict,
    Visibility,
)

NOON = datetime(2026, 10, 12, 12, tzinfo=UTC)
SECRET = "canary 48151.6234"


def attempt(*outcomes, exercise="exercise-01", checks="5" * 64, digest="a" * 64):
    """Make an attempt of as many checks, each worth a point; the first is visible."""
    verdicts = tuple(
        Verdict(
            Check(f"check_{number}", f"Sentence {number}.", Fraction(1),
                  Visibility.HIDDEN if number else Visibility.VISIBLE),
            outcome,
            SECRET,
            Diagnosis("mistake", SECRET),
            evidence=Evidence("value", SECRET, SECRET, SECRET),
        )
        for number, outcome in enumerate(outcomes)
    )  # fmt: skip
    here = Environment("3.11", "2.13", "cpu", 1, 20, "0.1.0", checks, "landlock")
    return Attempt(exercise, "One", "mine", digest, verdicts, scoring.score(verdicts), here, 0.1)


@pytest.fixture
def kept(tmp_path):
    """The memory of an empty folder."""
    return Memory(tmp_path)


def test_an_attempt_comes_back(kept):
    """The last attempt is given with its checks in order, as the report named them."""
    kept.keep(attempt(Outcome.PASSED, Outcome.FAILED), NOON)

    assert kept.last("exercise-01") == Past(
        "exercise-01",
        "a" * 64,
        NOON,
        Fraction(1),
        Fraction(2),
        True,
        (
            Tried("check_0", "Sentence 0.", True, Outcome.PASSED, Fraction(1), Fraction(1)),
            Tried("check_1", "Sentence 1.", False, Outcome.FAILED, Fraction(0), Fraction(1)),
        ),
    )


def test_nothing_but_the_line_of_the_report_is_kept(kept, tmp_path):
    """No message, diagnosis or evidence is in the file."""
    kept.keep(attempt(Outcome.FAILED, Outcome.RAISED), NOON)
    data = (tmp_path / ".grader/memory.db").read_bytes()

    assert b"Sentence 1." in data
    assert b"canary" not in data
    assert b"48151" not in data


def test_the_last_of_all(kept):
    """Without an exercise, the last attempt at any is given."""
    assert kept.last() is None
    kept.keep(attempt(Outcome.PASSED), NOON)
    kept.keep(attempt(Outcome.FAILED, exercise="exercise-02"), NOON)

    last = kept.last()

    assert last is not None
    assert last.exercise == "exercise-02"
    assert kept.last("exercise-03") is None


def test_the_best_attempt_counts(kept):
    """A later attempt that earns less does not lower the best, and is still the last."""
    for outcomes in ("PF", "PP", "FF"):
        kinds = [Outcome.PASSED if letter == "P" else Outcome.FAILED for letter in outcomes]
        kept.keep(attempt(*kinds), NOON + timedelta(minutes=len(kept.standings())))

    assert kept.standings() == {
        "exercise-01": Standing(3, NOON + timedelta(minutes=1), Fraction(2), Fraction(2))
    }


def test_attempts_under_other_checks_are_not_compared(kept):
    """When the checks have changed, what was earned under the old ones is not the best."""
    kept.keep(attempt(Outcome.PASSED, Outcome.PASSED, checks="1" * 64), NOON)
    kept.keep(attempt(Outcome.FAILED, Outcome.PASSED, Outcome.FAILED, checks="2" * 64), NOON)
    standing = kept.standings()["exercise-01"]

    assert (standing.best, standing.possible) == (Fraction(1), Fraction(3))
    assert standing.attempts == 2


def test_an_undecided_attempt_is_no_best(kept):
    """What could not be graded is an attempt, and neither zero points nor any."""
    undecided = replace(attempt(Outcome.UNGRADED), score=Score(Fraction(0), Fraction(1), False))
    kept.keep(undecided, NOON)

    assert kept.standings() == {"exercise-01": Standing(1, NOON, None, None)}


def test_old_verdicts_go(kept, tmp_path, monkeypatch):
    """Verdicts of old attempts are not kept for ever; that there was an attempt is."""
    monkeypatch.setattr(memory, "MOST_ATTEMPTS", 3)
    for _ in range(5):
        kept.keep(attempt(Outcome.PASSED, Outcome.FAILED), NOON)
    store = sqlite3.connect(tmp_path / ".grader/memory.db")
    counts = store.execute("SELECT count(*), count(DISTINCT attempt) FROM verdicts").fetchone()
    store.close()

    assert counts == (6, 3)
    assert kept.standings()["exercise-01"].attempts == 5


def test_hints_go_on_where_they_were(kept, tmp_path):
    """Each telling is one more, for each check by itself, up to the last, in any process."""
    told = [kept.tell("exercise-01", "add", 3, "", NOON) for _ in range(2)]
    told += [Memory(tmp_path).tell("exercise-01", "add", 3, "", NOON) for _ in range(3)]

    assert told == [1, 2, 3, 3, 3]
    assert kept.tell("exercise-01", "dot", 3, "", NOON) == 1
    assert kept.tell("exercise-02", "add", 3, "", NOON) == 1


def test_a_stub_that_was_kept_stays(kept):
    """The first text of a file is the one that is kept."""
    kept.keep_stubs("exercise-01", {"a.py": "first", "b.py": "other"}, NOON)
    kept.keep_stubs("exercise-01", {"a.py": "second"}, NOON)

    assert kept.stubs("exercise-01") == {"a.py": "first", "b.py": "other"}
    assert kept.stubs("exercise-02") == {}


def test_looking_makes_nothing(kept, tmp_path):
    """Who only reads leaves no file behind."""
    assert (kept.standings(), kept.last(), kept.stubs("exercise-01")) == ({}, None, {})
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_no_part_of_a_clone(kept, tmp_path):
    """The folder tells git to leave it out, and a file of one's own there stays as it is."""
    kept.tell("exercise-01", "add", 3, "", NOON)
    ignore = tmp_path / ".grader/.gitignore"

    assert ignore.read_text() == "*\n"
    ignore.write_text("!memory.db\n")
    kept.tell("exercise-01", "add", 3, "", NOON)
    assert ignore.read_text() == "!memory.db\n"


def test_who_deletes_it_begins_anew(kept, tmp_path):
    """After the folder is deleted nothing is remembered, and new things are."""
    kept.tell("exercise-01", "add", 3, "", NOON)
    shutil.rmtree(tmp_path / ".grader")

    assert kept.standings() == {}
    assert kept.tell("exercise-01", "add", 3, "", NOON) == 1


HURRY = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from grader.memory import Memory
kept = Memory(Path(sys.argv[1]))
for _ in range(20):
    print(kept.tell("exercise-01", "add", 1000, "", datetime.now(UTC)))
"""


def test_two_processes_lose_nothing(kept, tmp_path):
    """Two commands at the same time both count: no number is told twice, and none is left out."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", HURRY, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    told = [int(line) for each in running for line in each.communicate()[0].split()]

    assert sorted(told) == list(range(1, 41))


def damaged(path):
    """Overwrite it with what is no database."""
    path.write_bytes(b"no database at all" * 100)


def from_the_future(path):
    """Give it a version that nobody has written."""
    with sqlite3.connect(path) as store:
        store.execute("PRAGMA user_version = 99")
    store.close()


def odd(path):
    """Put values into it that were never written."""
    with sqlite3.connect(path) as store:
        store.execute("UPDATE attempts SET earned = 'many'")
    store.close()


def a_folder(path):
    """Put a folder in its place."""
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (damaged, "file is not a database"),
        (from_the_future, "it is of version 99, and this program reads 1"),
        (odd, "'many' is no number of points"),
        (a_folder, "unable to open database file"),
    ],
)
def test_what_is_wrong_with_the_file_is_a_sentence(harm, reason, kept, tmp_path):
    """A file that cannot be used is an error with a sentence, and is left as it is."""
    kept.keep(attempt(Outcome.PASSED), NOON)
    harm(tmp_path / ".grader/memory.db")

    with pytest.raises(StoreError) as caught:
        kept.standings()
    assert str(caught.value) == (
        f"{tmp_path / '.grader/memory.db'} cannot be used ({reason}); attempts and hints are not "
        "remembered. Make it and its folder writable, or delete it to begin anew"
    )
    assert (tmp_path / ".grader/memory.db").exists()


def test_a_file_of_which_nothing_is_written_yet(kept, tmp_path):
    """An empty file, which a killed process leaves, is an empty memory."""
    (tmp_path / ".grader").mkdir()
    (tmp_path / ".grader/memory.db").touch()

    assert kept.standings() == {}
    kept.keep(attempt(Outcome.PASSED), NOON)
    assert kept.standings()["exercise-01"].attempts == 1


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    """Where the course is no place to write in, keeping is an error with a sentence."""
    (tmp_path / ".grader").write_text("in the way")

    with pytest.raises(StoreError, match="cannot be used"):
        Memory(tmp_path).keep(attempt(Outcome.PASSED), NOON)


def test_odd_names_of_folders(tmp_path):
    """Blanks, question marks, hashes and letters of other scripts in the path are no obstacle."""
    root = tmp_path / "my course?mode=ro #1 é 課程 100%"
    root.mkdir()
    kept = Memory(root)
    kept.tell("exercise-01", "add", 3, "", NOON)

    assert kept.tell("exercise-01", "add", 3, "", NOON) == 2
    assert (root / ".grader/memory.db").is_file()
