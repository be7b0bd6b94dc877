"""The warm server: one process of a user that grades for whoever asks, one command after another.

It holds a trusted process that has imported torch, and runs each verb as the client's own process
would have: in the client's folder and environment, on the client's standard output. What is said
between the two, and who is believed, stands in `asking`.

It never answers from what is no longer so. Before each greeting it looks whether a file of the
grader, or what is installed beside it, is another than when it started; then it ends without a
greeting, and the client does its work itself. What a course says is read anew for each command, and
a kept sitting is held against its files (`sitting`). It also ends when nobody has asked for a while
and when its socket has gone. One that is killed leaves a socket that nobody answers.
"""

import fcntl
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

import grader
from grader import asking
from grader.errors import CourseError, SandboxError
from grader.standby import Standby
from grader.trusted import Judge

# Does a command, given its words and a judge; gives the exit code.
Run = Callable[[list[str], Judge], int]

# How long a client that has connected may take to say what it wants.
_REQUEST_S = 1.0
# How often an idle server looks whether it is still wanted, in seconds.
_LOOK_S = 5.0

# Why a server ends.
IDLE = "nobody has asked for a while"
STALE = "the grader, or what is installed beside it, has changed"
GONE = "its socket has gone"
STOPPED = "stopped"


class _HungUp(KeyboardInterrupt):
    """The client is gone, or wants its command to stop."""


def state() -> frozenset[tuple[str, int, int]]:
    """Say what this installation is made of: each file with its time in nanoseconds and its size.

    Of what is installed beside the grader the folder alone is looked at: it changes when something
    is added, removed or replaced.
    """
    installed = [path for path in sys.path if path.endswith("-packages")]
    found = []
    for folder, folders, names in os.walk(Path(grader.__file__).parent):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [os.path.join(folder, name) for name in names]
    stamps = []
    for path in (*found, *installed, sys.executable):
        with suppress(OSError):
            status = os.stat(path)
            stamps.append((path, status.st_mtime_ns, status.st_size))
    return frozenset(stamps)


class Server:
    """Serves one installation of one user, from `with` to its end."""

    def __init__(self, run: Run, serves: Callable[[list[str]], bool], idle_s: float) -> None:
        """Say what is done.

        Args:
            run: does a command.
            serves: whether a command, by its words, is one to be done here.
            idle_s: how long nobody may ask before it ends.
        """
        self._run = run
        self._serves = serves
        self._idle_s = idle_s
        self._is_asked_to_end = False
        self._client: socket.socket | None = None  # While its command is being done.

    def __enter__(self) -> "Server":
        """Take the socket.

        Raises:
            CourseError: the folder of the sockets is not this user's alone, or a server is there.
        """
        with ExitStack() as stack:
            place = _private_folder()
            self._path = asking.address(place)
            _lock(stack, self._path)
            self._state = state()
            self._listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            with suppress(FileNotFoundError):
                os.unlink(self._path)  # Of a server that was killed: we hold the lock.
            try:
                self._listener.bind(self._path)
            except OSError as error:
                raise CourseError(
                    f"{self._path} cannot be made: {error.strerror or error}; set XDG_RUNTIME_DIR "
                    "to a folder of your own with a short path"
                ) from error
            stack.callback(self._remove)
            self._inode = os.stat(self._path).st_ino
            self._listener.listen(16)
            self._standby = stack.enter_context(Standby())
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                stack.callback(signal.signal, number, signal.signal(number, self._end))
            # Written to by a server in the background of the very terminal that it answers on.
            stack.callback(
                signal.signal, signal.SIGTTOU, signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            )
            stack.callback(signal.signal, signal.SIGIO, signal.signal(signal.SIGIO, self._hang_up))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def serve(self) -> str:
        """Do what is asked for until it is time to end; says why."""
        last = time.monotonic()
        try:
            while True:
                wait_s = min(_LOOK_S, last + self._idle_s - time.monotonic())
                is_asked = bool(select.select([self._listener], [], [], max(0.0, wait_s))[0])
                if reason := self._reason(None if is_asked else last):
                    return reason
                if is_asked:
                    with suppress(_HungUp):
                        self._answer()
                    last = time.monotonic()
                if self._is_asked_to_end:
                    return STOPPED
        except KeyboardInterrupt:
            return STOPPED

    def _reason(self, idle_since: float | None) -> str:
        """Say why it is time to end; "" while it is not. Somebody asks where it is not idle."""
        if not self._is_there():
            return GONE
        if state() != self._state:
            return STALE
        is_idle = idle_since is not None and time.monotonic() - idle_since >= self._idle_s
        return IDLE if is_idle else ""

    def _is_there(self) -> bool:
        try:
            return os.stat(self._path).st_ino == self._inode
        except OSError:
            return False

    def _remove(self) -> None:
        if self._is_there():
            os.unlink(self._path)

    def _answer(self) -> None:
        """Hear one client out and do what it asks for; one that goes away is forgotten."""
        connection, _ = self._listener.accept()
        with connection:
            connection.settimeout(_REQUEST_S)
            if not asking.is_own(connection):
                return
            try:
                connection.sendall(asking.identity())
                request, handed = asking.Request.take(connection)
            except (OSError, ValueError):
                return
            # The client may be gone by now, or its terminal, its pipe, its folder.
            with suppress(OSError, LookupError):
                connection.sendall(self._done(connection, request, *handed))

    def _done(
        self, connection: socket.socket, request: asking.Request, out: int, err: int
    ) -> bytes:
        """Do what a client asks for on its standard output and standard error; what to tell it."""
        with (
            open(out, "w", encoding=request.encoding, errors=request.errors) as stdout,
            open(err, "w", encoding=request.encoding, errors="backslashreplace") as stderr,
        ):
            if not self._serves(request.words):
                return asking.REFUSED
            stdout.reconfigure(line_buffering=stdout.isatty())
            stderr.reconfigure(line_buffering=True)
            with _in_place_of(request, stdout, stderr):
                return b"%d\n" % self._heard(connection, request.words)

    def _heard(self, connection: socket.socket, words: list[str]) -> int:
        """Do a command while its client is there; when it hangs up, that is Control-C."""
        try:
            judge = self._standby.judge
        except SandboxError as error:
            print(f"grade: {error}", file=sys.stderr)
            return error.exit_code
        try:
            self._client = connection
            _tell_of_hanging_up(connection)
            return self._run(words, judge)
        finally:
            has_hung_up, self._client = self._client is None, None
            if has_hung_up:
                self._standby.renew()

    def _hang_up(self, number: int, frame: FrameType | None) -> None:
        # The kernel also tells that there is room to write.
        if self._client is not None and _says_more(self._client):
            self._client = None
            raise _HungUp

    def _end(self, number: int, frame: FrameType | None) -> None:
        # What is being done is done first; the second time it is meant.
        if self._client is None or self._is_asked_to_end:
            raise KeyboardInterrupt
        self._is_asked_to_end = True


def _private_folder() -> str:
    place = asking.folder()
    with suppress(FileExistsError):
        try:
            os.mkdir(place, 0o700)
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            raise CourseError(
                f"{place} cannot be made: {error.strerror}; set XDG_RUNTIME_DIR to a folder of "
                "your own"
            ) from error
    if not asking.is_private(place):
        raise CourseError(
            f"{place} is not a folder that belongs to you and is closed to everybody else; remove "
            "it, or set XDG_RUNTIME_DIR to a folder of your own"
        )
    return place


def _lock(stack: ExitStack, path: str) -> None:
    """Be the only server of this socket; the kernel lets go of the lock when the process ends."""
    lock = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    stack.callback(os.close, lock)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CourseError(
            "a server is running already for this account and this installation; nothing to do"
        ) from error


def _tell_of_hanging_up(connection: socket.socket) -> None:
    """Ask the kernel for SIGIO when the client says anything more, or is gone."""
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(connection, fcntl.F_GETFL)
    fcntl.fcntl(connection, fcntl.F_SETFL, flags | os.O_ASYNC)
    if _says_more(connection):  # It did before.
        os.kill(os.getpid(), signal.SIGIO)


def _says_more(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], 0)[0])


@contextmanager
def _in_place_of(request: asking.Request, out: TextIO, err: TextIO) -> Iterator[None]:
    """Be, as far as a verb can tell, the process of the client."""
    streams, folder, before = (sys.stdout, sys.stderr), os.getcwd(), dict(os.environ)
    mask = os.umask(request.mask)
    try:
        sys.stdout, sys.stderr = out, err
        os.environ.clear()
        os.environ.update(request.environment)
        time.tzset()
        os.chdir(request.folder)
        yield
    finally:
        sys.stdout, sys.stderr = streams
        os.environ.clear()
        os.environ.update(before)
        time.tzset()
        os.umask(mask)
        with suppress(OSError):  # It may be gone, and nothing here depends on it.
            os.chdir(folder)
