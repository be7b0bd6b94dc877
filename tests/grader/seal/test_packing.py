"""Files become one run of bytes and come back; whatever else is there is refused."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.seal import packing

part = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=5)
name = st.lists(part, min_size=1, max_size=3).map("/".join)
trees = st.dictionaries(name, st.binary(max_size=20), max_size=6).filter(
    lambda files: not any(each.startswith(f"{other}/") for each in files for other in files)
)


def packed(*files: tuple[bytes, bytes]) -> bytes:
    """Write files in the order given, whatever their names are."""
    body = b"".join(struct.pack(">HI", len(n), len(data)) + n + data for n, data in files)
    return struct.pack(">I", len(files)) + body


def refused(data: bytes) -> str:
    """Read what nobody has written like this; why it is refused."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  Its words are compared.
        packing.unpack(data)
    return str(caught.value)


@given(files=trees)
def test_what_is_packed_comes_back(files: dict[str, bytes]) -> None:
    """Any files come back, sorted by name."""
    back = packing.unpack(packing.pack(files))

    assert back == files
    assert list(back) == sorted(files)


@given(files=trees)
def test_the_order_does_not_matter(files: dict[str, bytes]) -> None:
    """The same files in another order give the same bytes."""
    assert packing.pack(dict(reversed(files.items()))) == packing.pack(files)


@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Bytes that are read are those that would be written: one content has one form."""
    try:
        files = packing.unpack(data)
    except ValueError:
        return

    assert packing.pack(files) == data


@pytest.mark.parametrize(
    "bad",
    ["", ".", "..", "../a", "a/../b", "/etc/passwd", "a//b", "a/", "./a", "a\\b", "a\nb", "a\0b",
     "a\x1b[2J", "a\u202eb"],
)  # fmt: skip
def test_a_name_stays_below_its_folder(bad: str) -> None:
    """A name that leads elsewhere, or has letters that no name has, is neither written nor read."""
    why = refused(packed((bad.encode(), b"")))

    assert why in (
        "holds a file whose name leads out of its folder, or is empty",
        "holds a file whose name has characters that names do not have",
        "holds names that are not in order",
    )
    with pytest.raises(CourseError, match="cannot be sealed: its name"):
        packing.pack({bad: b""})


def test_a_file_is_no_folder() -> None:
    """A name that goes through another file could not be laid down."""
    assert refused(packed((b"a", b""), (b"a/b", b""))) == (
        "holds a file whose name goes through another file"
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "ends within its numbers"),
        (b"\0\0\0\1", "ends within its numbers"),
        (packed((b"a", b"xy"))[:-1], "ends within a file"),
        (packed((b"a", b"xy")) + b"z", "goes on behind its last file"),
        (packed((b"b", b""), (b"a", b"")), "holds names that are not in order"),
        (packed((b"a", b""), (b"a", b"")), "holds names that are not in order"),
        (packed((b"\xff", b"")), "holds a name that is not UTF-8"),
        (b"\xff\xff\xff\xff", "holds more than can be sealed"),
        (packed((b"a" * 201, b"")), "holds a file whose name is longer than 400 bytes, or a part "
         "of it than 200"),
    ],
)  # fmt: skip
def test_what_nobody_wrote_is_refused(data: bytes, why: str) -> None:
    """Each number is held against what is there before it is used."""
    assert refused(data) == why


def test_a_count_that_lies_reserves_nothing() -> None:
    """A file that says it has four gigabytes is refused by what is there."""
    lie = struct.pack(">IHI", 1, 1, 0xFFFFFFFF) + b"a"

    assert refused(lie) == "ends within a file"


def test_too_much_is_refused() -> None:
    """Too many files and too large ones are told before anything is encrypted."""
    with pytest.raises(CourseError, match=r"^1001 files are to be sealed together; at most 1000"):
        packing.pack({f"{number}": b"" for number in range(1001)})
    with pytest.raises(CourseError, match=r"^65 MiB are to be sealed together; at most 64 MiB can"):
        packing.pack({"a": bytes(65 << 20)})
