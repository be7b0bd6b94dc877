"""The README.md of a students' repository: set-up, how to work, what there is and what is hidden.

A teacher who wants another one writes `exercises/README.md`; that one leaves in its place.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from grader import marks
from grader.records import Course, Exercise, points_text
from grader.release.book import total

_ACTION = re.compile(r"([^/@]+/[^/@]+)((?:/[^/@]+)*)@(.+)")

# What Markdown, as GitHub writes it, gives a meaning to within a line.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$&#!@])")

_SET_UP = """\
You need Python 3.11 or newer, and Linux; on Windows, WSL2, which is Linux. In this folder:

```sh
python3 -m venv .venv && . .venv/bin/activate
pip install {package}
```

That brings PyTorch with it. A CPU is all that you need: if pip starts to fetch packages named
`nvidia-…`, stop it, install the CPU build as [pytorch.org](https://pytorch.org/get-started/locally/)
shows, and go on.
"""

_ASK = """\
You need Python 3.11 or newer, and Linux; on Windows, WSL2, which is Linux. Install the program
`grade` as whoever gave you this repository says. It is there when this answers:

```sh
grade --version
```
"""

_WORK = """\
## How to work

Read the exercise's README.md, open the file beside it, and replace each
`raise NotImplementedError`; or work in the notebook beside it, where there is one. Then ask for
your score:

| type | to see |
|---|---|
| `grade` | where you stand, and what is next |
| `grade {first}` | each check, what was seen and what to do; `grade 1` means the same |
| `grade watch {first}` | the same again at each save |
| `grade hint {first}` | one more hint than last time |
| `grade reset {first}` | the stub again; what you wrote is kept beside it |
"""


def text(course: Course, hidden: Mapping[str, int], *, is_pushed: bool) -> str:
    """Write it.

    Args:
        course: the teacher's.
        hidden: how many checks are tried at submission only, by exercise.
        is_pushed: whether a workflow grades what is pushed.
    """
    count = len(course.exercises)
    exercises = "1 exercise" if count == 1 else f"{count} exercises"
    each = "It lies" if count == 1 else "Each lies"
    parts = [
        f"# {_escaped(course.title)}\n",
        f"{exercises}, {points(total(course))}. {each} in a folder of its own in `exercises/`:\n"
        "a README.md that says what is asked, the file to write in, and checks that tell you at\n"
        "once how it went.\n",
        "## Set-up\n",
        _SET_UP.replace("{package}", _package(course.action)) if course.action else _ASK,
        _WORK.replace("{first}", course.exercises[0].id),
        "## The exercises\n",
        "\n".join(_table(course)) + "\n",
        *_rules(course),
        "## What is hidden\n",
        _hidden(course, hidden, is_pushed=is_pushed),
    ]
    return "\n".join(parts)


def _package(action: str) -> str:
    match = _ACTION.fullmatch(action)
    assert match is not None
    folder = f"#subdirectory={match[2][1:]}" if match[2] else ""
    return f"'pytorch-grader @ git+https://github.com/{match[1]}@{match[3]}{folder}'"


def _table(course: Course) -> Iterator[str]:
    has_due = any(each.due for each in course.exercises)
    yield "| exercise | points | of which here |" + (" due |" if has_due else "")
    yield "|---|---:|---:|" + ("---|" if has_due else "")
    for each in course.exercises:
        name = f"[{each.id}](exercises/{each.id}/README.md) {_escaped(each.title)}"
        here = marks.worth(each.stub_dir)
        shown = "–" if here is None else points_text(here)
        row = f"| {name} | {points_text(each.points)} | {shown} |"
        yield row + (f" {each.due or '–'} |" if has_due else "")


def _rules(course: Course) -> Iterator[str]:
    """Tell what lateness costs, which submission counts, and how many exercises do not."""
    late = _said([(each, each.late) for each in course.exercises if each.due])
    counts = _said([(each, each.counts) for each in course.exercises])
    lines = [f"Late: {rule}{where}." for rule, where in late.items()]
    if set(counts) != {"best"}:
        lines += [f"Of several submissions the {word} one counts{where}." for word, where in
                  counts.items()]  # fmt: skip
    if course.drop:
        lines += [f"The weakest {'exercise' if course.drop == 1 else f'{course.drop} exercises'} "
                  f"of each student {'does' if course.drop == 1 else 'do'} not count."]  # fmt: skip
    if lines:
        yield "\n".join(lines) + "\n"


def _said(pairs: list[tuple[Exercise, str | None]]) -> dict[str, str]:
    """Group exercises by a word; the second is "" where all of them have it."""
    found: dict[str, list[str]] = {}
    for exercise, word in pairs:
        if word:
            found.setdefault(word, []).append(exercise.id)
    return {
        word: "" if len(ids) == len(pairs) else f" ({', '.join(ids)})"
        for word, ids in found.items()
    }


def _hidden(course: Course, hidden: Mapping[str, int], *, is_pushed: bool) -> str:
    count = sum(hidden.values())
    here = [marks.worth(each.stub_dir) for each in course.exercises]
    if not count:
        return "Nothing: every check is here, to be read and to be run.\n"
    known = sum((points for points in here if points is not None), Fraction(0))
    rest = total(course) - known
    worth = f", worth {points(rest)}," if None not in here else ""
    checks = "1 more check" if count == 1 else f"{count} more checks"
    verb = "is" if count == 1 else "are"
    pushed = " What you push is graded." if is_pushed else ""
    return (
        f"The checks that lie in `exercises/` can be read. {checks}{worth} {verb} tried at\n"
        f"submission, with other numbers and other shapes.{pushed}\n"
    )


def points(count: Fraction) -> str:
    """Write points with their noun: "1 point", "2.5 points"."""
    return f"{points_text(count)} point{'' if count == 1 else 's'}"


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words)
