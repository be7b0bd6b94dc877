"""The key that seals: 32 random bytes, as a line of text that survives being pasted.

    grader-key-1-mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpkbqcaz2p4hq6ria

Behind the prefix stand, in base32, the key and three bytes that check it: a letter that was lost or
exchanged is told before anybody wonders why nothing opens. A message never quotes a key.
"""

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass, field

from grader.errors import CourseError

VARIABLE = "GRADER_KEY"

_PREFIX = "grader-key-"
_VERSION = "1"
_BYTES, _CHECK_BYTES = 32, 3
_LETTERS = (_BYTES + _CHECK_BYTES) * 8 // 5  # without a rest, so that base32 needs no padding


@dataclass(frozen=True)
class Key:
    """A key; what prints it, as a traceback might, does not tell it."""

    secret: bytes = field(repr=False)

    def derive(self, purpose: bytes, size: int, data: bytes = b"") -> bytes:
        """Derive bytes for one purpose, so that no two uses share a key.

        Args:
            purpose: at most 16 bytes, another one for each use.
            size: how many bytes, 64 at most.
            data: what they depend on besides.
        """
        return hashlib.blake2b(data, digest_size=size, key=self.secret, person=purpose).digest()


def new() -> Key:
    """Draw a key from the system's random numbers."""
    return Key(secrets.token_bytes(_BYTES))


def text(key: Key) -> str:
    """Write a key as one line without spaces."""
    letters = base64.b32encode(key.secret + _check(key.secret)).decode().lower()
    return f"{_PREFIX}{_VERSION}-{letters}"


def read(line: str) -> Key:
    """Read a key that `text` wrote; spaces around it and capital letters do no harm.

    Raises:
        CourseError: it is none, or was damaged.
    """
    words = line.strip().lower()
    version, dash, letters = words.removeprefix(_PREFIX).partition("-")
    if not words.startswith(_PREFIX) or not dash or not version.isdecimal():
        raise CourseError(
            f"{VARIABLE} holds {len(words)} characters that are no key: one begins with "
            f"{_PREFIX}{_VERSION}-. Set it to the whole line that grade seal --new-key printed"
        )
    if version != _VERSION:
        raise CourseError(
            f"{VARIABLE} holds a key of version {version[:9]}, and this grader knows version "
            f"{_VERSION}; install a newer pytorch-grader, or set the key of this course"
        )
    if len(letters) != _LETTERS:
        raise CourseError(
            f"{VARIABLE} holds a key of {len(letters)} letters behind {_PREFIX}{_VERSION}-, and "
            f"one has {_LETTERS}; paste the whole line again"
        )
    try:
        data = base64.b32decode(letters.upper().encode("ascii"))
    except ValueError:  # Letters that base32 does not have, or that ASCII does not.
        data = b""
    if data[_BYTES:] != _check(data[:_BYTES]):
        raise CourseError(
            f"{VARIABLE} holds a key in which letters are wrong: its checksum does not fit. Paste "
            "the whole line again"
        )
    return Key(data[:_BYTES])


def from_environment() -> Key | None:
    """Read the key from the environment; None where there is none.

    An empty one is none: so a workflow gives it where its secret does not exist.

    Raises:
        CourseError: it is no key, or was damaged.
    """
    line = os.environ.get(VARIABLE, "")
    return read(line) if line.strip() else None


def _check(secret: bytes) -> bytes:
    return hashlib.blake2b(secret, digest_size=_CHECK_BYTES, person=b"grader key check").digest()
