"""gradebook.yml becomes a Course or one error of all problems; a word finds its exercise."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course import find_exercise, find_root, load
from grader.errors import CourseError
from grader.records import Course, Exercise, Isolation, Limits

REPOSITORY = Path(__file__).parents[2]

GOOD = """
course: Deep learning
exercises:
  - id: exercise-03
    title: Gradients
    files: [gradients.py]
    points: 10
"""


def write(folder: Path, data: str | bytes) -> Path:
    """Write a gradebook.yml and return the root of its course."""
    (folder / "gradebook.yml").write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def problems(folder: Path, data: str) -> list[str]:
    """Load a gradebook that has problems, and return them line by line."""
    with pytest.raises(CourseError) as caught:
        load(write(folder, data))
    return str(caught.value).split("\n")


def with_key(key: str, value: str) -> str:
    """Write the good gradebook with this key in line 8, in place of the one it had."""
    lines = ["" if line.startswith(f"    {key}:") else line for line in GOOD.splitlines()]
    return "\n".join([*lines, f"    {key}: {value}"])


def read_limits(folder: Path, written: str) -> Limits:
    """Load a gradebook whose one exercise has these limits."""
    return load(write(folder, with_key("limits", written))).exercises[0].limits


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the many examples of a property."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of three exercises with its trees on the disk, save one that a student lacks."""
    text = "course: C\nexercises:\n"
    for number in (1, 3, 12):
        text += f"- {{id: exercise-{number:02d}, title: T, files: [a.py], points: 1}}\n"
        for tree, name in (("exercises", "a.py"), ("tests", "test_a.py")):
            (tmp_path / tree / f"exercise-{number:02d}").mkdir(parents=True)
            (tmp_path / tree / f"exercise-{number:02d}" / name).touch()
    return load(write(tmp_path, text))


def test_the_course_of_this_repository_loads() -> None:
    """The lesson's five exercises have the ids, titles, files and points that were agreed."""
    course = load(REPOSITORY)
    rows = [(e.id, e.title, e.files, e.points, e.due) for e in course.exercises]

    assert course.title == "PyTorch from Zero"
    assert rows[:5] == [
        ("exercise-01", "Creating tensors", ("tensors.py",), 6, None),
        ("exercise-02", "Operations", ("operations.py",), 8, None),
        ("exercise-03", "Gradients", ("gradients.py",), 10, None),
        ("exercise-04", "Training loop", ("training.py",), 12, None),
        ("exercise-05", "nn.Linear", ("linear.py",), 10, None),
    ]


def test_every_key_reaches_its_record(tmp_path: Path) -> None:
    """A gradebook that uses every key becomes the records that it describes."""
    course = load(
        write(
            tmp_path,
            """
course: Deep learning, autumn
seed: 20
limits: {memory: 512 MiB, output: 128 KiB}
isolation: check
exercises:
  - id: exercise-11
    title: Scaled dot-product attention
    files: [attention.py, masks.py]
    points: 2.5
    hidden: 5
    due: 2026-10-12 23:59 Europe/Berlin
    late: 10 % a day, 3 days at most
    limits: {time: 20 s, wall: 3 min, load: 500 ms, memory: 1.5 GiB, open files: 100}
    isolation: submission
""",
        )
    )
    limits = Limits(
        time_s=20.0,
        wall_s=180.0,
        load_s=0.5,
        memory_bytes=3 << 29,
        output_bytes=128 << 10,
        open_files=100,
    )
    exercise = Exercise(
        id="exercise-11",
        title="Scaled dot-product attention",
        files=("attention.py", "masks.py"),
        points=Fraction(5, 2),
        limits=limits,
        isolation=Isolation.SUBMISSION,
        stub_dir=tmp_path / "exercises" / "exercise-11",
        reference_dir=tmp_path / "solutions" / "exercise-11",
        hidden_dir=tmp_path / "tests" / "exercise-11",
        due="2026-10-12 23:59 Europe/Berlin",
        late="10 % a day, 3 days at most",
        hidden_checks=5,
    )

    assert Course("Deep learning, autumn", tmp_path, (exercise,), seed=20) == course


def test_the_course_gives_defaults_to_its_exercises(tmp_path: Path) -> None:
    """Limits and isolation at the top hold for an exercise that does not name its own."""
    text = "limits: {time: 20 s, memory: 2 GiB}\nisolation: check" + GOOD
    exercise = load(write(tmp_path, text)).exercises[0]

    assert exercise.isolation == Isolation.CHECK
    assert exercise.limits == replace(Limits(), time_s=20.0, wall_s=120.0, memory_bytes=2 << 30)


def test_the_course_gives_its_zone_and_its_rules_to_its_exercises(tmp_path: Path) -> None:
    """Zone, late and counts at the top hold where an exercise is silent; drop is the course's."""
    top = "zone: Europe/Berlin\nlate: 10 % a day\ncounts: last\ndrop: 1\n"
    course = load(
        write(
            tmp_path,
            f"course: C\n{top}exercises:\n"
            "- {id: exercise-01, title: A, files: [a.py], points: 1, due: 2026-10-12 23:59}\n"
            "- {id: exercise-02, title: B, files: [b.py], points: 1, due: 2026-10-12}\n"
            "- {id: exercise-03, title: C, files: [c.py], points: 1, "
            "due: 2026-10-12 23:59 Asia/Tokyo, late: not accepted, counts: first}\n",
        )
    )

    assert course.drop == 1
    assert [(one.due, one.late, one.counts) for one in course.exercises] == [
        ("2026-10-12 23:59 Europe/Berlin", "10 % a day", "last"),
        ("2026-10-12 Europe/Berlin", "10 % a day", "last"),
        ("2026-10-12 23:59 Asia/Tokyo", "not accepted", "first"),
    ]


@pytest.mark.parametrize(
    ("top", "told"),
    [
        (
            "zone: Berlin",
            "1:7: zone is 'Berlin'; write the name of a time zone such as Europe/Berlin",
        ),
        ("drop: -1", "1:7: drop is '-1'; write a whole number such as 1"),
        ("drop: 100", "1:7: drop is 100; write a whole number from 0 to 99"),
    ],
)
def test_a_rule_of_the_course_that_does_not_fit_is_told(
    tmp_path: Path, top: str, told: str
) -> None:
    """A zone that there is not, or a number that drops too many, is told with its place."""
    assert problems(tmp_path, top + GOOD) == [f"gradebook.yml:{told}"]


ACTION = "write OWNER/REPO@REF, such as ada/grader@v1"


@pytest.mark.parametrize(
    "action",
    ["ada/grader@v1", "a-b/c.d_e@main", "ada/grader/grade@0f3a", "ada/grader@release/2.1", "a/b@1"],
)
def test_the_action_is_kept(tmp_path: Path, action: str) -> None:
    """Which Action grades in students' repositories is a name as GitHub has it."""
    assert load(write(tmp_path, f"action: {action}{GOOD}")).action == action


@pytest.mark.parametrize(
    "action",
    ["grader", "ada/grader", "ada@v1", "ada/grader@", "./here", "ada/../x@v1", "ada/grader@a..b",
     "ada/grader@v1 x", "-ada/grader@v1", "https://github.com/ada/grader", "ada/grader@${{x}}",
     "ada//grader@v1", "ada/grader@v1;x"],
)  # fmt: skip
def test_an_action_that_is_none_is_told(tmp_path: Path, action: str) -> None:
    """What GitHub would not take for an Action is told with its place and what to write."""
    assert problems(tmp_path, f"action: '{action}'{GOOD}") == [
        f"gradebook.yml:1:9: action is {action!r}; {ACTION}"
    ]


@pytest.mark.parametrize(
    ("written", "wall_s"),
    [("{time: 1 s}", 60.0), ("{time: 30 s}", 180.0), ("{time: 30 s, wall: 40 s}", 40.0)],
)
def test_wall_time_follows_time(tmp_path: Path, written: str, wall_s: float) -> None:
    """Wall time that nobody names is six times `time`, and 60 s at least."""
    assert wall_s == read_limits(tmp_path, written).wall_s


@pytest.mark.parametrize("title", ["no", "012", "1:30", "2026-10-12", "1e3", "'no'", '"0x10"'])
def test_a_text_is_what_is_written(tmp_path: Path, title: str) -> None:
    """Words that YAML 1.1 takes for truth values, octal numbers or dates stay text."""
    course = load(write(tmp_path, with_key("title", title)))

    assert title.strip("'\"") == course.exercises[0].title


NUMBER = "write a number such as 8 or 2.5"
FILES = "write a list of file names such as [tensors.py]"
NAMES = "write bare names of letters, digits and _ that end in .py"
DATE = "write a date as 2026-10-12 or 2026-10-12 23:59 Europe/Berlin"
LATE = "write 10 % a day, 3 days at most, 15 min grace, or a part of it; or not accepted"
TIME = "write a time with its unit, such as 20 s, 500 ms or 2 min"
SIZE = "write a size with its unit, such as 1 GiB, 512 MiB or 64 KiB"
KEYS = "one of id, title, files, points, hidden, due, late, counts, limits, isolation"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("points", "8p", f"is '8p'; {NUMBER}"),
        ("points", "012", f"is '012'; {NUMBER}"),
        ("points", "1:30", f"is '1:30'; {NUMBER}"),
        ("points", "1_0", f"is '1_0'; {NUMBER}"),
        ("points", ".nan", f"is '.nan'; {NUMBER}"),
        ("points", "no", f"is 'no'; {NUMBER}"),
        ("points", "[8]", f"is a list; {NUMBER}"),
        ("points", "'8'", f"is '8' in quotes; {NUMBER}, without quotes"),
        ("points", "-2", "is -2; write a number above 0 and up to 100000"),
        ("points", "0", "is 0; write a number above 0 and up to 100000"),
        ("points", "100000.01", "is 100000.01; write a number above 0 and up to 100000"),
        ("points", "0.125", "is 0.125; write at most two decimals, such as 2.5"),
        ("title", "~", "is '~'; write one line of text"),
        ("title", "{a: b}", "is a map; write one line of text"),
        ("title", '"a\\nb"', "is 'a\\nb'; write one line of text"),
        ("title", '" "', "is ' '; write one line of text"),
        ("title", "x" * 201, "has 201 letters; write at most 200"),
        ("files", "gradients.py", f"is 'gradients.py'; {FILES}"),
        ("files", "[]", f"is an empty list; {FILES}"),
        ("files", str([f"f{n}.py" for n in range(33)]), "has 33 names; write at most 32"),
        ("due", "2026-02-30", f"is '2026-02-30'; {DATE}"),
        ("due", "2026-10-12 23:59", f"is '2026-10-12 23:59'; {DATE}"),
        ("due", "2026-10-12 24:00 Europe/Rome", f"is '2026-10-12 24:00 Europe/Rome'; {DATE}"),
        ("isolation", "no", "is 'no'; write submission or check"),
        ("due", "2026-10-12 23:59 Europe/Bern", f"is '2026-10-12 23:59 Europe/Bern'; {DATE}"),
        ("late", "10 a day", f"is '10 a day'; {LATE}"),
        ("late", "10 % a day, 5 % an hour", f"is '10 % a day, 5 % an hour'; {LATE}"),
        ("late", "120 % a day", f"is '120 % a day'; {LATE}"),
        ("counts", "newest", "is 'newest'; write best, last or first"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_its_place(
    tmp_path: Path, key: str, value: str, told: str
) -> None:
    """A value that cannot stand where it does is told with line, column, key and a remedy."""
    lines = problems(tmp_path, with_key(key, value))

    assert lines == [f"gradebook.yml:8:{len(key) + 7}: exercise-03: {key} {told}"]


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("time", "20", f"is 20, which has no unit (ms, s, min, h); {TIME}"),
        ("load", "2 sec", f"is '2 sec', and 'sec' is no unit (ms, s, min, h); {TIME}"),
        ("time", "1:30", f"is '1:30'; {TIME}"),
        ("time", "0 s", "is '0 s'; write a time above 0 s and up to 24 h"),
        ("wall", "25 h", "is '25 h'; write a time above 0 s and up to 24 h"),
        ("memory", "1 GB", f"is '1 GB', and 'GB' is no unit (KiB, MiB, GiB); {SIZE}"),
        ("output", "2000 GiB", "is '2000 GiB'; write a size from 1 KiB to 1024 GiB"),
        ("output", "1.0001 KiB", "is '1.0001 KiB', which is no whole number of bytes"),
        ("open files", "4", "is 4; write a whole number from 8 to 65536"),
    ],
)
def test_a_limit_that_does_not_fit_is_told_with_its_place(
    tmp_path: Path, key: str, value: str, told: str
) -> None:
    """A limit without its unit, or out of its range, is told with what to write."""
    lines = problems(tmp_path, with_key("limits", f"{{{key}: {value}}}"))

    assert lines == [f"gradebook.yml:8:{len(key) + 16}: exercise-03: limits: {key} {told}"]


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        (
            "files",
            "[a.py, ../b.py]",
            f"19: exercise-03: files has an entry that is '../b.py'; {NAMES}",
        ),
        ("files", "[[a.py]]", f"13: exercise-03: files has an entry that is a list; {NAMES}"),
        ("files", "[a.py, A.py]", "19: exercise-03: files has 'A.py' twice; keep one"),
        ("title", "", "11: exercise-03: title is empty; write one line of text"),
        (
            "limits",
            "20 s",
            "13: exercise-03: limits is '20 s'; write a map with the keys time, wall, load, "
            "memory, output, open files",
        ),
        (
            "limits",
            "{time: 2 min, wall: 30 s}",
            "13: exercise-03: limits: wall is 30 s, less than time, 120 s; write 120 s or more "
            "for wall",
        ),
        (
            "tittle",
            "x",
            f"5: exercise-03: the key 'tittle' is not known; did you mean title? Or {KEYS}",
        ),
        ("<<", "{title: x}", f"5: exercise-03: the key '<<' is not known; write {KEYS}"),
    ],
)
def test_a_problem_inside_a_value_is_told_with_its_place(
    tmp_path: Path, key: str, value: str, told: str
) -> None:
    """An entry, a map or a key at fault is shown where it stands itself."""
    lines = problems(tmp_path, with_key(key, value))

    assert lines == [f"gradebook.yml:8:{told}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "- a\n",
            "1:1: the file is a list; write a map with the keys course, seed, late, counts, "
            "limits, isolation, drop, zone, action, exercises",
        ),
        (
            "course: C\nexercises: []\n",
            "2:12: exercises is an empty list; write a list of exercises, each with id, title, "
            "files and points",
        ),
        ("seed: -1" + GOOD, "1:7: seed is '-1'; write a whole number such as 20"),
        (
            f"seed: {1 << 63}{GOOD}",
            f"1:7: seed is {1 << 63}; write a whole number from 0 to {(1 << 63) - 1}",
        ),
        (
            GOOD + "  - 3\n",
            "8:5: exercise 2 of the list is '3'; write a map with the keys id, title, files, "
            "points, hidden, due, late, counts, limits, isolation",
        ),
        (
            GOOD + "  - {id: exercise-03, title: T, files: [a.py], points: 1}\n",
            "8:5: exercise-03 is here twice, first in line 4; keep one",
        ),
        (
            GOOD.replace("exercise-03", "exercise-3"),
            "4:9: exercise 1 of the list: id is 'exercise-3'; write exercise- and two digits, such "
            "as exercise-03",
        ),
    ],
)
def test_a_problem_of_the_course_is_told_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    """What is wrong above the exercises is told as well as what is wrong in them."""
    told = problems(tmp_path, text)

    assert [f"gradebook.yml:{message}"] == told


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Each problem has its own line, in the order of the file."""
    text = "sead: 1\nexercises:\n  - id: exercise-03\n    points: x\n    points: 2\n"

    assert problems(tmp_path, text) == [
        "gradebook.yml:1:1: course is missing; write the title of the course on one line",
        "gradebook.yml:1:1: the key 'sead' is not known; did you mean seed? Or one of course, "
        "seed, late, counts, limits, isolation, drop, zone, action, exercises",
        "gradebook.yml:3:5: exercise-03: files is missing; write a list of file names such as "
        "[tensors.py]",
        "gradebook.yml:3:5: exercise-03: title is missing; write one line of text",
        "gradebook.yml:4:13: exercise-03: points is 'x'; write a number such as 8 or 2.5",
        "gradebook.yml:5:5: exercise-03: points is here twice, first in line 4; keep one",
    ]


def test_the_root_is_the_nearest_folder_with_a_gradebook(tmp_path: Path) -> None:
    """From deep in a course the way leads up to the nearest gradebook.yml, and no further."""
    write(tmp_path, GOOD)
    inner = tmp_path / "a" / "inner"
    (inner / "b" / "c").mkdir(parents=True)
    write(inner, GOOD)

    assert inner == find_root(inner / "b" / "c" / "x.py")
    assert inner == find_root(inner)
    assert tmp_path == find_root(tmp_path / "a")


def test_a_folder_of_that_name_is_no_gradebook(tmp_path: Path) -> None:
    """A folder called gradebook.yml does not make a course."""
    (tmp_path / "gradebook.yml").mkdir()
    with pytest.raises(CourseError) as caught:
        find_root(tmp_path)

    assert str(caught.value) == (
        f"there is no gradebook.yml in {tmp_path} or in a folder above it; "
        "change to the folder of a course"
    )


@pytest.mark.parametrize(
    "word",
    ["3", "03", "ex3", "ex03", "EX3", "exercise-3", "exercise-03", "Exercise-03", "exercise3"],
)
def test_a_number_means_its_exercise(course: Course, word: str) -> None:
    """Every common way to write the number of an exercise finds it, wherever one stands."""
    assert find_exercise(course, word, Path("/")).id == "exercise-03"


@pytest.mark.parametrize(
    ("cwd", "word"),
    [
        (".", "exercises/exercise-03"),
        (".", "./exercises/exercise-03/"),
        ("tests", "exercise-03/test_a.py"),
        ("exercises/exercise-03", "."),
        ("exercises/exercise-03", "a.py"),
        ("exercises/exercise-01", "../exercise-03"),
        ("exercises/exercise-03", None),
        ("tests/exercise-03", None),
    ],
)
def test_a_path_means_its_exercise(course: Course, cwd: str, word: str | None) -> None:
    """The folder of an exercise in any tree, or a file in it, finds it; so does standing there."""
    assert find_exercise(course, word, course.root / cwd).id == "exercise-03"


def test_an_absolute_path_means_its_exercise(course: Course) -> None:
    """A path from the root of the machine works from anywhere."""
    word = str(course.root / "tests" / "exercise-12")

    assert find_exercise(course, word, Path("/")).id == "exercise-12"


def test_a_path_through_a_link_means_its_exercise(course: Course, tmp_path: Path) -> None:
    """A link to the course changes nothing about what a path means."""
    link = tmp_path / "link"
    link.symlink_to(course.root / "exercises")

    assert find_exercise(course, "link/exercise-01/a.py", tmp_path).id == "exercise-01"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (
            "exersice-03",
            'there is no exercise "exersice-03" in this course; did you mean exercise-03? ',
        ),
        ("4", 'there is no exercise "4" in this course. '),
        (
            "exercise-003",
            'there is no exercise "exercise-003" in this course; did you mean exercise-03? ',
        ),
        ("", 'there is no exercise "" in this course. '),
        (
            "exercises/exercise-03b/",
            'there is no exercise "exercises/exercise-03b/" in this '
            "course; did you mean exercise-03? ",
        ),
        (
            "exercises",
            'there is no exercise "exercises" in this course; did you mean exercise-12? ',
        ),
        ("a\0\n", 'there is no exercise "a\\x00\\n" in this course. '),
        ("\ud800", 'there is no exercise "\\ud800" in this course. '),
        ("/" * 5000, f'there is no exercise "{"/" * 59}…" in this course. '),
    ],
)
def test_an_unknown_word_is_refused_with_a_guess(course: Course, word: str, message: str) -> None:
    """A word that means no exercise is shown, the nearest id is offered, and all are listed."""
    with pytest.raises(CourseError) as caught:
        find_exercise(course, word, course.root)

    assert str(caught.value) == message + "The course has: exercise-01, exercise-03, exercise-12"


@pytest.mark.parametrize("word", ["exercise-77", "valeus", "b.py"])
def test_a_word_that_names_nothing_is_no_path(course: Course, word: str) -> None:
    """Within an exercise's folder, a word that names nothing there does not mean the exercise."""
    with pytest.raises(CourseError, match=f'there is no exercise "{word}" in this course'):
        find_exercise(course, word, course.root / "exercises" / "exercise-03")


def test_no_word_outside_an_exercise_is_refused(course: Course) -> None:
    """Without a word, and standing in no exercise, the exercises are listed."""
    with pytest.raises(CourseError) as caught:
        find_exercise(course, None, course.root)

    assert str(caught.value) == (
        f"no exercise is named, and {course.root} belongs to none. "
        "The course has: exercise-01, exercise-03, exercise-12"
    )


@given(
    number=st.integers(1, 10**6),
    decimals=st.integers(0, 3),
    unit=st.sampled_from([("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000)]),
)
@settings(max_examples=100, deadline=None)
def test_times_round_trip(scratch: Path, number: int, decimals: int, unit: tuple[str, int]) -> None:
    """A time that is written with any unit and up to three decimals is read as its seconds."""
    name, milliseconds = unit
    exact = Fraction(number, 10**decimals)
    text = f"{number // 10**decimals}.{number % 10**decimals:0{decimals}d}" if decimals else number
    seconds = exact * milliseconds / 1000
    if seconds > 24 * 3600:
        assert "up to 24 h" in problems(scratch, with_key("limits", f"{{load: {text} {name}}}"))[0]
    else:
        assert float(seconds) == read_limits(scratch, f"{{load: {text} {name}}}").load_s


@given(count=st.integers(1, 1 << 20), unit=st.sampled_from([("KiB", 10), ("MiB", 20)]))
@settings(max_examples=100, deadline=None)
def test_sizes_round_trip(scratch: Path, count: int, unit: tuple[str, int]) -> None:
    """A size that is written with its unit is read as its bytes."""
    limits = read_limits(scratch, f"{{memory: {count}{unit[0]}}}")

    assert count << unit[1] == limits.memory_bytes


@given(hundredths=st.integers(1, 10_000_000))
@settings(max_examples=100, deadline=None)
def test_points_round_trip(scratch: Path, hundredths: int) -> None:
    """Points with two decimals are read exactly."""
    text = with_key("points", f"{hundredths // 100}.{hundredths % 100:02d}")
    course = load(write(scratch, text))

    assert Fraction(hundredths, 100) == course.exercises[0].points


LINES = st.sampled_from(
    [
        *GOOD.splitlines(),
        "  - ",
        "seed: 012",
        "limits: {time: 1 s}",
        "    due: 2026-10-12",
        "<<: *a",
    ]
)


@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=12).map(
            lambda lines: "\n".join(lines).encode()
        ),
    )
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_course_or_a_course_error(scratch: Path, data: bytes) -> None:
    """Whatever stands in gradebook.yml, there is a course or a CourseError, and nothing else."""
    try:
        told = load(write(scratch, data)).exercises[0].id
    except CourseError as error:
        told = str(error)

    assert told.startswith(("exercise-", "gradebook.yml:"))


@given(word=st.one_of(st.text(max_size=40), st.from_regex(r"(ex)?(ercise)?-?[0-9]{1,3}")))
@settings(max_examples=300, deadline=None)
def test_any_word_is_an_exercise_or_a_course_error(scratch: Path, word: str) -> None:
    """Whatever the word, there is an exercise or a sentence on one line."""
    course = load(write(scratch, GOOD))
    try:
        told = find_exercise(course, word, scratch).id
    except CourseError as error:
        told = str(error)

    assert told == "exercise-03" or told.startswith('there is no exercise "')
    assert "\n" not in told
