"""What a student can read of hidden checks: everything that the command writes is searched.

A course is made whose hidden file, reference and mistakes hold secrets wherever an author can put
one: a word that begins with "canary", or a number. Submissions of every kind are graded by the real
command, and what it says and writes, in every format, may hold none of them, nor say where the
hidden files lie. `ARTEFACTS` lists what is written; a new form of report joins by one line.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import command
from grader.reports.exports.registry import FORMATS
from grader.sandbox import walls
from grader.seal import keys
from grader.verbs import magic

# What writes something for a student out of a graded attempt: a name, and the words behind `grade`.
ARTEFACTS = {
    **{f"export {name}": ["export", name, "--from", "{json}", "-o", "{file}"] for name in FORMATS},
}
# What some formats want to know besides, from the environment of whoever runs them.
RUNNER = {
    "CLASSROOM": "made-up",
    "ASSIGNMENT": "five",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "ada",
    "SUBMISSION_TAG": "submit/1",
    "COMMIT_URL": "https://example.org/commit",
    "RELEASE_URL": "https://example.org/release",
    "COMMIT_DATETIME": "2026-01-02T03:04:05Z",
}
GRADE = [sys.executable, "-c", "from grader.cli import main; main()"]

GRADEBOOK = """\
course: Made up
exercises:
  - id: exercise-01
    title: Five names
    files: [answer.py]
    points: 18
    limits: {time: 1 s, wall: 3 s, load: 1 s, memory: 512 MiB}
"""

REFERENCE = '''
"""The reference. CANARY-reference-docstring"""
import torch

# CANARY-reference-comment
def number():
    return 48151.6234

def tensor(x):
    canary_reference_variable = 60221.4076
    return x * canary_reference_variable

def word():
    return "CANARY-reference-word"

def table():
    return {"canary-reference-key": 31415.9265}

def pair():
    return 27182.8182, "CANARY-reference-second"
'''

HIDDEN = '''
"""Hidden checks. CANARY-module-docstring"""
# CANARY-comment
import logging
import warnings

import pytest
import torch

from grader import expect

CANARY_CONSTANT = "CANARY-constant"
CANARY_NUMBER = 48151.6234
CANARY_TABLE = {"CANARY-key": 86028.157, "right": 1}


@pytest.fixture
def canary_fixture(student, normal):
    """CANARY-fixture-docstring"""
    canary_local = normal(3)
    yield canary_local, student.tensor(canary_local).sum() / len("CANARY-fixture")


def canary_helper(canary_argument, canary_other=CANARY_NUMBER):
    """CANARY-helper-docstring"""
    assert canary_argument == canary_other  # CANARY-helper-comment


def canary_refusal(got):
    if got != CANARY_NUMBER:
        raise ValueError(f"CANARY-raised {CANARY_NUMBER} {CANARY_CONSTANT}")


@pytest.mark.points(1)
def test_number(student):
    """number() gives a number.

    CANARY-second-paragraph 48151.6234
    """
    print("CANARY-printed", CANARY_NUMBER)
    warnings.warn("CANARY-warned")
    logging.getLogger("canary").error("CANARY-logged")
    expect.number(student.number(), CANARY_NUMBER)


@pytest.mark.points(1)
def test_number_by_assert(student):
    canary_variable = CANARY_NUMBER
    assert student.number() == canary_variable


@pytest.mark.points(1)
def test_number_by_helper(student):
    canary_helper(student.number())


@pytest.mark.points(1)
def test_number_by_torch(student):
    torch.testing.assert_close(student.number(), CANARY_NUMBER)


@pytest.mark.points(1)
def test_number_by_exception(student):
    canary_refusal(student.number())


@pytest.mark.points(1)
def test_number_in_words(student):
    """Its words are right."""
    assert str(student.number()).index(f"{CANARY_NUMBER}") == 0


@pytest.mark.points(1)
def test_number_is_counted(student):
    assert dict.fromkeys([CANARY_NUMBER], 1)[student.number()] == 1
    assert [CANARY_NUMBER, CANARY_CONSTANT].index(student.number()) == 0


@pytest.mark.points(1)
def test_tensor(student, normal):
    x = normal(3)
    expect.close(student.tensor(x), x * 60221.4076)


@pytest.mark.points(1)
def test_tensor_by_torch(student):
    torch.testing.assert_close(student.tensor(torch.ones(())), torch.tensor(60221.4076))


@pytest.mark.points(1)
def test_tensor_by_fixture(canary_fixture):
    canary_local, canary_total = canary_fixture
    expect.close(canary_total, canary_local.sum() * 60221.4076 / 14)


@pytest.mark.points(1)
def test_tensor_same(student, normal):
    expect.same(student.tensor, normal(3))


@pytest.mark.points(1)
def test_word(student):
    expect.equal(student.word(), "CANARY-reference-word")


@pytest.mark.points(1)
def test_word_is_joined(student):
    assert (CANARY_CONSTANT + student.word()).count("CANARY") == 2


@pytest.mark.points(1)
def test_word_is_read(student):
    int(student.word().replace("CANARY-reference-word", "3").replace("wrong", CANARY_CONSTANT))


@pytest.mark.points(1)
def test_word_matches(student):
    with pytest.raises(ValueError, match="CANARY-pattern|invalid.*CANARY-reference"):
        raise ValueError("invalid " + student.word())


@pytest.mark.points(1)
def test_table(student):
    expect.equal(tuple(student.table().items()), (("canary-reference-key", 31415.9265),))


@pytest.mark.points(1)
def test_table_is_read(student):
    assert student.table()["canary-reference-key"] == 31415.9265


@pytest.mark.points(1)
def test_pair(student):
    (lambda canary_first, canary_second: expect.same(student.pair))(*student.pair())
'''

MISTAKES = '''
"""CANARY-mistakes-docstring"""
from grader.mistakes import mistake

@mistake(of="number", loses="number")
def rounded():
    """The number is rounded."""
    canary_in_a_mistake = 48152.0  # CANARY-mistake-comment
    return canary_in_a_mistake
'''

# A visible check that quotes its secrets, to show that a search of the same kind finds them.
VISIBLE = """
import pytest

@pytest.mark.points(1)
def test_seen(student):
    canary_seen = 48151.6234
    assert student.word() == "CANARY-reference-word", f"CANARY-told {canary_seen} test_unguessed.py"
"""

BROKEN = """

@pytest.mark.points(1)
def test_broken(student):
    \"\"\"This check is at fault.\"\"\"
    assert student.word() == "CANARY-mistaken", "CANARY-broken"
"""

NAMES = ("number", "tensor", "word", "table", "pair")


def answering(*bodies: str) -> str:
    """Write a submission: one line for each of the five names."""
    pairs = zip(NAMES, bodies, strict=True)
    return "import os, sys, time, torch\n" + "".join(
        f"def {name}(*a):\n    {body}\n" for name, body in pairs
    )


SUBMISSIONS = {
    "stub": answering(*["raise NotImplementedError('write it')"] * 5),
    "right": REFERENCE,
    "wrong": answering("return 1.5", "return a[0] * 2", "return 'wrong'", "return {}",
                       "return 1.0, 'x'"),
    "mistaken": answering("return 48152.0", "return -a[0]", "return ''", "return {'right': 1}",
                          "return 1.0, 2, 3"),
    "nothing": answering(*["pass"] * 5),
    "raising": answering("raise ValueError(print('printed'))", "raise KeyError(3)",
                         "raise AssertionError", "return table.x", "assert False"),
    "ending": answering("os._exit(0)", "return torch.zeros(1 << 40)", "time.sleep(60)",
                        "while True: pass", "os.kill(os.getpid(), 11)"),
    "other types": answering("return 'text'", "return [a[0]]", "return 7", "return 3", "return 5"),
    "odd types": answering("return object()", "return torch.zeros(2, 3, dtype=torch.int8)",
                           "return b'x'", "return torch.nn.Linear(2, 3)", "return (1,) * 50"),
    "broken": "def number(:\n",
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """What the command wrote for one submission: texts by the name of the artefact."""

    texts: dict[str, str]
    code: int


class Course:
    """A made-up course, and the command run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.key = ""
        files = {
            "gradebook.yml": GRADEBOOK,
            "exercises/exercise-01/answer.py": SUBMISSIONS["stub"],
            "solutions/exercise-01/answer.py": REFERENCE,
            "tests/exercise-01/test_unguessed.py": HIDDEN,
            "tests/exercise-01/mistakes.py": MISTAKES,
        }
        files |= {f"{name}/answer.py": text for name, text in SUBMISSIONS.items()}
        for name, text in files.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Write a file of the course."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def type(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Type a command in the course."""
        return subprocess.run(
            [*GRADE, *words],
            cwd=self.root, capture_output=True, check=False, timeout=120,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "GRADER_KEY": self.key},
        )  # fmt: skip

    def seal(self) -> None:
        """Seal the course, and leave of it what a student's repository has."""
        self.key = keys.text(keys.new())
        assert self.type("seal").returncode == 0
        for name in ("tests", "solutions"):
            shutil.rmtree(self.root / name)

    def grade(self, handed: str) -> Written:
        """Grade a submission, and write whatever can be written of it."""
        json = self.root / f"{handed}.json"
        done = self.type("exercise-01", handed, "--json", str(json))
        texts = {"stdout": done.stdout.decode(), "stderr": done.stderr.decode()}
        assert json.is_file(), texts
        texts["json"] = json.read_text(encoding="utf-8")
        for name, words in ARTEFACTS.items():
            file = self.root / f"{handed} {name}"
            filled = [word.format(json=json, file=file) for word in words]
            result = CliRunner(env=RUNNER).invoke(command, filled)
            assert result.exit_code == 0, (name, result.output)
            texts[name] = file.read_text(encoding="utf-8")
            texts[f"{name}, said"] = result.output
        return Written(texts, done.returncode)

    def push(self, handed: str, folder: Path) -> dict[str, str]:
        """Grade as the Action does; what it printed and wrote, by its name."""
        done = self.type("action", "1", "--submission", handed, "--into", str(folder / "into"))
        texts = {path.name: path.read_text("utf-8") for path in (folder / "into").iterdir()}
        encoded = texts["outputs"].partition("result=")[2].partition("\n")[0]
        result = base64.b64decode(encoded).decode()
        return texts | {"printed": (done.stdout + done.stderr).decode(), "result": result}

    def found(self, text: str) -> list[str]:
        """Find the secrets in a text, however its format writes them."""
        secret = re.compile(
            r"canary[-_ \\]*\w*"
            r"|4815[12]\W?[0-9]*|60221|31415|27182|86028"  # to five figures; two are told
            r"|unguessed|mistakes\.py|tests/exercise|solutions/|grader-judge|grader-key|"
            + re.escape(str(self.root / "tests")),
            re.IGNORECASE,
        )
        # A submission's own words are no secret: its mistake returns a number that it knows.
        return [each for each in secret.findall(text) if each != "48152.0"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course with all its secrets, behind hidden checks."""
    return Course(tmp_path_factory.mktemp("made-up"))


@pytest.mark.parametrize("handed", SUBMISSIONS)
def test_nothing_hidden_is_told(course, handed):
    """Whatever is handed in, no artefact holds a secret of the hidden files or says where they lie.

    Only the right submission passes, so that every check is known to work, and to fail.
    """
    written = course.grade(handed)
    found = {name: told for name, text in written.texts.items() if (told := course.found(text))}

    assert found == {}
    assert written.code == (0 if handed == "right" else 1), written.texts


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """The same course as a student's repository has it: what is hidden is sealed."""
    missing = [wall.name for wall in walls.available() if wall.missing]
    if lacking := set(missing) & set(walls.NEEDED):
        pytest.skip(f"there are no walls here: {lacking}")
    course = Course(tmp_path_factory.mktemp("sealed"))
    course.seal()
    return course


@pytest.mark.parametrize("handed", ["right", "mistaken", "raising", "odd types", "broken"])
def test_nothing_sealed_is_told(sealed, handed):
    """Of a sealed exercise no artefact holds a secret, the key, or the place where it lay open."""
    written = sealed.grade(handed)
    found = {name: told for name, text in written.texts.items() if (told := sealed.found(text))}

    assert found == {}
    assert written.code == (0 if handed == "right" else 1), written.texts


def test_nothing_hidden_is_told_at_the_desk(tmp_path):
    """Table, hints and memory of an attempt at one's own files hold no secret of hidden files."""
    own = Course(tmp_path)
    own.write("exercises/exercise-01/answer.py", SUBMISSIONS["wrong"])
    own.write("exercises/exercise-01/hints.yml", "number: [Look., Closer., There.]\n")
    texts = {}
    for words in (["exercise-01"], [], ["hint"], ["hint", "exercise-01", "number"], ["reset", "1"]):
        done = subprocess.run(
            [*GRADE, *words], cwd=own.root, capture_output=True, check=False, timeout=120,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        texts[" ".join(words)] = (done.stdout + done.stderr).decode()
    memory = (own.root / ".grader/memory.db").read_bytes()
    texts["memory"] = memory.decode(errors="replace")

    assert {name: told for name, text in texts.items() if (told := own.found(text))} == {}
    assert "hint 2 of 3" in texts["hint exercise-01 number"]
    assert b"number() gives a number." in memory


@pytest.mark.parametrize("handed", ["wrong", "raising", "broken"])
def test_nothing_hidden_is_told_in_a_notebook(course, handed):
    """What `%grade` shows of cells that were run, as HTML and as text, holds no secret."""
    report = magic.report("1", ["", SUBMISSIONS[handed]], course.root)

    assert course.found(repr(report)) == []
    assert course.found(report._repr_html_()) == []
    assert "0 / 18" in repr(report)


@pytest.mark.parametrize("handed", ["wrong", "raising", "broken"])
@pytest.mark.parametrize("kind", ["course", "sealed"])
def test_nothing_hidden_is_told_to_a_service(request, kind, handed, tmp_path):
    """What `grade action` prints and writes for each push holds no secret of hidden files."""
    graded = request.getfixturevalue(kind)
    texts = graded.push(handed, tmp_path)

    assert {name: told for name, text in texts.items() if (told := graded.found(text))} == {}
    assert '"score": "0"' in texts["report.json"]


def test_a_broken_check_tells_a_service_nothing(tmp_path):
    """Where a hidden check is at fault, a student's report does not quote it."""
    own = Course(tmp_path / "course")
    own.write("tests/exercise-01/test_unguessed.py", HIDDEN + BROKEN)
    own.write("gradebook.yml", GRADEBOOK.replace("18", "19"))
    texts = own.push("wrong", tmp_path)

    assert {name: told for name, text in texts.items() if (told := own.found(text))} == {}
    assert "the checks of exercise-01 are at fault" in texts["summary.md"]


def test_a_secret_that_is_told_would_be_found(tmp_path):
    """A visible check may quote itself; the search finds each of its secrets in what quotes it."""
    open_course = Course(tmp_path)
    open_course.write("exercises/exercise-01/test_seen.py", VISIBLE)
    open_course.write("gradebook.yml", GRADEBOOK.replace("18", "19"))
    written = open_course.grade("wrong")
    quoting = {name: text for name, text in written.texts.items() if "CANARY-told" in text}

    assert {"stdout", "json"} <= set(quoting)
    assert any(name.startswith("export") for name in quoting)
    for text in quoting.values():
        assert {"CANARY-told", "48151.6234", "unguessed"} <= set(open_course.found(text))


def test_the_students_repository_holds_no_secret(tmp_path: Path) -> None:
    """A release of the course has neither a word nor a name of what is hidden in any file."""
    own = Course(tmp_path / "course")
    own.write("exercises/exercise-01/README.md", "Write the answer.\n")
    done = own.type("release", str(tmp_path / "students"))
    files = [path for path in (tmp_path / "students").rglob("*") if path.is_file()]

    assert (done.returncode, done.stderr) == (0, b"")
    assert len(files) >= 6
    assert [own.found(path.read_text("utf-8")) for path in files] == [[] for _ in files]
