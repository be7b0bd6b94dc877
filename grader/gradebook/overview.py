"""A class, or one student, over a course: what the reports show, worked out of the gradebook.

Scores are those of `standings`: with lateness, marks, overrides and extensions, as the policies are
today. What is told of checks and mistakes is of the attempts that count, one a student.
"""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader import items
from grader.errors import CourseError
from grader.gradebook import queries, tallies
from grader.gradebook.standing import Standing, total
from grader.gradebook.standings import standings
from grader.gradebook.store import Gradebook
from grader.gradebook.tallies import Entry, Tally
from grader.policy import share
from grader.records import Course, Diagnosis, Exercise, Outcome
from grader.reports.overview import (
    CheckFigures,
    ExerciseFigures,
    MistakeFigures,
    Overview,
    Part,
    Row,
    StudentOverview,
    Tried,
)


@dataclass(frozen=True)
class _Words:
    """What the checks of an exercise say: in which attempt to look, and what stands there."""

    examples: Mapping[tuple[str, str | None], int]
    said: Mapping[tuple[int, str], tallies.Told]

    def of(self, check: str, mistake: str | None = None) -> tallies.Told:
        """Give the words of a check, or of a mistake at a check."""
        return self.said[self.examples[check, mistake], check]


def of_class(book: Gradebook, course: Course, exercises: Sequence[Exercise]) -> Overview:
    """Work out what a class has in some exercises of a course.

    Raises:
        StoreError: the database refuses.
    """
    only = exercises[0].id if len(exercises) == 1 else None
    found = standings(book, exercises, queries.handed_in(book, only))
    tallied = tallies.tallies(book, only)
    count = len(exercises)
    by_exercise = [found[place::count] for place in range(count)]
    counting = [_counting(mine, tallied) for mine in by_exercise]
    # Words are read of one attempt for each check and each mistake: they are the same in all.
    examples = [_examples(each) for each in counting]
    said = tallies.lines(book, (number for each in examples for number in each.values()))
    return Overview(
        course.title,
        tuple(
            _exercise(exercise, mine, counting[place], _Words(examples[place], said))
            for place, (exercise, mine) in enumerate(zip(exercises, by_exercise, strict=True))
        ),
        tuple(tallies.ungraded(book, [exercise.id for exercise in exercises])),
        tuple(
            _row(found[start : start + count], course.drop if len(exercises) > 1 else 0)
            for start in range(0, len(found), count)
        ),
    )


def of_student(
    book: Gradebook, course: Course, exercises: Sequence[Exercise], student: str
) -> StudentOverview:
    """Work out what one student has in some exercises of a course.

    Raises:
        CourseError: there is no such student.
        StoreError: the database refuses.
    """
    names = tallies.names(book)
    if student not in names:
        near = difflib.get_close_matches(student, names, n=1)
        hint = f"did you mean {near[0]}?" if near else "write the key as grade report shows it"
        raise CourseError(f'there is no student "{student}" in the gradebook {book.name}; {hint}')
    mine = [each for each in standings(book, exercises) if each.student == student]
    numbers = [each.chosen.attempt for each in mine if each.chosen and each.chosen.attempt]
    attempts = {kept.number: kept.attempt for kept in queries.attempts(book, numbers)}
    entries = tallies.entries(book, student)
    parts = []
    for exercise, each in zip(exercises, mine, strict=True):
        number = each.chosen.attempt if each.chosen else None
        parts.append(
            Part(
                exercise.id,
                exercise.title,
                each.score,
                {key: text for key, text in each.made_of().items() if key != "possible"},
                attempts.get(number) if number else None,
                tuple(_tried(one, number) for one in entries if one.exercise == exercise.id),
            )
        )
    whole = total(student, mine, course.drop if len(exercises) > 1 else 0)
    return StudentOverview(student, names[student], tuple(parts), whole.score, whole.dropped)


def _tried(one: Entry, counting: int | None) -> Tried:
    return Tried(one.number, one.submitted_at, one.score, one.number == counting)


def _row(mine: Sequence[Standing], drop: int) -> Row:
    """Give a student's line; what is open counts 0 in the total, which is then undecided."""
    scores = tuple(None if each.is_absent else each.score for each in mine)
    return Row(mine[0].student, scores, total(mine[0].student, mine, drop).score)


def _counting(mine: Sequence[Standing], tallied: Mapping[int, Tally]) -> dict[str, Tally]:
    """Choose the attempts that count, by student."""
    found = ((each, tallied.get(each.chosen.attempt or 0)) for each in mine if each.chosen)
    return {each.student: tally for each, tally in found if tally is not None}


def _examples(counting: Mapping[str, Tally]) -> dict[tuple[str, str | None], int]:
    """Name, by check and mistake, the newest attempt that has it."""
    found: dict[tuple[str, str | None], int] = {}
    for tally in sorted(counting.values(), key=lambda each: each.attempt):
        for line in tally.lines:
            found[line[0], line[4]] = found[line[0], None] = tally.attempt
    return found


def _exercise(
    exercise: Exercise, mine: Sequence[Standing], counting: Mapping[str, Tally], words: _Words
) -> ExerciseFigures:
    present = [each for each in mine if not each.is_absent]
    scores = [each.score for each in present if each.score.is_decided]
    shares = [share(score.earned, score.possible) for score in scores]
    group = _alike(counting.values())
    slowest = max(counting, key=lambda student: counting[student].seconds, default="")
    return ExerciseFigures(
        id=exercise.id,
        title=exercise.title,
        possible=exercise.points,
        students=len(mine),
        absent=len(mine) - len(present),
        undecided=len(present) - len(scores),
        full=sum(score.earned >= score.possible for score in scores),
        shares=items.spread([float(each) for each in shares]),
        histogram=items.histogram(shares),
        checks=_checks(group, words),
        others=len(counting) - len(group),
        mistakes=_mistakes(counting, words),
        seconds=items.spread([tally.seconds for tally in counting.values()]),
        slowest=slowest,
    )


def _alike(counting: Iterable[Tally]) -> list[Tally]:
    """Choose the attempts that had the same checks: of several sets the commonest, then newest."""
    groups: dict[tuple[tuple[str, int], ...], list[Tally]] = {}
    for tally in counting:
        groups.setdefault(tuple([(line[0], line[3]) for line in tally.lines]), []).append(tally)
    return max(
        groups.values(), key=lambda each: (len(each), max(t.attempt for t in each)), default=[]
    )


def _checks(group: Sequence[Tally], words: _Words) -> tuple[CheckFigures, ...]:
    columns = list(zip(*(tally.lines for tally in group), strict=True))
    ids = [column[0][0] for column in columns]
    earned = {name: [line[2] for line in col] for name, col in zip(ids, columns, strict=True)}
    possible = {name: [line[3] for line in col] for name, col in zip(ids, columns, strict=True)}
    analysed = items.analysis(earned, possible)
    return tuple(
        CheckFigures(
            name,
            words.of(name).title,
            Fraction(column[0][3], 100),
            analysed[name],
            {Outcome(how): n for how, n in Counter([line[1] for line in column]).most_common()},
        )
        for name, column in zip(ids, columns, strict=True)
    )


def _mistakes(counting: Mapping[str, Tally], words: _Words) -> tuple[MistakeFigures, ...]:
    """Count students by what they were told; the most frequent first, equal ones by their ids."""
    students: Counter[str] = Counter()
    checks: dict[str, Counter[str]] = {}
    for tally in counting.values():
        mine = {(line[4], line[0]) for line in tally.lines if line[4] is not None}
        students.update({mistake for mistake, _ in mine})
        for mistake, check in mine:
            checks.setdefault(mistake, Counter())[check] += 1
    found = []
    for mistake, count in sorted(students.items(), key=lambda pair: (-pair[1], pair[0])):
        where = tuple(sorted(checks[mistake], key=lambda check: (-checks[mistake][check], check)))
        told = words.of(where[0], mistake).diagnosis
        found.append(MistakeFigures(told or Diagnosis(mistake, ""), where, count))
    return tuple(found)
