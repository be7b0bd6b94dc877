"""Tests of Moodle's worksheets: columns without a language, what stays, what is told."""

import pytest

from grader.errors import CourseError
from grader.reports.exports import moodle
from grader.reports.exports.filling import Filled
from grader.reports.exports.roll import Roll

from .rolls import golden, member, one, result, small, who

ENGLISH = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
    '"Feedback comments"'
)
# As mod/assign/gradingtable.php writes it in German, with a byte order mark.
DOWNLOAD = (
    '\ufeffID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,'
    '"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)",'
    '"Zuletzt geändert (Bewertung)","Feedback als Kommentar"\n'
    'Teilnehmer/in101,"Ada Lovelace",ada@example.org,"Zur Bewertung abgegeben - 1 Tag verspätet",,'
    '"4,00",Ja,"Mittwoch, 14. Oktober 2026, 09:30",-,\n'
    'Teilnehmer/in102,bob,bob@example.org,"Zur Bewertung abgegeben","1,00","4,00",Ja,-,-,'
    '"<p>Gut, ""sehr""\ngut</p>"\n'
    'Teilnehmer/in103,"Charisse; Cyd",cyd@example.org,"Zur Bewertung abgegeben","0,00","4,00",Ja,'
    "-,-,\n"
    "Teilnehmer/in104,=1+1,e@example.org,Entwurf,,\"4,00\",Nein,-,-,\n"
    'Teilnehmer/in105,Eli,eli@example.org,"Keine Abgabe",,"4,00",Ja,-,-,\n'
    'Teilnehmer/in106,Nobody,n@example.org,"Keine Abgabe",,"4,00",Ja,-,-,\n'
).encode()  # fmt: skip
ADA = member("ada", result("3.5"), name="Lovelace, Ada")


def gradients() -> Roll:
    """Make the small class in its first exercise alone."""
    roll = small()
    members = tuple(
        member(each.key, each.results[0], name=each.name, words=each.words) for each in roll.members
    )
    return Roll(roll.exercises[:1], members, roll.due[:1])


def fill(
    data: str | bytes, roll: Roll, named: str | None = None, *, is_scaled: bool = False
) -> Filled:
    """Fill a worksheet."""
    whole = data.encode() if isinstance(data, str) else data
    return moodle.fill(whole, roll, who(roll), named, is_scaled=is_scaled)


def refusal(data: str, roll: Roll, named: str | None = None) -> str:
    """Give the sentence with which a worksheet is refused."""
    with pytest.raises(CourseError) as caught:
        fill(data, roll, named)
    return str(caught.value)


def sheet(*rows: str, head: str = ENGLISH) -> str:
    """Write a small worksheet."""
    return "\n".join([head, *rows, ""])


def row(
    name: str, grade: str = "", most: str = "4.00", changeable: str = "Yes", number: int = 7
) -> str:
    """Write a participant."""
    return f"Participant {number},{name},,Submitted,{grade},{most},{changeable},-,-,"


def test_golden() -> None:
    """A whole worksheet in German is filled in, byte for byte, and what is not in it is told."""
    filled = fill(DOWNLOAD, gradients())

    golden("moodle-download.csv", DOWNLOAD)
    golden("moodle.csv", filled.text.encode())
    golden("moodle-notes.txt", "".join(f"{note}\n" for note in filled.notes).encode())


def test_english_words_decide() -> None:
    """Where the words are English, a number that stands beside another one confuses nobody."""
    head = ENGLISH.replace('"Email address"', "Phone,Department")
    data = sheet("Participant 7,ada,5,9,Submitted,,4.00,Yes,-,-,", head=head)

    assert fill(data, one(ADA)).text == data.replace("Submitted,,", "Submitted,3.5,")


def test_a_state_of_the_work_between() -> None:
    """With a marking workflow, whether a grade is locked is a column further."""
    head = ENGLISH.replace('"Grade can', '"Marking workflow state","Grade can')
    data = sheet("Participant 7,ada,,Submitted,,4.00,Released,No,-,-,", head=head)
    filled = fill(data, one(ADA))

    assert filled.text == data
    assert filled.notes[0] == "exercise-03: locked there, left as they are: ada"


def test_blind_marking() -> None:
    """Where only numbers are shown, they are what a student is called."""
    head = ENGLISH.replace('"Full name","Email address",', "")
    data = sheet("Participant 7,Submitted,,4.00,Yes,-,-,", head=head)
    roll = one(member("Participant 7", result("3.5")))

    assert fill(data, roll).text == data.replace("Submitted,,", "Submitted,3.5,")


def test_a_group_is_no_student() -> None:
    """Behind the status nothing is asked for words: a group may be called like somebody."""
    head = ENGLISH.replace("Status,", "Status,Group,")
    data = sheet("Participant 7,Eve,,Submitted,ada,,4.00,Yes,-,-,", head=head)

    assert fill(data, one(ADA)).text == data


@pytest.mark.parametrize("word", ["No", "Nein", "NON", "não", "Нет"])
def test_locked_rows_are_told(word: str) -> None:
    """A grade that Moodle does not take is not written."""
    data = sheet(row("ada", changeable=word))
    filled = fill(data, one(ADA))

    assert filled.text == data
    assert filled.notes[0] == "exercise-03: locked there, left as they are: ada"


def test_more_than_the_maximum_is_told() -> None:
    """What Moodle passes over in silence is not written: an override may be more than all."""
    data = sheet(row("ada"))
    filled = fill(data, one(member("ada", result("4.5"))))

    assert filled.text == data
    assert filled.notes[0] == (
        "exercise-03: more than the maximum there, left as they are: ada (4.5 of 4.00)"
    )


def test_other_points_are_refused() -> None:
    """Moodle's own 100 points are not those of the exercise, unless it is to be scaled."""
    data = sheet(row("ada", most="100.00"))

    assert refusal(data, one(ADA)) == (
        "exercise-03 has 4 points, its column 100.00; set 4 there and download the file again, or "
        "add --scale"
    )
    assert ",87.5,100.00," in fill(data, one(ADA), is_scaled=True).text


TWO = sheet(
    "Teilnehmer/in7,ada,5,9,Abgegeben,,4,Ja,-,-,",
    head="ID,Name,Telefon,Abteilung,Status,Bewertung,Bestwertung,Änderbar,A,B,Feedback",
)


def test_columns_that_could_both_be_meant() -> None:
    """Where two columns look like grades, one is named."""
    assert refusal(TWO, one(ADA)) == (
        'the grades may be "Telefon" or "Bewertung"; name the column of the grades with --column '
        "EXERCISE=HEADER (an assignment that is graded with a scale takes no points)"
    )
    assert fill(TWO, one(ADA), "Bewertung").text == TWO.replace(",,4", ",3.5,4")


TAIL = "an assignment that is graded with a scale takes no points"
REFUSED = {
    "nobody": (sheet(), None,
               "it has no participants; take the grading worksheet as it is downloaded"),
    "another file": (
        "Name,Grade,Maximum grade\nx,1,4\n", None,
        'this is no grading worksheet of Moodle: no column says "Participant 123" or the like; '
        "take the file from the assignment, Download grading worksheet",
    ),
    "a scale": (
        sheet(row("ada", most='"Fail\nPass"'), head=ENGLISH.replace("Maximum grade", "Scale")),
        None, f'behind the grades ("Grade") stands no maximum that is the same number in every '
        f"row; {TAIL}",
    ),
    "a scale in German": (
        sheet("Teilnehmer/in7,ada,Abgegeben,,Gut,Ja,-,",
              head="ID,Name,Status,Bewertung,Skala,Änderbar,A,B"),
        None, "no column looks like grades with a maximum; name the column of the grades with "
        f"--column EXERCISE=HEADER ({TAIL})",
    ),
    "a name that is not there": (
        sheet(row("ada")), "Punkte",
        '--column: no column is called "Punkte"; there are Identifier, Full name, Email address, '
        "Status, Grade, Maximum grade, Grade can be changed, Last modified (submission), Last "
        "modified (grade), Feedback comments",
    ),
    "a name of two": (
        sheet(row("ada"), head=ENGLISH.replace("Status", "Grade")), "Grade",
        '--column: more than one column is called "Grade"; there are Identifier, Full name, Email '
        "address, Grade, Grade, Maximum grade, Grade can be changed, Last modified (submission), "
        "Last modified (grade), Feedback comments",
    ),
    "no maximum behind it": (
        sheet(row("ada")), "Status",
        f'behind the grades ("Status") stands no maximum that is the same number in every row; '
        f"{TAIL}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    """What is no worksheet, or has no points, is told before anything is written."""
    data, named, sentence = REFUSED[what]

    assert refusal(data, one(ADA), named) == sentence
