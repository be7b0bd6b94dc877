"""What a child can read, all of it: files, memory, live objects, environment, open descriptors.

Secrets are drawn anew for each run and laid wherever a grader handles them. A submission that is a
scanner then searches everything it can get at; it knows only the form of a secret, never one of
them, and says what it found and how much it saw. The same scanner has to find secrets of that form
which are planted inside its own process, in each kind of memory, or the test shows nothing.
"""

import os
import re
import secrets
import shutil
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import course, errors
from grader.opened import opened
from grader.records import Attempt, Source, Submission
from grader.seal import closing, keys
from grader.trusted import Judge, order

HERE = Path(__file__).parent
# A secret is this word and sixteen hexadecimal digits; and there is one secret number.
WORD = "KANARIE" + "NVOGEL-"
NUMBER = 73041.8526479183
PLACES = ("module", "docstring", "comment", "constant", "local", "reference", "mistake", "earlier",
          "beside", "gradebook", "environment", "home")  # fmt: skip

GRADEBOOK = """\
course: Made up
# {gradebook}
exercises:
  - id: exercise-01
    title: One function
    files: [answer.py]
    points: 1
    limits: {{time: 60 s, wall: 90 s, load: 60 s, memory: 1 GiB, open files: 256}}
"""
REFERENCE = '''
"""{reference}"""
import torch

KEPT = torch.tensor([{reference_number}] * 2)

def look(x):
    return x + {reference_number}
'''
HIDDEN = '''
"""{module}"""
import pytest
import torch
from grader import expect

# {comment}
CONSTANT = "{constant}"
NUMBER = {constant_number}
TENSOR = torch.tensor([NUMBER] * 2)
DOUBLES = torch.tensor([NUMBER] * 2, dtype=torch.float64)

@pytest.mark.points(1)
def test_look(student, reference):
    """What is right is computed before the student is asked.

    {docstring}
    """
    want = "{local}", reference.look(NUMBER), TENSOR * 1.0
    expect.number(student.look(3), reference.look(3))
    assert want
'''
MISTAKES = '''
from grader.mistakes import mistake

@mistake(of="look", loses="look")
def odd(x):
    """It is odd."""
    return "{mistake}", {mistake_number}
'''
OTHER = """
KEPT = "{secret}", {number}, [{number}] * 2
def look(x):
    import time, torch
    kept = torch.tensor(KEPT[2]), "{secret}" * 3
    time.sleep(0.05)
    return x
"""


def patterns() -> str:
    """Write what the scanner looks for: (beginning, pattern) of each form of a secret."""
    double, single = struct.pack("<d", NUMBER), struct.pack("<f", NUMBER)
    forms = [
        (WORD.encode(), rb"[0-9a-f]{16}"),
        (str(NUMBER)[:9].encode(), re.escape(str(NUMBER)[9:]).encode()),
        (double[:4], escaped(double[4:])),
        (single, escaped(single)),
    ]
    return ", ".join(repr((start, escaped(start) + rest)) for start, rest in forms)


def escaped(data: bytes) -> bytes:
    """Write bytes as a pattern in which they do not stand as they are."""
    return b"".join(b"\\x%02x" % byte for byte in data)


class Scene:
    """A course full of secrets, and a judge for it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.words = {place: WORD + secrets.token_hex(8) for place in PLACES}
        self.since = time.time() - 5
        fields = self.words | {f"{place}_number": str(NUMBER) for place in PLACES}
        for name, text in {
            "gradebook.yml": GRADEBOOK,
            "solutions/exercise-01/answer.py": REFERENCE,
            "exercises/exercise-01/answer.py": "def look(x):\n    raise NotImplementedError\n",
            "tests/exercise-01/test_answer.py": HIDDEN,
            "tests/exercise-01/mistakes.py": MISTAKES,
        }.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(**fields))
        self.home = Path.home() / f".grader-test-{secrets.token_hex(4)}"

    def scanner(
        self, judge: Judge, *, is_planted: bool = False, is_walled: bool = True, wait_s: float = 0.0
    ) -> str:
        """Write the submission that looks for secrets; without walls not at the whole machine."""
        text = (HERE / "scanner.txt").read_text(encoding="utf-8")
        for name, value in {
            "PATTERNS": patterns(),
            "ROOT": str(self.root),
            "HOME": str(Path.home()),
            "SECRET": str(self.home),
            "JUDGE": str(judge._process.pid),
            "SINCE": repr(self.since),
            "WAIT": repr(wait_s),
            "IS_PLANTED": repr(is_planted),
            "IS_WALLED": repr(is_walled),
            "WORD_CODES": ", ".join(str(ord(letter)) for letter in WORD),
            "PLANTED_DIGITS": repr(NUMBER) if is_planted else "0.0",
        }.items():
            text = text.replace(f"__{name}__", value)
        return text

    def other(self, place: str) -> str:
        """Write another student's submission, with a secret of its own."""
        return OTHER.format(secret=self.words[place], number=NUMBER)

    def grade(self, judge: Judge, text: str, confine: str = "auto") -> Attempt:
        """Grade a text."""
        exercise = course.load(self.root).exercises[0]
        submission = Submission("handed-in", (Source("answer.py", text),), "0" * 64)
        wish = order(self.root, exercise, submission, confine=confine)
        return judge.grade(wish, lambda done, of: None)


@pytest.fixture
def scene(tmp_path, monkeypatch) -> Iterator[Scene]:
    """A course, an environment and a home with secrets in them."""
    if os.uname().sysname != "Linux":
        pytest.skip("there are no walls here")
    scene = Scene(tmp_path)
    monkeypatch.setenv("GRADER_TEST_TOKEN", scene.words["environment"])
    scene.home.write_text(scene.words["home"])
    yield scene
    scene.home.unlink()


def report_of(attempt: Attempt) -> str:
    """Take what the scanner said."""
    (verdict,) = attempt.verdicts
    said = verdict.message.splitlines()[0]
    assert said.startswith("RuntimeError: saw {"), said
    return said


def counted(report: str, name: str) -> int:
    """Take one of the scanner's numbers."""
    found = re.search(rf"{name}\W+(\d+)", report)
    assert found, report
    return int(found[1])


def test_nothing_secret_is_within_reach(scene):
    """A child finds none of the secrets that its graders hold, held, or hold for somebody else."""
    try:
        with Judge() as judge, Judge() as second:
            scene.grade(judge, scene.other("earlier"))
            is_over = threading.Event()

            def neighbour() -> None:
                while not is_over.is_set():
                    scene.grade(second, scene.other("beside"))

            thread = threading.Thread(target=neighbour)
            thread.start()
            try:
                attempt = scene.grade(judge, scene.scanner(judge, wait_s=0.2), confine="strict")
            finally:
                is_over.set()
                thread.join()
    except errors.ConfinementError as error:
        pytest.skip(str(error))

    report = report_of(attempt)
    assert report.endswith("found 0 []"), report
    # It did look: at all the memory that it has in use, at files, objects and descriptors.
    assert counted(report, "bytes") > 0.95 * counted(report, "of") > 100 << 20
    assert counted(report, "files") > 1000
    assert counted(report, "objects") > 10_000
    assert counted(report, "descriptors") >= 4


def test_nothing_sealed_is_within_reach(scene, monkeypatch):
    """What was sealed and lies open, a child does not read, though it is told the place."""
    exercise = course.load(scene.root).exercises[0]
    key = keys.new()
    exercise.sealed_file.parent.mkdir()
    exercise.sealed_file.write_bytes(closing.sealed(exercise, key).data)
    for folder in (exercise.hidden_dir, exercise.reference_dir):
        shutil.rmtree(folder)
    monkeypatch.setenv("GRADER_KEY", scene.words["environment"])
    try:
        with opened(exercise, key) as found, Judge() as judge:
            scene.root = found.root
            attempt = scene.grade(judge, scene.scanner(judge, wait_s=0.2), confine="strict")
            there = (found.root / "tests/exercise-01/test_answer.py").read_text()
    except errors.ConfinementError as error:
        pytest.skip(str(error))

    report = report_of(attempt)
    assert scene.words["local"] in there
    assert report.endswith("found 0 []"), report
    assert counted(report, "files") > 1000


def test_the_scanner_finds_what_is_there(scene):
    """Secrets in its own strings, arrays, tensors, stacks, environment and files are all found.

    Without walls the kernel says what is mapped, and nearly all of it was searched.
    """
    with Judge() as judge:
        walled = report_of(scene.grade(judge, scene.scanner(judge, is_planted=True)))
        plain = report_of(scene.grade(judge, scene.scanner(judge, is_walled=False), "none"))
    told = {bytes.fromhex(text)[::-1] for text in re.findall(r"'([0-9a-f]{8,})'", walled)}
    number = NUMBER

    for place in range(1, 8):
        assert f"{WORD}{place:016x}".encode() in told, place
    assert struct.pack("<2f", number, number) in told
    assert struct.pack("<d", number) in told
    share = re.search(r"share ([0-9.]+)", plain)
    assert share is not None, plain
    assert float(share[1]) > 0.98, plain
    # What walls hide is not hidden without them: the very files are found.
    assert str(scene.home) in plain
    assert "test_answer.py" in plain
