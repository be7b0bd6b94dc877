"""Zips are read within bounds, whoever packed them."""

import os
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import archives
from grader.errors import SubmissionError


def pack(path: Path, *members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a zip; a name may be there twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w", how) as archive:
            for name, data in members:
                archive.writestr(name, data)
    return path


def refused(path: Path, wanted: list[str] | None = None) -> str:
    """Read an archive that is refused; why."""
    with pytest.raises(SubmissionError) as caught:
        archives.read(path, wanted or [], "ada.zip")
    return str(caught.value)


def test_members_are_read(tmp_path: Path) -> None:
    """Files in folders are listed and read; folders themselves are not files."""
    path = pack(tmp_path / "a.zip", ("work/", b""), ("work/a.py", b"x = 1\n"), ("b.txt", b""))

    assert archives.names(path, "ada.zip") == ("work/a.py", "b.txt")
    assert archives.read(path, ["work/a.py"], "ada.zip") == {"work/a.py": b"x = 1\n"}


@pytest.mark.parametrize(
    "name", ["../a.py", "a/../../b.py", "/etc/passwd", "C:/a.py", "a\\..\\..\\b.py", "..", "/"]
)
def test_names_that_lead_out_are_refused(name: str, tmp_path: Path) -> None:
    """A member that leads out of the archive refuses all of it."""
    path = pack(tmp_path / "a.zip", ("a.py", b""), (name, b""))

    assert "which leads out of the archive; pack the folder itself" in refused(path, ["a.py"])


@pytest.mark.parametrize("pair", [("a.py", "a.py"), ("a.py", "A.PY"), ("é.py", "e\u0301.py")])
def test_names_that_are_there_twice_are_refused(pair: tuple[str, str], tmp_path: Path) -> None:
    """Two members that some file system takes for one refuse the archive."""
    path = pack(tmp_path / "a.zip", *((name, b"") for name in pair))

    assert refused(path) == f"ada.zip: it has {pair[1]!r} twice; keep one"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """A member that shrinks beyond belief is not unpacked."""
    path = pack(tmp_path / "a.zip", ("a.py", b"0" * (1 << 20)))

    assert refused(path, ["a.py"]).startswith("ada.zip/a.py: 1,0")
    assert refused(path, ["a.py"]).endswith(
        " bytes unpack to 1,048,576, which no code does; hand in the code alone"
    )


def test_a_member_that_hides_its_size_is_refused(tmp_path: Path) -> None:
    """What is unpacked is counted, whatever the list of members says of it."""
    path = pack(tmp_path / "a.zip", ("a.py", os.urandom((1 << 20) + 9)), how=zipfile.ZIP_STORED)

    assert refused(path, ["a.py"]) == (
        "ada.zip/a.py: the file holds more than 1,048,576 bytes, which is not read; hand in the "
        "code alone, without data"
    )


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """An archive with thousands of members is not looked at."""
    path = pack(tmp_path / "a.zip", *((f"{n}", b"") for n in range(5001)))

    assert refused(path) == (
        "ada.zip: the archive has more than 5,000 members, which are not read; hand in the code "
        "alone"
    )


def test_a_lie_about_the_number_of_members_is_refused(tmp_path: Path) -> None:
    """A list that is longer than it says is not read either."""
    path = pack(tmp_path / "a.zip", *((f"{n:0200}", b"") for n in range(4999)))
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\5\6")
    data[end + 8 : end + 12] = struct.pack("<2H", 1, 1)
    path.write_bytes(data)

    assert "more than 5,000 members" in refused(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    """A member that is a symbolic link is not followed."""
    path = tmp_path / "a.zip"
    entry = zipfile.ZipInfo("a.py")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "/etc/passwd")

    assert refused(path, ["a.py"]) == (
        "ada.zip/a.py: this is a symbolic link, and links are not followed; hand in the file itself"
    )


def test_a_rare_packing_is_refused(tmp_path: Path) -> None:
    """Packings whose memory the archive itself decides are not unpacked."""
    path = pack(tmp_path / "a.zip", ("a.py", b"x"), how=zipfile.ZIP_LZMA)

    assert refused(path, ["a.py"]) == (
        "ada.zip/a.py: it is packed in a rare way; pack it as a plain zip"
    )


def test_an_archive_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """The archive itself is no link."""
    os.symlink(pack(tmp_path / "real.zip", ("a.py", b"")), tmp_path / "a.zip")

    assert refused(tmp_path / "a.zip").startswith("ada.zip: it cannot be opened (")


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    """A password is asked of nobody."""
    path = pack(tmp_path / "a.zip", ("a.py", b"x"))
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.find(signature) + at] |= 1
    path.write_bytes(data)

    assert refused(path, ["a.py"]) == ("ada.zip/a.py: it is encrypted; pack it without a password")


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    length=st.integers(0, 400),
)
def test_damage_is_refused_or_harmless(
    changes: list[tuple[int, int]], length: int, tmp_path: Path
) -> None:
    """Whatever bytes change, an archive is read or refused in a sentence, and nothing else."""
    path = pack(tmp_path / "a.zip", ("a.py", b"x = 1\n" * 40), ("b/c.py", b"y"))
    whole = bytearray(path.read_bytes())
    for at, byte in changes:
        whole[at % len(whole)] = byte
    path.write_bytes(whole[:length] if length < 40 else whole)
    found: dict[str, bytes] = {}
    why = "ada.zip"
    try:
        found = archives.read(path, archives.names(path, "ada.zip"), "ada.zip")
    except SubmissionError as error:
        why = str(error)

    assert why.startswith("ada.zip")
    assert all(".." not in name.split("/") and name[0] != "/" for name in found)


def test_a_notebook_may_be_larger_than_code(tmp_path: Path) -> None:
    """A notebook with its plots has a bound of its own, far above that of code."""
    plots = os.urandom(2 << 20)
    path = pack(tmp_path / "a.zip", ("a.ipynb", plots), ("a.py", plots))

    assert archives.read(path, ["a.ipynb"], "ada.zip") == {"a.ipynb": plots}
    assert "ada.zip/a.py: the file holds more than 1,048,576 bytes" in refused(path, ["a.py"])
