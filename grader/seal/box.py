"""One file that holds an exercise, closed by a key: the package's docstring shows its form.

Pure functions of bytes. What is wrong with a seal is told in a sentence that says which fault it
is: another key, another exercise, a newer form, a file that is cut off, or one that was changed.
"""

import re
import struct
from collections.abc import Mapping

from nacl import bindings, exceptions

from grader.errors import CourseError
from grader.seal import packing
from grader.seal.keys import VARIABLE, Key

_LINE = re.compile(rb"grader-seal ([0-9]{1,9}) ([a-z]+-[0-9]{2})\n")
_VERSION = 1
_ID_BYTES = 8
_TAG_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
_NONCE_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_KEY_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
_LENGTH = struct.Struct(">I")


def seal(files: Mapping[str, bytes], key: Key, exercise_id: str) -> bytes:
    """Close files up; the same files, key and exercise give the same bytes.

    Args:
        files: contents by relative path.
        key: opens it again.
        exercise_id: the only exercise as which it opens.

    Raises:
        CourseError: the files are too many or too large, or one has a name that cannot be.
    """
    plain = packing.pack(files)
    head = _line(exercise_id) + _id(key) + _LENGTH.pack(len(plain) + _TAG_BYTES)
    # The head ends with the length of what follows: no other head and content are the same bytes.
    nonce = key.derive(b"grader seal once", _NONCE_BYTES, head + plain)
    closed = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, head, nonce, _box(key))
    return head + nonce + closed


def open_(data: bytes, key: Key, exercise_id: str) -> dict[str, bytes]:
    """Open what `seal` has closed.

    Raises:
        CourseError: it does not open; which of the faults it is.
    """
    name = f"sealed/{exercise_id}.sealed"
    head, nonce, closed = _parts(data, exercise_id)
    if head[-_ID_BYTES - _LENGTH.size : -_LENGTH.size] != _id(key):
        raise CourseError(
            f"{name} was sealed with another key than that in {VARIABLE}. Set {VARIABLE} to the "
            f"key that it was sealed with; or seal it anew, with grade seal {exercise_id}"
        )
    try:
        plain = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(closed, head, nonce, _box(key))
    except exceptions.CryptoError as error:
        raise CourseError(
            f"{name} was changed after it had been sealed. {_again(exercise_id)}"
        ) from error
    try:
        return packing.unpack(plain)
    except ValueError as error:
        raise CourseError(
            f"{name} was not sealed by this program: it {error}. {_again(exercise_id)}"
        ) from error


def _parts(data: bytes, exercise_id: str) -> tuple[bytes, bytes, bytes]:
    """Cut a seal into head, nonce and what is closed, if it is one of this exercise."""
    name = f"sealed/{exercise_id}.sealed"
    line = _LINE.match(data)
    if line is None:
        raise CourseError(f"{name} is no seal: it does not begin as one. {_again(exercise_id)}")
    if int(line[1]) != _VERSION:
        raise CourseError(
            f"{name} has form {int(line[1])}, and this grader knows form {_VERSION}; install a "
            "newer pytorch-grader"
        )
    if line[2].decode() != exercise_id:
        raise CourseError(
            f"{name} is the seal of {line[2].decode()} under another name. {_again(exercise_id)}"
        )
    start = len(_line(exercise_id)) + _ID_BYTES + _LENGTH.size
    head, nonce = data[:start], data[start : start + _NONCE_BYTES]
    closed = data[start + _NONCE_BYTES :]
    wanted = _LENGTH.unpack(head[-_LENGTH.size :])[0] if len(head) == start else _TAG_BYTES
    if len(closed) < max(wanted, _TAG_BYTES):
        missing = start + _NONCE_BYTES + wanted - len(data)
        raise CourseError(
            f"{name} is cut off: at least {missing} of its bytes are missing. {_again(exercise_id)}"
        )
    return head, nonce, closed


def _line(exercise_id: str) -> bytes:
    return f"grader-seal {_VERSION} {exercise_id}\n\0".encode("ascii")


def _again(exercise_id: str) -> str:
    return (
        "Take it again from where it was released, as it is, or seal it anew with grade seal "
        f"{exercise_id}"
    )


def _id(key: Key) -> bytes:
    """Tell keys apart without telling anything else of them."""
    return key.derive(b"grader seal key ", _ID_BYTES)


def _box(key: Key) -> bytes:
    return key.derive(b"grader seal box ", _KEY_BYTES)
