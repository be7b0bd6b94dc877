"""A seal opens with its key as its exercise, whole and unchanged, and in no other way."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.seal import box, keys

KEY = keys.Key(bytes(range(32)))
OTHER = keys.Key(bytes(32))
FILES = {"tests/exercise-03/test_a.py": b"assert True\n", "solutions/exercise-03/a.py": b"x = 1\n"}
SEALED = box.seal(FILES, KEY, "exercise-03")
AGAIN = (
    "Take it again from where it was released, as it is, or seal it anew with grade seal "
    "exercise-03"
)
# The digest of a seal that was made once: what is made today opens in years, and is made again.
DIGEST = "680d365b724d66f6d67e5fa61fc101612a61ecf18890cbc3484f4f2830182564"
MAKE = """
import hashlib
from grader.seal import box, keys
files = {name: name.encode() for name in {"tests/b.py", "tests/a.py", "solutions/é.py"}}
print(hashlib.sha256(box.seal(files, keys.Key(bytes(range(32))), "exercise-03")).hexdigest())
"""


def refused(data: bytes, key: keys.Key = KEY, exercise: str = "exercise-03") -> str:
    """Open what does not open; why."""
    with pytest.raises(CourseError) as caught:
        box.open_(data, key, exercise)
    return str(caught.value)


@given(
    files=st.dictionaries(st.sampled_from(["a.py", "b/c.py", "b/d.bin"]), st.binary(max_size=99)),
    secret=st.binary(min_size=32, max_size=32),
)
def test_what_is_sealed_opens(files: dict[str, bytes], secret: bytes) -> None:
    """Any files come back, and are the same bytes each time they are sealed."""
    key = keys.Key(secret)
    data = box.seal(files, key, "exercise-07")

    assert box.open_(data, key, "exercise-07") == files
    assert box.seal(files, key, "exercise-07") == data


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_a_seal_is_the_same_everywhere(seed: str) -> None:
    """Another process with another order of sets makes the same bytes, today and in years."""
    done = subprocess.run(
        [sys.executable, "-c", MAKE],
        env={"PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
        text=True,
    )

    assert done.stdout.strip() == DIGEST


@given(bit=st.integers(0, 8 * len(SEALED) - 1))
def test_any_bit_that_was_changed_is_noticed(bit: int) -> None:
    """There is no bit of a seal that does not matter."""
    changed = bytearray(SEALED)
    changed[bit // 8] ^= 1 << bit % 8

    assert refused(bytes(changed))


@given(size=st.integers(0, len(SEALED) - 1))
def test_a_seal_that_is_cut_off_does_not_open(size: int) -> None:
    """Wherever it ends too early, that is said."""
    why = refused(SEALED[:size])

    if size <= SEALED.index(b"\n"):
        assert why == f"sealed/exercise-03.sealed is no seal: it does not begin as one. {AGAIN}"
    else:
        assert why.startswith("sealed/exercise-03.sealed is cut off: at least ")
    if size > SEALED.index(b"\n") + 14:
        assert why == (
            f"sealed/exercise-03.sealed is cut off: at least {len(SEALED) - size} of its bytes are "
            f"missing. {AGAIN}"
        )


@given(more=st.binary(min_size=1))
def test_nothing_can_be_added(more: bytes) -> None:
    """What goes on behind its end was changed."""
    assert refused(SEALED + more) == (
        f"sealed/exercise-03.sealed was changed after it had been sealed. {AGAIN}"
    )


def test_a_changed_seal_is_told() -> None:
    """One letter of what is closed was changed."""
    assert refused(SEALED[:-1] + bytes([SEALED[-1] ^ 1])) == (
        f"sealed/exercise-03.sealed was changed after it had been sealed. {AGAIN}"
    )


def test_another_key_is_told() -> None:
    """A seal knows its key, so another one is not taken for damage."""
    assert refused(SEALED, OTHER) == (
        "sealed/exercise-03.sealed was sealed with another key than that in GRADER_KEY. Set "
        "GRADER_KEY to the key that it was sealed with; or seal it anew, with grade seal "
        "exercise-03"
    )


def test_another_exercise_is_told() -> None:
    """The seal of one exercise does not open as another, whatever the file is called."""
    renamed = SEALED.replace(b"exercise-03", b"exercise-04")

    assert refused(SEALED, exercise="exercise-04") == (
        "sealed/exercise-04.sealed is the seal of exercise-03 under another name. "
        + AGAIN.replace("03", "04")
    )
    assert "was changed after" in refused(renamed, exercise="exercise-04")


def test_a_newer_form_is_told() -> None:
    """A seal of a later form asks for a later grader."""
    assert refused(SEALED.replace(b"seal 1 ", b"seal 2 ")) == (
        "sealed/exercise-03.sealed has form 2, and this grader knows form 1; install a newer "
        "pytorch-grader"
    )


@given(data=st.binary())
def test_any_bytes_are_refused_in_a_sentence(data: bytes) -> None:
    """Whatever lies in the place of a seal, it ends in a sentence that names it."""
    assert refused(data).startswith("sealed/exercise-03.sealed ")


def test_a_seal_holds_nothing_readable() -> None:
    """Names and contents are closed; what can be read is the first line."""
    assert SEALED.startswith(b"grader-seal 1 exercise-03\n\0")
    assert not any(word in SEALED for word in (b"test_a", b"assert", b"tests", b"x = 1"))


def test_seals_of_alike_files_are_not_alike() -> None:
    """A nonce serves one message: other files, another exercise or another key bring another."""
    nonce = slice(39, 63)
    others = [
        box.seal(FILES | {"a": b""}, KEY, "exercise-03"),
        box.seal(FILES, KEY, "exercise-04"),
        box.seal(FILES, OTHER, "exercise-03"),
    ]

    assert len({data[nonce] for data in (SEALED, *others)}) == 4


def test_what_another_program_closed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the key may have closed anything; it is read like anybody's bytes."""
    with monkeypatch.context() as patch:
        patch.setattr(box.packing, "pack", lambda files: b"\0\0\0\1")
        data = box.seal({}, KEY, "exercise-03")

    assert refused(data) == (
        "sealed/exercise-03.sealed was not sealed by this program: it ends within its numbers. "
        + AGAIN
    )
