"""What platforms do with a zip, done here: unpacked, set up by its scripts, and started.

Nothing is fetched: the environments that the scripts set up borrow torch from the one that runs the
tests, and pip is told to install the wheel alone.

    built("gradescope")    the zip of exercise-01 of this repository
    unpack(zip, folder)    what it holds, with its modes
    image                  Gradescope's folders, after setup.sh
    commit(folder, text)   a checkout with a submission
"""

import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from grader import autograder
from grader.course import load

ROOT = Path(__file__).parents[3]
SCHEMAS = Path(__file__).parents[1] / "exports/schemas"
REFERENCE = ROOT / "solutions/exercise-01/tensors.py"
STUB = ROOT / "exercises/exercise-01/tensors.py"
# Right but for the last of six checks.
MOSTLY = REFERENCE.read_text("utf-8").replace("tuple(t.shape)", "len(t), len(t[0])")

# pip takes its options from the environment as well.
OFFLINE = {
    "PIP_NO_INDEX": "1",
    "PIP_NO_DEPS": "1",
    "PIP_FORCE_REINSTALL": "1",
    "PIP_NO_COMPILE": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
}
METADATA = '{"id": 1, "created_at": "2026-10-12T23:58:00.000000-07:00", "users": []}'

# What Classroom 50's runner says of a submission.
RUNNER = {
    "CLASSROOM": "c",
    "ASSIGNMENT": "exercise-01",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "ada",
    "USERNAME": "ada",
    "SUBMISSION_TAG": "submit/2026-10-12T21-59-30Z-abc1234",
    "PAGES_BASE_URL": "https://example.org/classroom50",
    "COMMIT_URL": "https://example.org/commit/abc",
    "RELEASE_URL": "https://example.org/releases/tag/submit%2F1",
    "REVIEW_URL": "https://example.org/compare/a...b",
}


def built(platform: str) -> bytes:
    """Build a zip of exercise-01 of the course of this repository."""
    course = load(ROOT)
    return autograder.build(platform, course, course.exercises[0])


def inside(data: bytes) -> dict[str, bytes]:
    """Read all files of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def parts_of_course(data: bytes) -> set[str]:
    """Name what of a course is in a zip: files at its root, and folders of exercises."""
    names = (name.split("/") for name in inside(data) if name.startswith("course/"))
    return {"/".join(name[1:3]) for name in names}


def unpack(data: bytes, folder: Path) -> None:
    """Unpack a zip as unzip does, with the modes that it states."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            path.chmod((entry.external_attr >> 16) & 0o777)


def borrow(home: Path) -> None:
    """Let an environment that is not made yet find what is installed here."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    place = home / "lib" / version / "site-packages"
    place.mkdir(parents=True)
    (place / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")


def environment(**more: str) -> dict[str, str]:
    """The environment of a machine that knows nothing of this one's set-up."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", **more}


def commit(checkout: Path, text: str) -> None:
    """Commit a submission in a new repository, at a time of its own."""
    checkout.mkdir(parents=True)
    (checkout / "tensors.py").write_text(text, encoding="utf-8")
    for words in (["init", "-q"], ["add", "tensors.py"], ["commit", "-qm", "Done"]):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
            cwd=checkout,
            env=environment(GIT_COMMITTER_DATE="2026-10-12T23:59:30+02:00"),
            check=True,
        )


@dataclass(frozen=True)
class Image:
    """Gradescope's folders after setup.sh, in a place of their own."""

    root: Path

    def clear(self) -> Path:
        """Empty the folder of what was handed in, and give it."""
        submission = self.root / "submission"
        shutil.rmtree(submission, ignore_errors=True)
        submission.mkdir()
        return submission

    def hand_in(self, text: str, name: str = "tensors.py") -> None:
        """Hand in one file."""
        path = self.clear() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, before: tuple[str, ...] = (), **more: str) -> subprocess.CompletedProcess[str]:
        """Start run_autograder on what has been handed in, as the harness does.

        `before` are the words of a program that starts it.
        """
        return subprocess.run(
            [*before, self.root / "run_autograder"],
            cwd=self.root,
            env=environment(AUTOGRADER_ROOT=str(self.root), **more),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @property
    def results(self) -> Path:
        """Where Gradescope looks for what came of it."""
        return self.root / "results/results.json"

    @property
    def result(self) -> dict[str, object]:
        """What Gradescope finds, after a look at whether it takes that."""
        found = json.loads(self.results.read_text("utf-8"))
        schema = json.loads((SCHEMAS / "gradescope.schema.json").read_text("utf-8"))
        jsonschema.validate(found, schema)
        assert isinstance(found, dict)
        return found


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """An image that setup.sh has built, on a machine that has Python already."""
    root = tmp_path_factory.mktemp("autograder")
    unpack(built("gradescope"), root / "source")
    shutil.copy(root / "source/run_autograder", root)
    (root / "results").mkdir()
    (root / "submission_metadata.json").write_text(METADATA)
    borrow(root / "grader")
    subprocess.run(
        [root / "source/setup.sh"],
        cwd=root,
        env=environment(AUTOGRADER_ROOT=str(root), GRADER_PYTHON=sys.executable, **OFFLINE),
        capture_output=True,
        check=True,
        timeout=300,
    )
    return Image(root)
