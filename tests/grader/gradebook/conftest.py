"""Two real databases for every test of the gradebook, and attempts to keep in them.

    where       a file of SQLite, then a new schema of a PostgreSQL that was started for this run
    book        a Gradebook on it
    made        an attempt of one student, from outcomes

The server lies in a folder of its own, answers on a socket in it and nowhere else, and is run by
another user where the tests run as root, because PostgreSQL demands it.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import psycopg
import pytest

from grader import scoring
from grader.errors import Evidence
from grader.gradebook.store import Gradebook, open_gradebook
from grader.records import Attempt, Check, Diagnosis, Environment, Outcome, Verdict, Visibility

ENVIRONMENT = Environment("3.11.7", "2.13.0", "cpu", 1, 20, "0.1.0", "c" * 64, "landlock, seccomp")


def binaries() -> Path | None:
    """Find the folder of PostgreSQL's programs; Debian keeps it off the path."""
    found = shutil.which("initdb")
    places = [Path(os.path.realpath(found))] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return places[0].parent if places else None


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start a PostgreSQL of its own; the URL without a database's name."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: no initdb; apt-get install postgresql")
    options: dict[str, object] = {}
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.getuid() == 0:
        user = next((u for u in pwd.getpwall() if u.pw_name in ("postgres", "nobody")), None)
        if user is None:
            pytest.skip("PostgreSQL does not run as root, and there is no user for it")
        os.chown(folder, user.pw_uid, user.pw_gid)
        options = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": folder}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "teacher", "-A", "trust", "-E", "UTF8",
         "--no-sync", "--no-locale"],
        check=True, **quiet, **options,
    )  # fmt: skip
    process = subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=",
         "-c", "max_connections=200", "-c", "fsync=off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **options,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    ready = [programs / "pg_isready", "-h", folder, "-U", "teacher", "-d", "postgres"]
    while subprocess.run(ready, capture_output=True, check=False).returncode:
        assert process.poll() is None, "PostgreSQL ended at once"
        assert time.monotonic() < deadline, "PostgreSQL does not answer"
        time.sleep(0.05)
    yield f"postgresql://teacher@/%s?host={folder}"
    # At once, without writing anything down: nobody reads it again.
    process.send_signal(signal.SIGQUIT)
    process.wait(timeout=60)
    shutil.rmtree(folder)


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Name a place on a kind of database, "sqlite" or another, that holds nothing yet."""

    def name(kind: str) -> str:
        if kind == "sqlite":
            return str(tmp_path / "elsewhere.db")
        return place(request.getfixturevalue("server"))

    return name


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, places: Callable[[str], str]) -> str:
    """Name a place for a gradebook that is not there yet."""
    return places(request.param)


def place(server: str) -> str:
    """Make a new place on the server; its URL.

    It is a schema: a whole database is three hundred files, and is made and removed more slowly.
    """
    name = f"g{uuid.uuid4().hex}"
    url = server % "postgres"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{url}&options=-csearch_path%3D{name}"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty gradebook on SQLite once: to copy it is quicker."""
    path = tmp_path_factory.mktemp("model") / "gradebook.db"
    open_gradebook(str(path), "teacher").close()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gradebook]:
    """Open a new gradebook."""
    where = str(tmp_path / "gradebook.db")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("model"), where)
    else:
        where = place(request.getfixturevalue("server"))
    with open_gradebook(where, "teacher") as opened:
        yield opened


@pytest.fixture
def made() -> Callable[..., Attempt]:
    """Make attempts: `made(shape="passed", grad="failed")`, two points a check."""
    return make


def make(
    exercise: str = "exercise-03",
    digest: str = "a",
    points: Mapping[str, int] | None = None,
    needs: Mapping[str, str] | None = None,
    environment: Environment = ENVIRONMENT,
    **outcomes: str,
) -> Attempt:
    """Make an attempt from outcomes by check."""
    verdicts = tuple(
        Verdict(
            Check(name, f"About {name}.", Fraction((points or {}).get(name, 2)),
                  Visibility.HIDDEN, (needs or {}).get(name)),
            Outcome(outcome),
            "" if outcome == "passed" else f"{name} is off by 2.",
            None if outcome == "passed" else Diagnosis("twice", "Twice too large."),
            0.25,
            None if outcome == "passed" else Evidence("values", "the result", "4", "2", "[0]", 2.0),
        )
        for name, outcome in outcomes.items()
    )  # fmt: skip
    return Attempt(
        exercise,
        "Gradients",
        "handed-in/ada",
        digest * 64,
        verdicts,
        scoring.score(verdicts),
        environment,
        1.5,
    )
