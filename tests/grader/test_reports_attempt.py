"""Tests of the JSON of an attempt: written as specified, read back whole, refused when altered."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import scoring
from grader.errors import Chain, CourseError, Curves, Evidence, Flow, HeatMap, Picture
from grader.records import (
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Outcome,
    Shows,
    Verdict,
    Visibility,
)
from grader.reports.attempt import from_json, schema_text, to_json

# A busy machine is no failure.
PATIENT = settings(deadline=None)

GOLDEN = sorted((Path(__file__).parent / "golden" / "attempts").glob("*.json"))
TYPICAL = next(path for path in GOLDEN if path.stem == "typical").read_text("utf-8")

# Fields that an attempt of an older grader lacks.
OPTIONAL = ("picture", "given", "shows")
SCHEMA = json.loads(schema_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

TEXT = st.text(max_size=40)
DIGEST = st.text("0123456789abcdef", min_size=64, max_size=64)
# Times are written in whole milliseconds.
SECONDS = st.integers(0, 10**8).map(lambda milliseconds: milliseconds / 1000)
SIZE = st.none() | st.floats(0, 1e300)
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)


def numbers(count: int, *, or_none: bool = False) -> st.SearchStrategy[tuple[float | None, ...]]:
    """Draw so many numbers, or perhaps none at all."""
    found = st.tuples(*[NUMBER] * count)
    return found | st.just(()) if or_none else found


@st.composite
def picture(draw: st.DrawFn) -> Picture:
    """Draw any picture that the records allow."""
    kind, count = draw(st.integers(0, 3)), draw(st.integers(1, 24))
    if kind == 0:
        at = draw(st.lists(st.integers(0, 10**6), min_size=count, max_size=count, unique=True))
        got, wanted = draw(numbers(count)), draw(numbers(count, or_none=True))
        return Curves(tuple(sorted(at)), got, wanted)
    if kind == 1:
        rows, columns = draw(st.integers(1, 24)), draw(st.integers(1, 3))
        row = st.tuples(*[st.integers(0, 4)] * columns)
        cells = draw(st.tuples(*[row] * rows))
        return HeatMap((rows * 7, columns), rows * 7, columns, cells, draw(st.booleans()))
    if kind == 2:
        names = draw(st.tuples(*[TEXT] * count))
        of, more = draw(st.sampled_from(["gradient", "step"])), draw(st.integers(0, 9))
        return Flow(of, names, draw(numbers(count)), draw(numbers(count, or_none=True)), more)
    operations = draw(st.lists(TEXT, max_size=16))
    cut = draw(st.none() | st.integers(0, len(operations) - 1)) if operations else None
    return Chain(tuple(operations), cut, draw(st.lists(TEXT, max_size=24).map(tuple)))


EVIDENCE = st.builds(
    Evidence, TEXT, TEXT, TEXT, TEXT, TEXT, SIZE, SIZE, picture=st.none() | picture(), given=TEXT
)
VERDICTS = st.lists(
    st.builds(
        Verdict,
        check=st.builds(
            Check,
            id=TEXT,
            title=TEXT,
            points=st.integers(0, 10**6).map(lambda hundredths: Fraction(hundredths, 100)),
            visibility=st.sampled_from(Visibility),
            needs=st.none() | TEXT,
            shows=st.none() | st.sampled_from(Shows),
        ),
        outcome=st.sampled_from(Outcome),
        message=TEXT,
        diagnosis=st.none() | st.builds(Diagnosis, mistake=TEXT, text=TEXT),
        seconds=SECONDS,
        evidence=st.none() | EVIDENCE,
    ),
    max_size=6,
)
ATTEMPTS = st.builds(
    lambda verdicts, **fields: Attempt(
        verdicts=tuple(verdicts), score=scoring.score(verdicts), **fields
    ),
    VERDICTS,
    exercise=TEXT,
    title=TEXT,
    path=TEXT,
    digest=DIGEST,
    environment=st.builds(
        Environment,
        python=TEXT,
        torch=TEXT,
        device=TEXT,
        threads=st.integers(1, 64),
        seed=st.integers(-(2**63), 2**64),
        grader=TEXT,
        checks_digest=DIGEST,
        confinement=TEXT,
    ),
    seconds=SECONDS,
)


@PATIENT
@given(ATTEMPTS)
def test_round_trip(attempt: Attempt) -> None:
    """What is written is read back without loss."""
    assert from_json(to_json(attempt)) == attempt


@PATIENT
@given(ATTEMPTS)
def test_written_attempts_satisfy_the_schema(attempt: Attempt) -> None:
    """Whatever is written satisfies the published schema."""
    VALIDATOR.validate(json.loads(to_json(attempt)))


@PATIENT
@given(ATTEMPTS)
def test_nothing_raw(attempt: Attempt) -> None:
    """The text holds no character that does not print, save the ends of its lines."""
    text = to_json(attempt)

    assert [one for one in text if not one.isprintable() and one != "\n"] == []
    assert text.endswith("}\n")


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    """A kept attempt satisfies the schema and is written again letter for letter."""
    text = path.read_text("utf-8")
    VALIDATOR.validate(json.loads(text))

    assert to_json(from_json(text)) == text


def test_text_stays_readable() -> None:
    """Letters of every script are written as they are; what does not print is escaped."""
    fields = json.loads(TYPICAL)
    fields["title"] = 'Gefälle 勾配 \x1b[2J \x7f \x85 \u202e \u2028 \ud800 \U000e0041 \\ "'
    text = to_json(from_json(json.dumps(fields)))

    assert (
        r'"title": "Gefälle 勾配 \u001b[2J \u007f \u0085 \u202e \u2028 \ud800 \udb40\udc41 \\ \""'
        in text
    )


def test_seconds_are_rounded() -> None:
    """Times are written to the millisecond."""
    fields = json.loads(TYPICAL)
    fields["seconds"] = 1.23456
    fields["checks"][0]["seconds"] = 2 / 3
    written = json.loads(to_json(from_json(json.dumps(fields))))

    assert (written["seconds"], written["checks"][0]["seconds"]) == (1.235, 0.667)


def test_the_fields_are_those_of_the_schema() -> None:
    """The fields come in the order in which the schema names them."""
    fields = json.loads(TYPICAL)
    properties = SCHEMA["properties"]
    check = SCHEMA["$defs"]["check"]["properties"]

    assert list(fields) == list(properties)
    assert list(fields["submission"]) == list(properties["submission"]["properties"])
    assert list(fields["environment"]) == list(properties["environment"]["properties"])
    assert list(fields["checks"][1]) == [name for name in check if name not in OPTIONAL]
    assert list(fields["checks"][1]["diagnosis"]) == list(check["diagnosis"]["properties"])


def test_the_schema_is_strict() -> None:
    """Every object of the schema is closed, its fields are required, and each is described."""

    def objects(node: object) -> list[dict[str, dict[str, dict[str, object]]]]:
        if isinstance(node, list):
            return [found for item in node for found in objects(item)]
        if not isinstance(node, dict):
            return []
        here = [node] if "type" in node and "object" in node["type"] else []
        return here + [found for item in node.values() for found in objects(item)]

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    found = objects(SCHEMA)

    assert len(found) == 10
    for node in found:
        assert node["additionalProperties"] is False
        assert node["required"] == [name for name in node["properties"] if name not in OPTIONAL]
        assert [
            name for name, field in node["properties"].items() if "description" not in field
        ] == []


def test_the_schema_knows_the_words() -> None:
    """The schema names the outcomes, visibilities and levels that the records know."""
    check = SCHEMA["$defs"]["check"]["properties"]

    assert check["verdict"]["enum"] == list(Outcome)
    assert check["visibility"]["enum"] == list(Visibility)
    assert check["shows"]["enum"] == list(Shows)


def changed(*path: str | int, to: object) -> Callable[[dict[str, object]], None]:
    """Give a change that sets the field at a path."""

    def change(fields: dict[str, object]) -> None:
        at: object = fields
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = to

    return change


def without(*path: str | int) -> Callable[[dict[str, object]], None]:
    """Give a change that takes the field at a path away."""

    def change(fields: dict[str, object]) -> None:
        at: object = fields
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]

    return change


# Changes that the schema refuses as well.
MISSHAPEN = [
    (changed("schema", to="grader/attempt/v2"),
     'schema is "grader/attempt/v2"; expected "grader/attempt/v1"'),
    (without("seconds"), "it has no field seconds"),
    (changed("grade", to="A"),
     'it has a field "grade"; expected only schema, exercise, title, submission, status, score, '
     "possible, checks, environment, seconds"),
    (changed("title", to=None), "title is null; expected a string"),
    (changed("submission", to="ada"), 'submission is "ada"; expected an object'),
    (changed("submission", "digest", to="D" * 64),
     f'submission.digest is "{"D" * 59}...; expected 64 hexadecimal digits'),
    (changed("status", to="done"), 'status is "done"; expected "graded"'),
    (changed("score", to=1), 'score is 1; expected a decimal string such as "2" or "0.25"'),
    (changed("score", to="01"),
     'score is "01"; expected a decimal string such as "2" or "0.25"'),
    (changed("score", to="1.125"),
     'score is "1.125"; expected a decimal string such as "2" or "0.25"'),
    (changed("possible", to="-1"),
     'possible is "-1"; expected a decimal string such as "2" or "0.25"'),
    (changed("possible", to="9" * 17),
     'possible is "99999999999999999"; expected a decimal string such as "2" or "0.25"'),
    (changed("checks", to={}), "checks is an object; expected a list"),
    (changed("checks", 1, to=[]), "checks[1] is a list; expected an object"),
    (changed("checks", 1, "verdict", to="great"),
     'checks[1].verdict is "great"; expected one of passed, failed, raised, timed_out, '
     "out_of_memory, forbidden, crashed, skipped, ungraded"),
    (changed("checks", 1, "visibility", to=["hidden"]),
     "checks[1].visibility is a list; expected one of visible, hidden"),
    (changed("checks", 0, "needs", to=3), "checks[0].needs is 3; expected a string or null"),
    (changed("checks", 1, "diagnosis", to="half"),
     'checks[1].diagnosis is "half"; expected an object'),
    (changed("checks", 1, "evidence", to={"asked": 3}),
     "checks[1].evidence has no field subject"),
    (changed("checks", 1, "evidence", to=[]), "checks[1].evidence is a list; expected an object"),
    (without("checks", 1, "diagnosis", "text"), "checks[1].diagnosis has no field text"),
    (changed("checks", 2, "seconds", to=-0.5),
     "checks[2].seconds is -0.5; expected a number of seconds, 0 or more"),
    (changed("seconds", to=True), "seconds is true; expected a number of seconds, 0 or more"),
    (changed("environment", "threads", to="1"),
     'environment.threads is "1"; expected a whole number'),
    (changed("environment", "seed", to=True), "environment.seed is true; expected a whole number"),
    (changed("environment", "checks_digest", to=""),
     'environment.checks_digest is ""; expected 64 hexadecimal digits'),
]  # fmt: skip

# Changes that keep the shape and break the sense.
CONTRADICTORY = [
    (changed("score", to="5"), 'score is "5"; expected "1"'),
    (changed("possible", to="5.5"), 'possible is "5.5"; expected "5"'),
    (changed("status", to="ungraded"), 'status is "ungraded"; expected "graded"'),
    (changed("checks", 1, "points", to="2"), 'checks[1].points is "2"; expected "0"'),
    (changed("checks", 0, "points", to="0"), 'checks[0].points is "0"; expected "1"'),
    (changed("checks", 2, "verdict", to="ungraded"), 'status is "graded"; expected "ungraded"'),
]


@pytest.mark.parametrize(("change", "sentence"), MISSHAPEN + CONTRADICTORY)
def test_altered_attempts_are_refused(
    change: Callable[[dict[str, object]], None], sentence: str
) -> None:
    """An object that is not an attempt is refused with the field, what it is and what may be."""
    fields = json.loads(TYPICAL)
    change(fields)

    with pytest.raises(CourseError) as caught:
        from_json(json.dumps(fields))

    assert str(caught.value) == f"not an attempt of schema grader/attempt/v1: {sentence}"


@pytest.mark.parametrize("change", [change for change, _ in MISSHAPEN])
def test_the_schema_refuses_too(change: Callable[[dict[str, object]], None]) -> None:
    """What the reader refuses for its shape, the schema refuses."""
    fields = json.loads(TYPICAL)
    change(fields)

    assert not VALIDATOR.is_valid(fields)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[]", "it is a list; expected an object"),
        ('{"a": 1, "a": 2}', 'it is not JSON: the key "a" appears twice in one object'),
        ('{"seconds": NaN}', "it is not JSON: NaN is not a number"),
        (TYPICAL.replace("1.234", "1e999"),
         "seconds is Infinity; expected a number of seconds, 0 or more"),
    ],
    ids=["empty", "list", "twice", "not-a-number", "infinite"],
)  # fmt: skip
def test_other_texts_are_refused(text: str, sentence: str) -> None:
    """A text that is not one plain JSON object is refused with its reason."""
    with pytest.raises(CourseError) as caught:
        from_json(text)

    assert str(caught.value) == f"not an attempt of schema grader/attempt/v1: {sentence}"


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"seed": ' + "9" * 5000 + "}"], ids=["deep", "many-digits"]
)
def test_texts_beyond_the_parser_are_refused(text: str) -> None:
    """A text that Python's own parser gives up on is refused like any other."""
    with pytest.raises(CourseError, match=r"^not an attempt of schema grader/attempt/v1: it is"):
        from_json(text)


@PATIENT
@given(st.text(max_size=200), st.integers(0, len(TYPICAL)), st.integers(0, 40))
def test_damaged_texts_are_read_or_refused(insert: str, start: int, cut: int) -> None:
    """Whatever happens to a file, it is read as an attempt or refused with a sentence."""
    damaged = TYPICAL[:start] + insert + TYPICAL[start + cut :]

    try:
        written = to_json(from_json(damaged))
    except CourseError as error:
        written = str(error)

    assert written.startswith(("{", "not an attempt of schema grader/attempt/v1: "))
