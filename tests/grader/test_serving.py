"""The warm server and the command that asks it: the same answers, and none that is stale or forged.

The server is a real one, of a copy of the package, so that a test may change the files that it is
made of. Whether it was the server that answered is seen in what the command itself imported.
"""

import os
import pty
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

import grader
from grader import asking

ROOT = Path(__file__).parents[2]
READY = "ready; ends by Control-C, or when nobody has asked for 30 minutes\n"
SECONDS = 90  # that a busy machine may take; nothing waits for them to pass


@dataclass(frozen=True)
class Answer:
    """What a command said, and who has done its work."""

    code: int
    out: str
    err: str
    is_served: bool


class Place:
    """An installation of the grader, a course, and a runtime folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.house = root / "site" / "grader"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(grader.__file__).parent, self.house, ignore=ignored)
        for name in ("exercises/exercise-03", "solutions/exercise-03", "tests/exercise-03"):
            shutil.copytree(ROOT / name, root / name, ignore=ignored)
        shutil.copy(ROOT / "gradebook.yml", root)
        self.runtime = root / "run"
        self.runtime.mkdir(mode=0o700)

    def environment(self, **more: str) -> dict[str, str]:
        """Give what commands run in."""
        own = {"PYTHONPATH": str(self.house.parent), "XDG_RUNTIME_DIR": str(self.runtime)}
        return {**os.environ, "PYTHONIOENCODING": "utf-8", **own, **more}

    def started(self, *words: str, **more: str) -> "subprocess.Popen[str]":
        """Start a command, without waiting for its end."""
        return subprocess.Popen(
            [sys.executable, "-X", "importtime", "-m", "grader", *words],
            cwd=self.root,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def grade(self, *words: str, **more: str) -> Answer:
        """Run a command."""
        return answer(self.started(*words, **more))

    def serve(self, *words: str) -> "subprocess.Popen[str]":
        """Start a server, and wait until it is ready."""
        server = subprocess.Popen(
            [sys.executable, "-m", "grader", "serve", *words],
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None
        assert server.stdout.readline().startswith("ready; ")
        return server

    @property
    def socket(self) -> Path:
        """The socket of the server that runs here."""
        return next((self.runtime / "grader").glob("*.sock"))


def answer(command: "subprocess.Popen[str]") -> Answer:
    """Wait for a command's end."""
    out, err = command.communicate(timeout=SECONDS)
    imported = [line for line in err.splitlines() if line.startswith("import time:")]
    said = "".join(line for line in err.splitlines(True) if not line.startswith("import time:"))
    is_served = not any(line.endswith(" grader.cli") for line in imported)
    return Answer(command.returncode, steady(out), said, is_served)


def asked(command: "subprocess.Popen[str]") -> "subprocess.Popen[str]":
    """Wait until a command has found a server, and that one had time to begin."""
    descriptors = Path(f"/proc/{command.pid}/fd")
    deadline = time.monotonic() + SECONDS
    while not any(is_socket(path) for path in descriptors.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.5)
    return command


def is_socket(descriptor: Path) -> bool:
    """Tell whether an open file of a process is a socket."""
    try:
        return os.readlink(descriptor).startswith("socket:")
    except OSError:  # It has just been closed.
        return False


def steady(text: str) -> str:
    """Write a report without what differs from run to run."""
    return re.sub(r'[0-9.]+ s, seed|"seconds": [0-9.e-]+|next  (.|\n)*', "", text)


def ended(server: "subprocess.Popen[str]") -> str:
    """Wait for a server's end; its last words."""
    out, _ = server.communicate(timeout=SECONDS)
    return out


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server for many tests: importing torch is most of what it costs."""
    made = Place(tmp_path_factory.mktemp("served"))
    server = made.serve()
    yield made
    server.kill()
    server.communicate()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Callable[..., "tuple[Place, subprocess.Popen[str]]"]]:
    """Start a server that a test may end."""
    started = []

    def start(*words: str) -> "tuple[Place, subprocess.Popen[str]]":
        made = Place(tmp_path / str(len(started)))
        started.append(made.serve(*words))
        return made, started[-1]

    yield start
    for server in started:
        server.kill()
        server.communicate()


@pytest.mark.parametrize(
    "words",
    [
        ["exercise-03"],
        ["3", "solutions/exercise-03"],
        ["3", "solutions/exercise-03", "--json", "-"],
        ["3", "nowhere"],
        ["9"],
        ["3", "--seed", "x"],
        ["3", "solutions/exercise-03", "--confine", "none", "--seed", "5"],
    ],
)
def test_the_same_answer(place: Place, words: list[str]) -> None:
    """Words, code and complaints are those of a command that does its work itself."""
    warm = place.grade(*words)
    cold = place.grade(*words, XDG_RUNTIME_DIR=str(place.root / "nowhere"))

    assert warm.is_served
    assert not cold.is_served
    assert (warm.code, warm.out, warm.err) == (cold.code, cold.out, cold.err)


def test_the_clients_letters(place: Place) -> None:
    """A client that cannot show the marks gets words, and the next one gets marks."""
    plain = place.grade("3", "solutions/exercise-03", PYTHONIOENCODING="ascii:backslashreplace")
    after = place.grade("3", "solutions/exercise-03")

    assert plain.is_served
    assert after.is_served
    assert "  [ok] " in plain.out
    assert "  ✓  " in after.out


@pytest.mark.parametrize("colour", [True, False])
def test_the_clients_terminal(place: Place, colour: bool) -> None:
    """Width and colours are those of the terminal and of the environment of whoever asks."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 50))
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "grader", "3", "solutions/exercise-03"],
        cwd=place.root,
        env=place.environment(NO_COLOR="" if colour else "1"),
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    os.close(theirs)
    text = b""
    # A terminal that nobody holds open any more ends with an error.
    with suppress(OSError), open(ours, "rb", buffering=0) as terminal:
        while part := terminal.read(1 << 16):
            text += part
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text.decode()).splitlines()

    assert "grader.cli" not in done.stderr
    assert (b"\x1b[32m" in text) == colour
    assert 40 < max(map(len, lines)) <= 50


def test_files_are_written_where_the_client_is(place: Place) -> None:
    """A relative path is relative to the client's folder."""
    folder = place.root / "solutions/exercise-03"
    subprocess.run(
        [sys.executable, "-m", "grader", "3", "gradients.py", "--json", "here.json"],
        cwd=folder,
        env=place.environment(),
        stdout=subprocess.DEVNULL,
        check=True,
    )

    assert '"exercise-03"' in (folder / "here.json").read_text()


def test_two_clients_at_once(place: Place) -> None:
    """Each gets its own answer, whoever gives it."""
    right = place.started("3", "solutions/exercise-03")
    stub = place.started("3")
    answers = answer(right), answer(stub)

    assert [each.code for each in answers] == [0, 1]
    assert "  score  10 / 10 " in answers[0].out
    assert "  score  0 / 10 " in answers[1].out


def test_course_that_changes(place: Place) -> None:
    """Checks and gradebook are read as they are at each command."""
    check = place.root / "tests/exercise-03/test_gradients.py"
    gradebook = place.root / "gradebook.yml"
    texts = check.read_text(), gradebook.read_text()
    before = place.grade("3", "solutions/exercise-03")
    check.write_text(texts[0].replace("The new weight carries no graph.", "Another title."))
    gradebook.write_text(texts[1].replace("title: Gradients", "title: Slopes"))
    after = place.grade("3", "solutions/exercise-03")
    check.write_text(texts[0])
    gradebook.write_text(texts[1])

    assert before.is_served
    assert after.is_served
    assert "The new weight carries no graph." in before.out
    assert "Another title." in after.out
    assert after.out.startswith("exercise-03  Slopes ")


def test_verbs_are_not_served(place: Place) -> None:
    """What does not wait for torch, or waits for a person, the command does itself."""
    for words in (["--version"], ["doctor", "--help"]):
        done = place.grade(*words)

        assert done.code == 0
        assert not done.is_served


def test_client_that_is_stopped(place: Place) -> None:
    """Control-C ends the command with its sentence and 130, and the next one is served."""
    (place.root / "loops.py").write_text("while True: pass\n")
    client = asked(place.started("3", "loops.py"))
    client.send_signal(signal.SIGINT)
    stopped = answer(client)
    after = place.grade("3", "solutions/exercise-03")

    assert stopped.is_served
    assert stopped.code == 130
    assert stopped.err == "grade: stopped; nothing was graded\n"
    assert stopped.out == ""
    assert after.is_served
    assert after.code == 0


def test_client_that_is_killed(place: Place) -> None:
    """A client that goes away without a word leaves the server to the next one."""
    (place.root / "loops.py").write_text("while True: pass\n")
    client = asked(place.started("3", "loops.py"))
    client.kill()
    client.communicate()
    after = place.grade("3", "solutions/exercise-03")

    assert after.is_served
    assert after.code == 0


def test_client_whose_pipe_is_closed(place: Place) -> None:
    """A reader that has seen enough is no trouble for the next client."""
    subprocess.run(
        ["sh", "-c", f"{sys.executable} -m grader 3 solutions/exercise-03 | true"],
        cwd=place.root,
        env=place.environment(),
        check=False,
    )

    assert place.grade("3", "solutions/exercise-03").is_served


@pytest.mark.parametrize(
    "said", [b"", b">", b">\0\0\0\x04abcd", b">\xff\xff\xff\xffabc", b"nonsense" * 1000]
)
def test_client_that_says_something_else(place: Place, said: bytes) -> None:
    """What is no request is dropped, and the next client is served."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(place.socket))
        read, write = os.pipe()
        if said:
            socket.send_fds(client, [said], [read, write])
        os.close(read)
        os.close(write)

    assert place.grade("3", "solutions/exercise-03").is_served


HOSTILE = """
import os
import socket

def loss(w, x, y):
    return (w * x - y) ** 2

def gradient(w, x, y):
    found = []
    for family in (socket.AF_UNIX,):
        try:
            with socket.socket(family) as server:
                server.connect({path!r})
                found.append("connected")
        except OSError as error:
            found.append(f"socket: {{error.strerror}}")
    try:
        found.append(os.listdir({folder!r}))
    except OSError as error:
        found.append(f"folder: {{error.strerror}}")
    raise ValueError(str(found))
"""


def test_student_who_asks_the_server(place: Place) -> None:
    """A student's code opens no socket and sees no socket, so the server does nothing for it."""
    path, folder = str(place.socket), str(place.socket.parent)
    (place.root / "asks.py").write_text(HOSTILE.format(path=path, folder=folder))
    done = place.grade("3", "asks.py")

    assert done.is_served
    assert "connected" not in done.out
    assert re.search(r"socket: (Operation not permitted|Permission denied)", done.out)
    assert "folder: Permission denied" in done.out
    assert place.grade("3", "solutions/exercise-03").is_served


def test_second_server(place: Place) -> None:
    """A second server of the same account and installation says that there is one."""
    second = place.grade("serve")

    assert second.code == 2
    assert second.err == (
        "grade: a server is running already for this account and this installation; nothing to do\n"
    )


def test_killed_server(own: Callable[..., "tuple[Place, subprocess.Popen[str]]"]) -> None:
    """Without its server the command does its work itself, and another server can take over."""
    place, server = own()
    server.kill()
    server.wait()
    is_left = place.socket.is_socket()
    cold = place.grade("3", "solutions/exercise-03")
    other = place.serve()
    warm = place.grade("3", "solutions/exercise-03")
    other.send_signal(signal.SIGTERM)

    assert is_left
    assert (cold.is_served, cold.code, cold.err) == (False, 0, "")
    assert (warm.is_served, warm.code) == (True, 0)
    assert ended(other) == "ended: stopped\n"
    assert not list((place.runtime / "grader").glob("*.sock"))


def test_server_that_is_killed_while_it_grades(
    own: Callable[..., "tuple[Place, subprocess.Popen[str]]"],
) -> None:
    """A command that waits for a server which is killed does its work itself."""
    place, server = own()
    (place.root / "slow.py").write_text(
        "import time\ntime.sleep(0.3)\n"
        + (place.root / "solutions/exercise-03/gradients.py").read_text()
    )
    client = asked(place.started("3", "slow.py"))
    server.kill()
    done = answer(client)

    assert (done.is_served, done.code) == (False, 0)
    assert done.out.count("  score  10 / 10 ") == 1


def test_server_that_does_not_answer(
    own: Callable[..., "tuple[Place, subprocess.Popen[str]]"],
) -> None:
    """A server that hangs is waited for no longer than a moment."""
    place, server = own()
    server.send_signal(signal.SIGSTOP)
    done = place.grade("3", "solutions/exercise-03")

    assert (done.is_served, done.code, done.err) == (False, 0, "")


@pytest.mark.parametrize("change", ["touched", "new"])
def test_stale_server(
    own: Callable[..., "tuple[Place, subprocess.Popen[str]]"], change: str
) -> None:
    """A server whose own files have changed answers nobody any more, and ends."""
    place, server = own()
    file = place.house / "scoring.py"
    if change == "touched":
        os.utime(file, ns=(1, 1))
    else:
        (place.house / "more.py").touch()
    done = place.grade("3", "solutions/exercise-03")

    assert (done.is_served, done.code, done.err) == (False, 0, "")
    assert ended(server) == ("ended: the grader, or what is installed beside it, has changed\n")


def test_server_of_another_installation(place: Place, tmp_path: Path) -> None:
    """A command of another installation is not served."""
    shutil.copytree(place.house, tmp_path / "grader")
    done = place.grade("3", "solutions/exercise-03", PYTHONPATH=str(tmp_path))

    assert (done.is_served, done.code) == (False, 0)


def test_idle_server(own: Callable[..., "tuple[Place, subprocess.Popen[str]]"]) -> None:
    """A server that nobody asks for as long as was said ends, and leaves nothing behind."""
    place, server = own("--idle", "0.02")

    assert ended(server) == "ended: nobody has asked for a while\n"
    assert [path.suffix for path in (place.runtime / "grader").iterdir()] == [".lock"]


def test_server_whose_socket_is_gone(
    own: Callable[..., "tuple[Place, subprocess.Popen[str]]"],
) -> None:
    """A server that nobody can reach any more ends."""
    place, server = own()
    place.socket.unlink()

    assert ended(server) == "ended: its socket has gone\n"


def test_the_folder_is_private(place: Place) -> None:
    """Nobody but the user enters the folder of the socket."""
    assert stat.S_IMODE(os.stat(place.socket.parent).st_mode) == 0o700


@pytest.mark.parametrize("fault", ["open", "link", "file", "foreign"])
def test_folder_that_is_not_private(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Server and client both refuse a folder that others enter, own or point elsewhere."""
    folder = tmp_path / "grader"
    if fault == "open":
        folder.mkdir()
        folder.chmod(0o755)
    elif fault == "link":
        folder.symlink_to(place.runtime / "grader")
    elif fault == "file":
        folder.touch()
    else:
        if os.getuid() != 0:
            pytest.skip("giving a folder away needs root")
        folder.mkdir(mode=0o700)
        os.chown(folder, 65534, 65534)
    server = place.grade("serve", XDG_RUNTIME_DIR=str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    assert server.code == 2
    assert server.err == (
        f"grade: {folder} is not a folder that belongs to you and is closed to everybody else; "
        "remove it, or set XDG_RUNTIME_DIR to a folder of your own\n"
    )
    assert asking.ask(["3"]) is None


def test_folder_that_cannot_be_made(place: Place, tmp_path: Path) -> None:
    """A runtime folder that is not there is told."""
    server = place.grade("serve", XDG_RUNTIME_DIR=str(tmp_path / "no"))

    assert server.code == 2
    assert server.err == (
        f"grade: {tmp_path}/no/grader cannot be made: No such file or directory; set "
        "XDG_RUNTIME_DIR to a folder of your own\n"
    )


def test_socket_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client says nothing to a server of another user, however right its greeting is."""
    if os.getuid() != 0:
        pytest.skip("listening as another user needs root")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "grader").mkdir(mode=0o700)
    said = []

    def greet() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.settimeout(SECONDS)
            connection.sendall(asking.identity())
            said.append(connection.recv(1))

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(asking.address(asking.folder()))
        os.seteuid(65534)
        try:
            listener.listen()
        finally:
            os.seteuid(0)
        server = threading.Thread(target=greet)
        server.start()
        code = asking.ask(["3"])
        server.join(SECONDS)

    assert code is None
    assert said in ([], [b""])


def test_client_of_somebody_else(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server says nothing to a client of another user, even if one gets at the socket."""
    if os.getuid() != 0:
        pytest.skip("connecting as another user needs root")
    name = place.socket.name
    monkeypatch.chdir(place.socket.parent)
    os.chmod(name, 0o777)
    os.chmod(".", 0o755)
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(SECONDS)
        os.seteuid(65534)
        try:
            client.connect(name)
        finally:
            os.seteuid(0)
            os.chmod(".", 0o700)
        said = client.recv(1)

    assert said == b""


def test_no_server_is_asked_for_completions(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the Tab key asks is answered by the command itself."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place.runtime))
    monkeypatch.setenv("_GRADE_COMPLETE", "bash_complete")

    assert asking.ask([]) is None


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_RUNTIME_DIR": "/run/user/7"}, "/run/user/7/grader"),
        ({"XDG_RUNTIME_DIR": "relative", "TMPDIR": "/t"}, f"/t/grade-serve-{os.getuid()}"),
        ({}, f"/tmp/grade-serve-{os.getuid()}"),
    ],
)
def test_where_the_folder_is(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], folder: str
) -> None:
    """The user's runtime folder where there is one, else a folder named after the user."""
    for name in ("XDG_RUNTIME_DIR", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert asking.folder() == folder
