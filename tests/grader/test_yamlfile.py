"""A YAML file is read whole or refused with the place of each problem."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import yamlfile
from grader.errors import CourseError
from grader.yamlfile import YamlFile, number, scalar, seen

HINTS = {"a": "a text", "b": "a number such as 8"}


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both loaders of PyYAML, where it has both: machines differ in which one it is."""
    if not hasattr(yaml, request.param):
        pytest.skip(f"this PyYAML has no {request.param}")
    monkeypatch.setattr(yamlfile, "_LOADER", getattr(yaml, request.param))
    return str(request.param)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the many examples of a property."""
    return tmp_path_factory.mktemp("scratch")


def read(folder: Path, data: str | bytes) -> YamlFile:
    """Write a file and read it."""
    path = folder / "page.yml"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return YamlFile(path, HINTS)


def refusal(folder: Path, data: str | bytes) -> str:
    """Write a file and return the sentence that refuses it."""
    with pytest.raises(CourseError) as caught:
        read(folder, data)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "page.yml:1:1: the file is empty"),
        ("# nothing\n", "page.yml:1:1: the file is empty"),
        ("a:\n\t- b\n", "page.yml:2:1: a tab stands here; YAML is indented with spaces"),
        ("x: 1\na: 'b\n", "page.yml:2:4: the quotes that open here are not closed"),
        ("a: [b, c\nd: e\n", "page.yml:1:4: the list that opens here is not closed with ]"),
        ("a: {b, c\nd e\n]", "page.yml:1:4: the map that opens here is not closed with }"),
        (
            "a: b: c\n",
            "page.yml:1:5: a colon stands where no key can be; check the indentation, or put the "
            "text in quotes",
        ),
        (
            "a: 1\n---\nb: 2\n",
            "page.yml:2:1: a second YAML document begins here; write one document",
        ),
        (
            "a: @b\n",
            "page.yml:1:4: no value can begin with this character; put the text in quotes",
        ),
        (
            "a: &x 1\nb: *x\n",
            "page.yml:1:4: anchors (&) and aliases (*) are not read; write the value out, or put "
            "it in quotes",
        ),
        (
            "a:\n  - *x\n",
            "page.yml:2:5: anchors (&) and aliases (*) are not read; write the value out, or put "
            "it in quotes",
        ),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            "page.yml:1:4: tags (!) are not read; write the value alone, or put it in quotes",
        ),
        (
            b"a: 1\nb: \xc3\xa9\xff\n",
            "page.yml:2:5: the byte 0xff is not UTF-8; save the file as UTF-8",
        ),
        ("a: 1\nb: x\0y\n", "page.yml:2:5: the character '\\x00' cannot stand here; remove it"),
        ("a: \x1b[1m\n", "page.yml:1:4: the character '\\x1b' cannot stand here; remove it"),
    ],
)
@pytest.mark.usefixtures("loader")
def test_a_broken_file_is_refused_with_its_place(
    tmp_path: Path, data: str | bytes, message: str
) -> None:
    """What is not the plain YAML of a person is refused with line, column and what to do."""
    told = refusal(tmp_path, data)

    assert message == told


@pytest.mark.usefixtures("loader")
def test_other_broken_syntax_is_told_in_the_words_of_pyyaml(tmp_path: Path) -> None:
    """What has no sentence of ours comes with its place, on one line."""
    told = refusal(tmp_path, "a: |x\n")

    assert told.startswith("page.yml:1:5: this cannot be read as YAML: while scanning a block")
    assert "\n" not in told


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
@pytest.mark.usefixtures("loader")
def test_deep_nesting_is_refused_before_nodes_are_built(tmp_path: Path, opening: str) -> None:
    """A hundred thousand opened lists or maps are one sentence, not the end of the process."""
    told = refusal(tmp_path, opening * 100_000)

    assert told.endswith(": lists and maps stand more than 16 deep here; three levels are enough")


@pytest.mark.usefixtures("loader")
def test_very_many_values_are_refused(tmp_path: Path) -> None:
    """A list of half a million values is refused where the count ends."""
    told = refusal(tmp_path, "a: [" + "x," * 500_000 + "]")

    assert told == (
        "page.yml:1:39997: more than 20,000 values stand before this; a hundred exercises have "
        "fewer"
    )


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    """A file of more than 1 MiB is refused by its path."""
    told = refusal(tmp_path, b"#" * (1 << 20) + b"\n")

    assert told == (
        f"{tmp_path}/page.yml holds more than 1 MiB; a page or two of text are expected"
    )


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("gone"), lambda _: None])
def test_what_is_no_file_is_refused(tmp_path: Path, make: object) -> None:
    """A folder, a broken link and nothing at all in place of the file are one sentence."""
    assert callable(make)
    make(tmp_path / "page.yml")
    with pytest.raises(CourseError) as caught:
        YamlFile(tmp_path / "page.yml", HINTS)

    assert str(caught.value) == (
        f"{tmp_path}/page.yml is not there, or is not a file; a course has one"
    )


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """A file that Windows saved with a byte order mark is read as if it had none."""
    file = read(tmp_path, b"\xef\xbb\xbfa: b\r\n")

    assert [key.value for key, _ in file.top.value] == ["a"]


def test_problems_are_told_together_and_in_order(tmp_path: Path) -> None:
    """Unknown, doubled and missing keys and unfit values come as the lines of one error."""
    file = read(tmp_path, "b: [1]\nB: 1\nb: 2\n? [x]\n: 1\nnothing-like-it: 1\n")
    page = file.open(file.top, "the file", "here: ", ("a", "b"))
    file.require(page, "a", scalar)
    file.take(page, "b", number)
    with pytest.raises(CourseError) as caught:
        file.refuse_if_noted()

    assert str(caught.value).split("\n") == [
        "page.yml:1:1: here: a is missing; write a text",
        "page.yml:1:4: here: b is a list; write a number such as 8",
        "page.yml:2:1: here: the key 'B' is not known; did you mean b? Or one of a, b",
        "page.yml:3:1: here: b is here twice, first in line 1; keep one",
        "page.yml:4:3: here: a key is a list; write one of a, b",
        "page.yml:6:1: here: the key 'nothing-like-it' is not known; write one of a, b",
    ]


def test_very_many_problems_are_cut(tmp_path: Path) -> None:
    """Of a hundred problems the first 25 are told, and the others counted."""
    file = read(tmp_path, "".join(f"k{n}: 1\n" for n in range(100)))
    file.open(file.top, "the file", "", ("a",))
    with pytest.raises(CourseError) as caught:
        file.refuse_if_noted()
    lines = str(caught.value).split("\n")

    assert (len(lines), lines[-1]) == (26, "and 75 more problems")


def test_a_file_without_problems_is_not_refused(tmp_path: Path) -> None:
    """A good page gives its values, and nothing is raised."""
    file = read(tmp_path, "a: no\nb: 8\n")
    page = file.open(file.top, "the file", "", ("a", "b"))
    values = file.take(page, "a", scalar), file.require(page, "b", number)
    file.refuse_if_noted()

    assert values == ("no", "8")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[1]", "is a list; write a number such as 8"),
        ("{b: 1}", "is a map; write a number such as 8"),
        ("", "is empty; write a number such as 8"),
        ("''", "is empty; write a number such as 8"),
        ("~", "is '~'; write a number such as 8"),
        ("'8'", "is '8' in quotes; write a number such as 8, without quotes"),
    ],
)
def test_a_number_is_written_plainly(tmp_path: Path, written: str, told: str) -> None:
    """Lists, maps, nothing and quoted digits are no number, and the sentence says what is there."""
    file = read(tmp_path, f"b: {written}\n")
    page = file.open(file.top, "the file", "", ("b",))
    file.take(page, "b", number)

    assert [f"b {told}"] == [sentence for _, _, sentence in file.problems]


def test_a_long_value_is_cut(tmp_path: Path) -> None:
    """A message shows 60 letters of a value at most."""
    file = read(tmp_path, "x" * 500)

    assert f"is '{'x' * 59}…'" == seen(file.top)


@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(scratch: Path, data: bytes) -> None:
    """Whatever the bytes, there is a root node or a CourseError, and nothing else."""
    try:
        told = seen(read(scratch, data).top)
    except CourseError as error:
        told = str(error)

    assert told.startswith(("is ", "page.yml:"))
