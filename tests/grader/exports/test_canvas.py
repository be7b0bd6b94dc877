"""Tests of Canvas's gradebook: which columns and rows are meant, what stays, what is told."""

import pytest

from grader.errors import CourseError
from grader.reports.exports import canvas
from grader.reports.exports.filling import Filled
from grader.reports.exports.roll import Roll

from .rolls import ABSENT, golden, member, one, result, small, who

# As lib/gradebook_exporter.rb writes it, with a byte order mark, and a row of posting.
DOWNLOAD = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Notes,Gradients (4711),"
    "Exercise 4: Training Loop (4712),Essay (4713),Assignments Current Score,Final Grade\r\n"
    ",,,,,,Manual Posting,,,,\r\n"
    "    Points Possible,,,,,,4.00,4.00,20.00,(read only),(read only)\r\n"
    '"Lovelace, Ada",101,s1,ada,A,likes π,,"2.00",12.00,81.00,B\r\n'
    '"O""Neil, Bob",102,s2,bob,B,,1.00,N/A,,,\r\n'
    '"Charisse, Cyd",103,,cyd,"A, B",,0.00,EX,,,\r\n'
    '"=""=1+1""",104,,=cmd,,,,,,,\r\n'
    "Eli,105,,eli,,,,-,,,\r\n"
    "Nobody,106,,nobody,,,,,,,\r\n"
    '"Student, Test",107,,,,,,,,,\r\n'
).encode()


def fill(data: str | bytes, roll: Roll, *, is_scaled: bool = False, **named: str) -> Filled:
    """Fill a download; columns are named by the ids of exercises, with _ for -."""
    columns = {name.replace("_", "-"): column for name, column in named.items()}
    whole = data.encode() if isinstance(data, str) else data
    return canvas.fill(whole, roll, who(roll), columns, is_scaled=is_scaled)


def refusal(data: str | bytes, roll: Roll, **named: str) -> str:
    """Give the sentence with which a download is refused."""
    with pytest.raises(CourseError) as caught:
        fill(data, roll, **named)
    return str(caught.value)


def sheet(*rows: str, head: str = "Gradients (1)", possible: str = "4") -> str:
    """Write a small download."""
    return "\n".join(
        [f"Student,ID,SIS Login ID,Section,{head}", f"    Points Possible,,,,{possible}", *rows, ""]
    )


def test_golden() -> None:
    """A whole download is filled in, byte for byte, and what is not in it is told."""
    filled = fill(DOWNLOAD, small())

    golden("canvas-download.csv", DOWNLOAD)
    golden("canvas.csv", filled.text.encode())
    golden("canvas-notes.txt", "".join(f"{note}\n" for note in filled.notes).encode())


ADA = member("ada", result("3.5"), name="Lovelace, Ada")


@pytest.mark.parametrize(
    "header",
    ["Gradients (1)", "gradients (1)", "Exercise 3 (1)", "exercise-03 (1)", "Gradients",
     "Exercise 03: Gradients (1)", "EXERCISE 3 – Gradients  (1)"],
)  # fmt: skip
def test_a_column_by_title_or_id(header: str) -> None:
    """A title that says the exercise's title, its id or both is its column."""
    assert ",3.5\n" in fill(sheet("x,1,ada,A,", head=header), one(ADA)).text


@pytest.mark.parametrize("name", ["Ex (77)", "Ex", "77", " 77 "])
def test_a_column_that_is_named(name: str) -> None:
    """A column may be named by its header, its title or its number."""
    assert ",3.5\n" in fill(sheet("x,1,ada,A,", head="Ex (77)"), one(ADA), exercise_03=name).text


@pytest.mark.parametrize(
    "row",
    ["x,1,ADA,A,", "x,ada,,A,", '"Lovelace, Ada",1,,A,', "Ada Lovelace,1,,A,", "ada,,,A,"],
)
def test_a_student_by_what_a_row_says(row: str) -> None:
    """The login, a number or the name, either way round, mean a student."""
    assert fill(sheet(row), one(ADA)).text == sheet(f"{row}3.5")


def test_a_student_by_the_name_of_a_download() -> None:
    """A key as Canvas's download of submissions makes it is found by name and number."""
    roll = one(member("lovelaceada_101", result("3.5")))

    assert ",3.5\n" in fill(sheet('"Lovelace, Ada",101,ada,A,'), roll).text


def test_names_in_two_columns() -> None:
    """Where Canvas shows last and first name apart, they are one name."""
    data = "LastName,FirstName,ID,SIS Login ID,Section,Gradients (1)\n    Points Possible,,,,,4\n"

    assert fill(data + "Lovelace,Ada,1,,A,\n", one(ADA)).text == (data + "Lovelace,Ada,1,,A,3.5\n")


def test_nobody_is_guessed() -> None:
    """Words of two students, two rows of one, and nobody's row are told, and stay."""
    roll = one(ADA, member("bob", result("1"), name="Bob"), member("cyd", result("2")))
    data = sheet("Bob,1,ada,A,", "Cyd,2,cyd,A,", "cyd,3,,A,", "Eve,4,,A,")
    filled = fill(data, roll)

    assert filled.text == data
    assert filled.notes == (
        "rows whose words mean different students, left as they are: Bob (ada or bob)",
        "rows of nobody in the gradebook, left as they are: Eve",
        "several rows mean one student, left as they are: Cyd and cyd (cyd)",
        "in the gradebook and without a row, so not in this file: ada; bob",
        "0 cells written, 0 cells had the right number already",
    )


def test_a_name_of_two_students_means_neither() -> None:
    """A name that two students have says nothing, and the login decides."""
    twins = one(
        member("ada", result("3"), name="Lee, Kim"), member("bob", result("1"), name="Lee, Kim")
    )
    filled = fill(sheet('"Lee, Kim",1,bob,A,', '"Lee, Kim",2,,A,'), twins)

    assert filled.text == sheet('"Lee, Kim",1,bob,A,1', '"Lee, Kim",2,,A,')
    assert filled.notes[0] == "rows of nobody in the gradebook, left as they are: Lee, Kim"


def test_who_handed_in_nothing_and_has_no_row_is_not_missed() -> None:
    """Only who has something to write is told to have no row."""
    roll = one(ADA, member("bob", ABSENT))

    assert fill(sheet("x,1,ada,A,"), roll).notes == (
        "1 cell written, 0 cells had the right number already",
    )


def test_commas_where_the_file_has_them() -> None:
    """A file with decimal commas gets decimal commas, whatever separates its cells."""
    roll = one(ADA)
    semicolons = "Student;ID;SIS Login ID;Section;Gradients (1)\r\n    Points Possible;;;;4,00\r\n"
    commas = sheet("x,1,ada,A,", possible='"4,00"')

    assert fill(f"{semicolons}x;1;ada;A;\r\n", roll).text == f"{semicolons}x;1;ada;A;3,5\r\n"
    assert fill(commas, roll).text == sheet('x,1,ada,A,"3,5"', possible='"4,00"')


def test_an_equal_number_stays_as_it_is() -> None:
    """A cell that says the same number in other digits is not touched."""
    data = sheet('x,1,ada,A,"3,50"', possible="4.0")
    filled = fill(data, one(ADA))

    assert filled.text == data
    assert filled.notes == ("0 cells written, 1 cell had the right number already",)


@pytest.mark.parametrize("said", ["EX", "ex", "N/A", "A-", "complete", "85%"])
def test_what_is_no_number_stays(said: str) -> None:
    """An excuse, a letter and what is not assigned stay, and are told."""
    data = sheet(f"x,1,ada,A,{said}")
    filled = fill(data, one(ADA))

    assert filled.text == data
    assert filled.notes[0] == (f"exercise-03: no number stands there, left as they are: x ({said})")


def test_other_points_are_refused() -> None:
    """Where Canvas counts to another number, nothing is written unless it is to be scaled."""
    data = sheet("x,1,ada,A,", possible="100.00")

    assert refusal(data, one(ADA)) == (
        "exercise-03 has 4 points, its column 100.00; set 4 there and download the file again, or "
        "add --scale"
    )
    assert ",87.5\n" in fill(data, one(ADA), is_scaled=True).text


def test_scaled_points_are_rounded_half_up() -> None:
    """A third is rounded to two decimals, half a hundredth upwards."""
    roll = one(member("ada", result("1", "3")), member("bob", result("1.5", "4")), points=3)
    data = sheet("x,1,ada,A,", "y,2,bob,A,", possible="0.12")

    assert fill(data, roll, is_scaled=True).text == sheet(
        "x,1,ada,A,0.04", "y,2,bob,A,0.05", possible="0.12"
    )


def test_old_points_are_told() -> None:
    """A student who was graded when there were other points is told, and scaled where asked."""
    roll = one(member("ada", result("3", "6")))
    data = sheet("x,1,ada,A,")

    assert fill(data, roll).notes[0] == (
        "exercise-03: graded when the exercise had other points, left as they are; grade rescore "
        "works them out again: x (3 of 6)"
    )
    assert ",2\n" in fill(data, roll, is_scaled=True).text


def test_a_row_that_ends_early() -> None:
    """Where a row has no such cell, none is added."""
    data = sheet("x,1,ada")
    filled = fill(data, one(ADA))

    assert filled.text == data
    assert filled.notes[0] == "exercise-03: the row ends before this column: x"


def test_an_exercise_without_a_column() -> None:
    """What has no column is told, and no column is added: Canvas would make an assignment."""
    filled = fill(sheet("x,1,ada,A,"), small())

    assert filled.notes[0] == (
        'exercise-04 is not in the file: no column has its title "Training loop" or its id; '
        "--column exercise-04=TITLE names one"
    )
    assert filled.text == sheet("x,1,ada,A,3.2")


SECTION = "Student,ID,Section,"
REFUSED = {
    "no gradebook": (
        "Name,Points\nx,1\n", {},
        "this is no gradebook of Canvas: its first line has no columns Student, ID and Section; "
        "take the file from Grades, Export",
    ),
    "no points": (
        f"{SECTION}Gradients (1)\nx,1,A,\n", {},
        "it has no row Points Possible, which says what an assignment is worth; take the file as "
        "Canvas exports it",
    ),
    "no column": (
        sheet(head="Essay (1)"), {},
        "none of the exercises has a column here; make the assignments in Canvas and download the "
        "file again, or name one with --column exercise-03=TITLE. It has Essay (1)",
    ),
    "several columns": (
        sheet(head="Gradients (1),Exercise 3 (2)", possible="4,4"), {},
        "exercise-03 may be several columns: Gradients (1), Exercise 3 (2); say which with "
        "--column exercise-03=NUMBER",
    ),
    "a name that is not there": (
        sheet(), {"exercise_03": "Gradient"},
        '--column: no column is called "Gradient"; the file has Gradients (1)',
    ),
    "a name of two": (
        sheet(head="Ex (1),Ex (2)", possible="4,4"), {"exercise_03": "Ex"},
        '--column: "Ex" means several columns: Ex (1), Ex (2)',
    ),
    "read only": (
        sheet(head="Gradients (1)", possible="(read only)"), {},
        "the column Gradients (1) is read only, so Canvas would not take points there; name "
        "another one with --column",
    ),
    "worth nothing": (
        sheet(head="Gradients (1)", possible=""), {},
        "the column Gradients (1) has no number as Points Possible, so Canvas would not take "
        "points there; name another one with --column",
    ),
    "computed": (
        sheet(head="Gradients Final Score", possible="4"),
        {"exercise_03": "Gradients Final Score"},
        '--column: no column is called "Gradients Final Score"; the file has no assignment',
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    """What is no download, or a column that cannot be meant, is told before anything is written."""
    data, named, sentence = REFUSED[what]

    assert refusal(data, one(ADA), **named) == sentence


def test_two_exercises_of_one_column() -> None:
    """A column takes the points of one exercise."""
    sentence = refusal(sheet(), small(), exercise_04="1")

    assert sentence == (
        "exercise-03 and exercise-04 both mean the column Gradients (1); name another one with "
        "--column"
    )
