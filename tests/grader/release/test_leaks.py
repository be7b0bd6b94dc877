"""Nothing of solutions/ or tests/ leaves: what was planted is found, with its file and its line.

Each plant changes a copy of this repository's course, which is honest: nothing is found in it.
"""

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import course
from grader.release import code, leaks, tree, views

REPOSITORY = Path(__file__).parents[3]
THIRD = "exercises/exercise-03"
REFERENCE = (REPOSITORY / "solutions/exercise-03/gradients.py").read_bytes()
HIDDEN = (REPOSITORY / "tests/exercise-03/test_gradients.py").read_bytes()

Plant = Callable[[Path], None]


def found(root: Path) -> list[str]:
    """List what is found in all that would leave of exercises/, as sentences."""
    known = course.load(root)
    return list(map(str, leaks.find(known, tree.take(known).files)))


def added(name: str, text: str) -> Plant:
    """Write something below a file of the third exercise."""

    def plant(root: Path) -> None:
        with (root / THIRD / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return plant


def put(name: str, old: str, new: str) -> Plant:
    """Put something in place of what a file of exercises/ has once."""

    def plant(root: Path) -> None:
        path = root / "exercises" / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    return plant


def beside(name: str, data: bytes) -> Plant:
    """Put a file beside the stub of the third exercise, and name it in README.md."""

    def plant(root: Path) -> None:
        (root / THIRD / name).write_bytes(data)
        added("README.md", f"\nLook into [it]({name}).\n")(root)

    return plant


def in_notebook(change: Callable[[list[dict[str, object]]], None]) -> Plant:
    """Change the cells of the third exercise's notebook."""

    def plant(root: Path) -> None:
        path = root / THIRD / "gradients.ipynb"
        notebook = json.loads(path.read_text("utf-8"))
        change(notebook["cells"])
        path.write_text(json.dumps(notebook), encoding="utf-8")

    return plant


def zipped(name: str, data: bytes) -> bytes:
    """Pack one file into a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def test_nothing_is_found_in_an_honest_course(teachers: Path) -> None:
    """The five exercises of this repository say nothing that is hidden."""
    assert found(teachers) == []


LOSS = 'raise NotImplementedError("loss: exercise 03, part 1")'
MATVEC = 'raise NotImplementedError("matvec: exercise 02, part 3")'
SAYS_LOSS = "says (w * x - y) ** 2, which is in solutions/exercise-03/gradients.py:17"
DESCEND = (
    "says w.detach() - lr * gradient(w, x, y), which is in solutions/exercise-03/gradients.py:49"
)
PLANTS: dict[str, tuple[Plant, list[str]]] = {
    "a function left in the stub": (
        put("exercise-02/operations.py", MATVEC, "return A @ v"),
        ["02/operations.py:32 holds the answer of matvec, as in solutions/exercise-02/operations.py"
         ":32; put the stub back",
         "02/operations.py:44 says return A @ v, which is in "
         "solutions/exercise-02/operations.py:44"],
    ),
    "a variant left in the stub": (
        put("exercise-03/gradients.py", LOSS, "return mse_loss(w * x, y)"),
        ["03/gradients.py:6 holds the answer of loss, as in tests/exercise-03/variants.py:10; put "
         "the stub back",
         "03/gradients.py:17 says mse_loss(w * x, y), which is in "
         "tests/exercise-03/variants.py:12"],
    ),
    "an answer that is never reached": (
        put("exercise-03/gradients.py", LOSS, f"{LOSS}\n    return (w * x - y) ** 2"),
        ["03/gradients.py:6 holds the answer of loss, as in solutions/exercise-03/gradients.py:6; "
         "put the stub back", f"03/gradients.py:18 {SAYS_LOSS}"],
    ),
    "an answer in a comment": (
        put("exercise-03/gradients.py", LOSS, f"# return (w*x - y)**2\n    {LOSS}"),
        [f"03/gradients.py:17 {SAYS_LOSS}"],
    ),
    "a short answer in a comment": (
        put("exercise-02/operations.py", MATVEC, f"{MATVEC}  # return A @ v"),
        ["02/operations.py:44 says return A @ v, which is in "
         "solutions/exercise-02/operations.py:44"],
    ),
    "an answer over several lines of comments": (
        put("exercise-03/gradients.py", LOSS,
            f"# return w.detach() - lr * gradient(\n    #     w, x, y)\n    {LOSS}"),
        [f"03/gradients.py:17 {DESCEND}"],
    ),
    "an answer in a docstring": (
        put("exercise-03/gradients.py", "(w·x − y)².\n", "(w * x - y)**2.\n"),
        [f"03/gradients.py:7 {SAYS_LOSS}"],
    ),
    "a README that quotes": (
        added("README.md", "\n> Note: `w.detach() -\n> lr * gradient(w, x, y)`\n"),
        [f"03/README.md:73 {DESCEND}"],
    ),
    "Markdown that is not code": (
        added("README.md", "\nIt is (w \\* x \\- y) \\*\\* 2.\n"),
        [f"03/README.md:73 {SAYS_LOSS}"],
    ),
    "a hint that quotes": (
        added("hints.yml", "more:\n  - It is (w * x - y) ** 2.\n  - b\n  - c\n"),
        [f"03/hints.yml:45 {SAYS_LOSS}"],
    ),
    "a solution in a cell": (
        in_notebook(lambda cells: cells[8].update(source=["return w.detach() -\n",
                                                          "  lr * gradient(w, x, y)"])),
        [f"03/gradients.ipynb (cell 9) {DESCEND}"],
    ),
    "a solution in an output": (
        in_notebook(lambda cells: cells[9].update(outputs=[
            {"output_type": "stream", "name": "stdout", "text": ["def f():\n",
                                                                 "  (w * x - y) ** 2"]}])),
        [f"03/gradients.ipynb (cell 10, outputs) {SAYS_LOSS}"],
    ),
    "a hidden check by its name": (
        added("test_gradients.py", '\n\ndef test_loss_values(student):\n    """A loss."""\n'),
        ["03/test_gradients.py:50 holds the check loss_values, which is hidden in "
         "tests/exercise-03/test_gradients.py"],
    ),
    "a hidden check under another name": (
        added("test_gradients.py", "\n\ndef test_mine(student, points):\n"
              "    for point in points:\n        expect.same(student.loss, *point)\n"),
        ["03/test_gradients.py:50 holds the check mine, which is hidden in "
         "tests/exercise-03/test_gradients.py"],
    ),
    "a mistake": (
        added("README.md", "\nNever `torch.square(w * x - y) / len(x)`, or `-lr*2*(w*x - y)*x`.\n"),
        ["03/README.md:73 says lr * 2 * (w * x - y) * x, which is in "
         "tests/exercise-03/mistakes.py:115"],
    ),
    "a whole file": (
        beside("notes.txt", HIDDEN),
        ["03/notes.txt is tests/exercise-03/test_gradients.py, byte for byte"],
    ),
    "a zip": (
        beside("data.zip", zipped("a/b.txt", REFERENCE)),
        ["03/data.zip (a/b.txt) is solutions/exercise-03/gradients.py, byte for byte"],
    ),
    "compiled Python": (
        beside("data.zip", zipped("a.pyc", b"\xa7\r\r\n" + bytes(12))),
        ["03/data.zip (a.pyc) is compiled Python, from which its source can be had"],
    ),
    "a line of base64": (
        added("README.md", f"\nKey: {base64.b64encode(b'return (w * x - y) ** 2').decode()} (x)\n"),
        [f"03/README.md:73 (decoded) {SAYS_LOSS}"],
    ),
    "another alphabet": (
        beside("notes.txt", "return (w * x - y) ** 2".encode("utf-16")),
        [f"03/notes.txt:1 {SAYS_LOSS}"],
    ),
    "a page": (
        beside("task.html", b"<p>\n(w <b>*</b> x - y) **&nbsp;2</p>"),
        [f"03/task.html:2 {SAYS_LOSS}"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("plant", PLANTS)
def test_what_was_planted_is_found(plant: str, teachers: Path) -> None:
    """A leak is told with the file, the line, what it says, and where that is from."""
    change, told = PLANTS[plant]
    change(teachers)

    assert found(teachers) == [f"exercises/exercise-{line}" for line in told]


@pytest.mark.parametrize(
    ("exercise", "function"),
    [
        (path.parent.name, function)
        for path in sorted(REPOSITORY.glob("solutions/exercise-*/*.py"))
        for function in code.units(code.parsed(path.read_text("utf-8")))  # type: ignore[arg-type]
    ],
)
def test_every_answer_left_in_a_stub_is_found(exercise: str, function: str, teachers: Path) -> None:
    """Whichever function of the course keeps its answer, its stub does not leave."""
    (right,) = (teachers / "solutions" / exercise).glob("*.py")
    stub = teachers / "exercises" / exercise / right.name
    text, answer = stub.read_text("utf-8"), right.read_text("utf-8")
    old, new = (code.units(code.parsed(each))[function] for each in (text, answer))  # type: ignore[arg-type]
    lines, others = text.splitlines(), answer.splitlines()
    lines[old.lineno - 1 : old.end_lineno] = others[new.lineno - 1 : new.end_lineno]
    stub.write_text("\n".join(lines), encoding="utf-8")
    said = found(teachers)

    assert said[0] == (
        f"exercises/{exercise}/{right.name}:{old.lineno} holds the answer of {function}, as in "
        f"solutions/{exercise}/{right.name}:{new.lineno}; put the stub back"
    )


WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "lines of base64": base64.encodebytes,
    "base32": base64.b32encode,
    "hexadecimal": lambda data: data.hex(" ").encode(),
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zip": lambda data: zipped("inside", data),
    "a sentence around": lambda data: b"Look here: " + data + b" (that is all)",
}


@given(st.lists(st.sampled_from(sorted(WRAPPINGS)), max_size=3))
@settings(max_examples=50, deadline=None)
def test_what_is_wrapped_up_is_read(wrappings: list[str]) -> None:
    """Wrapped up three times over, in whatever order a reader can undo, a line is still read."""
    data = b"\n\nreturn w.detach() - lr * gradient(w, x, y)\n"
    for name in wrappings:
        # A sentence is no place for bytes that are no text.
        if name != "a sentence around" or data.isascii():
            data = WRAPPINGS[name](data)
    wanted = code.tokens("w.detach() - lr * gradient(w, x, y)")

    assert any(wanted in code.tokens(view.text) for view in views.of("notes.txt", data))


HELPER = "def points(n):\n    return [(i, 2 * i + 1) for i in range(n)]\n"
SCAFFOLD = {
    "gradebook.yml": "course: C\nexercises:\n"
    "- {id: exercise-01, title: T, files: [net.py, data.py], points: 2}\n",
    "exercises/exercise-01/README.md": "Call `optimizer.zero_grad()`, then `loss.backward()`; "
    "`self.up = nn.Linear(width, 4 * width)` is there already.\n",
    "exercises/exercise-01/net.py": """
import torch
from torch import nn

class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x):
        raise NotImplementedError

def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        # Your three lines.
        raise NotImplementedError
        losses.append(loss.item())
    return losses
""",
    "exercises/exercise-01/data.py": HELPER,
    "exercises/exercise-01/test_net.py": "def test_shape(student):\n    student.FeedForward(3)\n",
    "solutions/exercise-01/net.py": """
import torch
from torch import nn

class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.down(torch.relu(self.up(x)))

def train(model, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((model(X) - y) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
    return losses
""",
    "solutions/exercise-01/data.py": HELPER,
    "tests/exercise-01/test_net.py": "def test_train(student):\n    student.train(1, 2, 3, 4, 5)\n",
}  # fmt: skip


def written(root: Path, files: dict[str, str]) -> Path:
    """Write a course."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_what_a_stub_gives_on_purpose_may_leave(tmp_path: Path) -> None:
    """A constructor, a helper file and the lines around a gap are the reference's, and given."""
    assert found(written(tmp_path, SCAFFOLD)) == []


def test_a_gap_that_was_filled_is_found(tmp_path: Path) -> None:
    """Where all lines of the reference stand, one that raises among them makes no stub."""
    path = "exercises/exercise-01/net.py"
    filled = SCAFFOLD[path].replace(
        "        # Your three lines.\n",
        "        optimizer.zero_grad()\n        loss = ((model(X) - y)**2).mean()\n"
        "        loss.backward()\n",
    )
    said = found(written(tmp_path, {**SCAFFOLD, path: filled}))

    assert said == [
        f"{path}:14 holds the answer of train, as in solutions/exercise-01/net.py:14; put the stub "
        "back",
        f"{path}:18 says ((model(X) - y) ** 2).mean(), which is in solutions/exercise-01/net.py:18",
        f"{path}:21 says losses.append(loss.item()), which is in solutions/exercise-01/net.py:20",
    ]


def test_an_answer_above_its_gap_is_found_whoever_asks_for_it(tmp_path: Path) -> None:
    """Where no check names a function, a stub with all of its answer and a gap is none."""
    path = "exercises/exercise-01/data.py"
    filled = f"{HELPER}    raise NotImplementedError\n"

    assert found(written(tmp_path, {**SCAFFOLD, path: filled})) == [
        f"{path}:1 holds the answer of points, as in solutions/exercise-01/data.py:1; put the stub "
        "back",
        f"{path}:2 says [(i, 2 * i + 1) for i in range(n)], which is in "
        "solutions/exercise-01/data.py:2",
    ]


def test_a_short_line_is_looked_for_in_its_own_exercise_only(teachers: Path) -> None:
    """What two exercises may well both say is found in the first one's files alone."""
    for number in ("02", "05"):
        with (teachers / f"exercises/exercise-{number}/README.md").open("a") as file:
            file.write("\nreturn A @ v\n")

    assert [line.split()[0] for line in found(teachers)] == ["exercises/exercise-02/README.md:56"]


def test_data_of_the_checks_stay(tmp_path: Path) -> None:
    """A long line of a file that is no Python is found, wherever it stands."""
    line = "0.123456, 1.234567, 2.345678, 3.456789, 4.567890"
    files = {
        **SCAFFOLD,
        "tests/exercise-01/expected.csv": f"a, b, c, d, e\n{line}\n",
        "exercises/exercise-01/README.md": f"See these:\n\n    {line}\n",
    }

    assert found(written(tmp_path, files)) == [
        "exercises/exercise-01/README.md:3 has a line that is tests/exercise-01/expected.csv:2"
    ]
