"""Asking a warm server to grade, from a process that has imported next to nothing.

`grade serve` keeps a trusted process that has imported torch. Before `grade` loads its own verbs,
which takes a tenth of a second, it looks here for the socket of such a server and hands it the
words, the folder, the environment and its very standard output: the server then runs the verb as
this process would have, and tells the exit code. Where anything is not as it should be, nobody has
answered, and the command does its work itself without a word about it.

    server   the greeting: what it is, byte for byte what the client is
    client   one byte with standard output and standard error, and the request
    server   the exit code and a line feed, or "no" where these words are not served

Whom to believe. The socket lies in a folder that is the user's own and closed to everybody else,
and is no link. Besides, the kernel says who is at the other end: neither side speaks with another
user. What the client sends it could do itself, so being answered gives it no right that it lacks.
A student's code can open no socket (see `sandbox.walls`). A key that opens sealed exercises is
handed to nobody: a command that has one in its environment does its work itself.
"""

import os
import socket
import stat
import sys
import zlib

# How long a server that is busy with somebody else is waited for: what a cold start takes.
PATIENCE_S = 1.0
# How long the server has to say its last words after Control-C.
_LAST_WORDS_S = 2.0

# Variables with which a command does its work itself: one asks for completions, one is a key.
_OWN = {"_GRADE_COMPLETE", "GRADER_KEY"}

_MOST_BYTES = 4 << 20  # of a request: the kernel lets nobody have a larger environment
REFUSED = b"no\n"


def identity() -> bytes:
    """Say which installation this is: server and client must be of the same one."""
    house = os.path.dirname(os.path.abspath(__file__))
    facts = "\0".join(("grader 1", sys.version, sys.prefix, house))
    return os.fsencode(facts)


def folder() -> str:
    """Name the folder of the sockets; whether it is there and private is another question."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):
        return os.path.join(runtime, "grader")
    return os.path.join(os.environ.get("TMPDIR") or "/tmp", f"grade-serve-{os.getuid()}")


def is_private(place: str) -> bool:
    """Tell whether this is a folder, no link, that belongs to this user and nobody else enters."""
    try:
        status = os.lstat(place)
    except OSError:
        return False
    is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return is_ours and not stat.S_IMODE(status.st_mode) & 0o077


def address(place: str) -> str:
    """Name the socket of this installation in a folder."""
    return os.path.join(place, f"{zlib.crc32(identity()):08x}.sock")


def is_own(connection: socket.socket) -> bool:
    """Tell whether the other end belongs to this user.

    For a client that is whoever listens, for a server whoever connected. Where the kernel cannot be
    asked (other than Linux), the private folder answers for them.
    """
    if not sys.platform.startswith("linux"):
        return True
    # struct ucred: process, user and group, four bytes each.
    known = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(known[4:8], sys.byteorder) == os.getuid()


def ask(words: list[str]) -> int | None:
    """Have a command done by the server.

    Args:
        words: those behind `grade`.

    Returns:
        the exit code; None where nobody has done it.
    """
    if not hasattr(socket, "AF_UNIX") or _OWN & os.environ.keys():
        return None
    place = folder()
    if not is_private(place):
        return None
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_S)
            connection.connect(address(place))
            expected = identity()
            if not is_own(connection) or receive(connection, len(expected)) != expected:
                return None
            request = _request(words)
            socket.send_fds(connection, [b">"], [sys.stdout.fileno(), sys.stderr.fileno()])
            connection.settimeout(None)
            connection.sendall(len(request).to_bytes(4, "big") + request)
            return _code(connection)
    except (OSError, ValueError, AttributeError):
        # Nobody is there, or goes away; or there is no standard output to hand over.
        return None


def _request(words: list[str]) -> bytes:
    """Write down what the verb needs to know of this process; no field can hold a NUL."""
    out = sys.stdout
    mask = os.umask(0o077)
    os.umask(mask)
    environment = (f"{name}={value}" for name, value in os.environ.items())
    fields = [os.getcwd(), str(mask), out.encoding, out.errors or "strict", str(len(words))]
    return b"\0".join(map(os.fsencode, [*fields, *words, *environment]))


def _code(connection: socket.socket) -> int | None:
    try:
        told = _line(connection)
    except KeyboardInterrupt:
        # The server stops, says so on our standard error, and tells the code.
        connection.settimeout(_LAST_WORDS_S)
        connection.shutdown(socket.SHUT_WR)
        try:
            told = _line(connection)
        except OSError:
            told = b""
        return int(told) if told.strip().isdigit() else 130
    return int(told) if told.strip().isdigit() else None


def _line(connection: socket.socket) -> bytes:
    told = b""
    while not told.endswith(b"\n") and (part := connection.recv(16)):
        told += part
    return told


def receive(connection: socket.socket, size: int) -> bytes:
    """Read so many bytes, fewer where the other end says no more.

    Raises:
        OSError: the time is over, or the connection broken.
    """
    got = b""
    while len(got) < size and (part := connection.recv(size - len(got))):
        got += part
    return got


class Request:
    """What a client wants done: its words, and what its process is like."""

    def __init__(self, text: bytes) -> None:
        """Read it.

        Raises:
            ValueError: it is not what a client writes.
        """
        fields = [os.fsdecode(field) for field in text.split(b"\0")]
        self.folder, mask, self.encoding, self.errors, count, *rest = fields
        self.mask = int(mask)
        self.words = rest[: int(count)]
        pairs = (field.partition("=") for field in rest[int(count) :])
        self.environment = {name: value for name, _, value in pairs}

    @classmethod
    def take(cls, connection: socket.socket) -> "tuple[Request, list[int]]":
        """Receive a request, and the client's standard output and standard error.

        Raises:
            OSError, ValueError: none comes, or not what a client writes.
        """
        _, handed, _, _ = socket.recv_fds(connection, 1, 2)
        try:
            if len(handed) != 2:
                raise ValueError("a request without the client's output")
            size = int.from_bytes(receive(connection, 4), "big")
            text = receive(connection, min(size, _MOST_BYTES))
            if len(text) != size:
                raise ValueError("a request that ends too soon")
            return cls(text), handed
        except (OSError, ValueError):
            for descriptor in handed:
                os.close(descriptor)
            raise
