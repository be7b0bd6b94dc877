"""What a class handed in, graded into a gradebook that loses nothing.

`judges` grades; here it is decided who is to be graded at all, and each result is kept. What is
graded is in the gradebook, on the disk, before anybody hears of it, so a batch that was killed is
simply started again: what has been graded under the same checks, environment and seed is not run
twice.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grader import intake
from grader.errors import SubmissionError
from grader.gradebook import queries
from grader.gradebook.standings import standings
from grader.gradebook.store import Gradebook
from grader.intake import Handed
from grader.judges import Graded, Job, Judges, Settings
from grader.records import Attempt, Exercise, Submission

# Of attempts that are read from the gradebook at a time.
_PAGE = 200

# A student, an exercise, the digest of the files, and when they were handed in.
_Key = tuple[str, str, str, datetime | None]


def grade(
    settings: Settings, exercises: Sequence[Exercise], jobs: Iterable[Job]
) -> Iterator[Graded]:
    """Grade references, then jobs as they come; each result as it is there, in no certain order.

    Raises:
        CourseError: a reference does not earn every point, or the checks change meanwhile.
        SandboxError: our machinery fails for everybody.
    """
    with Judges(settings) as judges:
        yield from judges.grade(jobs, judges.references(exercises))


@dataclass(frozen=True)
class Result:
    """One result that is in the gradebook; `is_new` if this batch has made it."""

    student: str
    attempt: Attempt
    why: str = ""
    is_new: bool = True


@dataclass
class Batch:
    """What a class handed in, on its way into the gradebook.

    `unread` are submissions whose files cannot be taken in, each with the reason; `todo` is how
    many are to be graded, known once the first result is there.
    """

    exercises: Sequence[Exercise]
    handed: Sequence[Handed]
    book: Gradebook
    is_regrade: bool = False
    detail: str = ""
    todo: int = 0
    unread: list[tuple[Handed, str]] = field(default_factory=list)

    def results(self, judges: Judges) -> Generator[Result]:
        """Give what is known already, then grade the rest; each result once it is kept.

        Raises:
            CourseError: a reference does not earn every point; nothing was begun.
            SandboxError: our machinery fails for everybody; what was given is kept.
            StoreError: the gradebook refuses; what was given is kept.
        """
        references = judges.references(self._meant())
        run = self._unfinished(references) if self.is_regrade else None
        known = self._known(references, run)
        numbers, todo = self._sorted(known)
        self.todo = len(todo)
        for start in range(0, len(numbers), _PAGE):
            for kept in queries.attempts(self.book, numbers[start : start + _PAGE]):
                yield Result(kept.student, kept.attempt, is_new=False)
        if todo:
            run = self.book.begin_run("batch", self.detail) if run is None else run
            for graded in judges.grade(self._jobs(todo), references):
                job = graded.job
                self.book.keep(graded.attempt, job.student, job.submitted_at, run=run)
                yield Result(job.student, graded.attempt, graded.why)
        if run is not None:
            self.book.end_run(run)
        self.book.tell(standings(self.book, self._meant()))

    def _meant(self) -> list[Exercise]:
        there = {handed.exercise for handed in self.handed}
        return [exercise for exercise in self.exercises if exercise.id in there]

    def _known(self, references: Mapping[str, Attempt], run: int | None) -> Mapping[_Key, int]:
        """List what need not be run: the numbers of attempts by what was handed in."""
        if run is not None:
            return {
                (
                    one.student,
                    one.attempt.exercise,
                    one.attempt.digest,
                    one.submitted_at,
                ): one.number
                for one in queries.attempts(self.book, run=run)
                if one.attempt.score.is_decided
            }
        return {
            (one.student, exercise, one.digest, one.submitted_at): one.number
            for exercise, reference in references.items()
            if not self.is_regrade
            for one in queries.results(self.book, exercise, reference.environment)
        }

    def _unfinished(self, references: Mapping[str, Attempt]) -> int | None:
        """Find the regrade of the same that was stopped, if all of it was under these checks."""
        run = queries.unfinished(self.book, "batch", self.detail)
        if run is None:
            return None
        wanted = {exercise: each.environment for exercise, each in references.items()}
        kept = queries.attempts(self.book, run=run)
        is_same = all(wanted.get(one.attempt.exercise) == one.attempt.environment for one in kept)
        return run if is_same else None

    def _sorted(self, known: Mapping[_Key, int]) -> tuple[list[int], list[Handed]]:
        """Tell apart what is known and what is to be graded."""
        numbers, todo = [], []
        for handed, submission in self._readable(self.handed):
            key = (handed.student, handed.exercise, submission.digest, handed.submitted_at)
            if key in known:
                numbers.append(known[key])
            else:
                todo.append(handed)
        return numbers, todo

    def _jobs(self, todo: Sequence[Handed]) -> Iterator[Job]:
        by_id = {exercise.id: exercise for exercise in self.exercises}
        for handed, submission in self._readable(todo):
            yield Job(handed.student, by_id[handed.exercise], submission, handed.submitted_at)

    def _readable(self, all_handed: Sequence[Handed]) -> Iterator[tuple[Handed, Submission]]:
        """Take in one after another; texts are not kept, whatever the size of the class."""
        by_id = {exercise.id: exercise for exercise in self.exercises}
        for handed in all_handed:
            try:
                yield handed, intake.read(handed, by_id[handed.exercise])
            except SubmissionError as error:
                self.unread.append((handed, str(error).removeprefix(f"{handed.path}: ")))
