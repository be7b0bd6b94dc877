"""A roster says who is meant, and nobody where two may be."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import roster
from grader.errors import CourseError
from grader.roster import Roster, Row


def read(tmp_path: Path, text: str) -> Roster:
    """Read a roster from its text."""
    path = tmp_path / "class.csv"
    path.write_text(text, encoding="utf-8")
    return roster.read(path)


def refused(tmp_path: Path, text: str) -> str:
    """Read a roster that is refused; why, without the folder."""
    with pytest.raises(CourseError) as caught:
        read(tmp_path, text)
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_every_cell_may_name_a_student(tmp_path: Path) -> None:
    """A login, a number and a name as a platform writes it lead to the key."""
    found = read(
        tmp_path,
        "student,name,section,github,canvas id,submitted_at\n"
        'u1,"Lovelace, Ada",A,ada-l,1234,2026-10-12T21:30:00+02:00\n',
    )

    for word in ("u1", "U1", "ADA-L", "1234", "lovelaceada", "lovelace,  ada"):
        assert found.find([word]) == "u1"
    assert found.find(["A"]) is None
    assert found.find(["", "nobody", "ada-l"]) == "u1"
    assert found.rows["u1"] == Row(
        "u1",
        "Lovelace, Ada",
        "A",
        ("u1", "Lovelace, Ada", "ada-l", "1234"),
        datetime(2026, 10, 12, 19, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("identifier,github_username,github_id,name", "u1,ada,7,Ada"),
        ("Student,ID,SIS User ID,SIS Login ID,Section", "Ada,7,9,u1,A"),
    ],
)
def test_exports_of_platforms_are_rosters(header: str, row: str, tmp_path: Path) -> None:
    """What GitHub Classroom and Canvas export is read as it is."""
    found = read(tmp_path, f"{header}\n{row}\n")

    assert found.find(["7"]) is not None


def test_two_of_one_name_are_nobody(tmp_path: Path) -> None:
    """A word that may mean two students means none."""
    found = read(tmp_path, "student,name\nu1,Ada\nu2,ada\n")

    assert found.find(["Ada"]) is None
    assert found.find(["Ada", "u2"]) == "u2"


def test_a_roster_without_keys_is_refused(tmp_path: Path) -> None:
    """The header has to name the students' keys."""
    assert refused(tmp_path, "who,what\na,b\n") == (
        "class.csv has no column with the students' keys: its first line is who, what; name one "
        "of them student"
    )


def test_a_key_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """Two rows of one student are a mistake of the list."""
    assert refused(tmp_path, "student\nada\nbob\nada\n") == (
        "class.csv, line 4: the student 'ada' is here twice; keep one"
    )


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    """Lateness hangs on a time, so it has to be one."""
    assert refused(tmp_path, "student,submitted_at\nada,2026-10-12 21:30\n") == (
        "class.csv, line 2: submitted_at is '2026-10-12 21:30'; write a time with its zone, such "
        "as 2026-10-12T21:30:00+02:00"
    )


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A roster in another encoding is told so."""
    path = tmp_path / "class.csv"
    path.write_bytes(b"student\n\xff\n")
    with pytest.raises(CourseError) as caught:
        roster.read(path)

    assert str(caught.value).endswith("class.csv is no text in UTF-8; save it as CSV in UTF-8")


@settings(deadline=None)
@given(st.lists(st.text(max_size=8), max_size=6, unique=True), st.text(max_size=8))
def test_a_word_never_means_somebody_by_half(names: list[str], word: str) -> None:
    """Whoever is found has the word, or its letters and digits, in their row."""
    rows = [Row(f"key {n}!", words=(name,)) for n, name in enumerate(names)]
    found = Roster(rows).find([word])

    if found is not None:
        cells = (found, *next(row.words for row in rows if row.student == found))

        def letters(text: str) -> str:
            return roster._letters(text)

        assert any(roster._written(word) == roster._written(cell) or
                   letters(word) == letters(cell) != "" for cell in cells)  # fmt: skip


def test_parts_of_a_name_and_an_address(tmp_path: Path) -> None:
    """Last name, first name and address are known by the headers that platforms give them."""
    path = tmp_path / "class.csv"
    header = "username,Surname,First name,Email address"
    path.write_text(f"{header}\nada,Lovelace,Ada,a@b.org\n", "utf-8")
    listed = roster.read(path)
    row = listed.rows["ada"]

    assert (row.last_name, row.first_name, row.email) == ("Lovelace", "Ada", "a@b.org")
    assert [listed.find([word]) for word in ("Ada Lovelace", "lovelaceada", "a@b.org")] == [
        "ada", "ada", "ada",
    ]  # fmt: skip
