"""What an exercise's author knows: the reference, and the mistakes that students make.

Both are code, both are trusted, and both can be put in the student's place. The mistakes are read
when a check has failed and not before, so a right submission does not pay for them.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType

import pytest

from grader import mistakes, residue
from grader.errors import CourseError
from grader.fixtures import load_files, merged
from grader.mistakes import Mistake
from grader.records import Exercise, Outcome
from grader.replay import Match, Transcript, nearest, within
from grader.sandbox.raised import StudentError

# Runs a check with somebody in the student's place; what it raised.
Run = Callable[[object], BaseException | None]


@dataclass(frozen=True)
class Control:
    """How a check ended with the reference in the student's place: what it raised, if anything."""

    raised: BaseException | None
    answers: Transcript

    @property
    def is_refusal(self) -> bool:
        """Whether the check refused the reference.

        A check that was skipped has refused nothing, nor has one that ran out of this side's time.
        """
        if isinstance(self.raised, StudentError):
            return self.raised.outcome is Outcome.RAISED
        return self.raised is not None and not isinstance(self.raised, pytest.skip.Exception)


class Known:
    """The reference and the known mistakes of one exercise.

    `prints` are those of the modules that were loaded, each from before anything of it was run.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self.prints: list[tuple[ModuleType, residue.Print | None]] = []

    @cached_property
    def reference(self) -> ModuleType | None:
        """The reference's names, or None in a student's copy of the course."""
        if not self._exercise.reference_dir.is_dir():
            return None
        files = load_files(self._exercise.reference_dir, self._exercise)
        self._keep_prints(files)
        return merged(files, self._exercise)

    def _keep_prints(self, modules: Iterable[ModuleType]) -> None:
        self.prints.extend((module, residue.of([module])) for module in modules)

    @cached_property
    def _mistakes(self) -> dict[str, tuple[Mistake, str, ModuleType]]:
        """Each mistake's mark, its sentence, and the submission that makes it."""
        path = self._exercise.hidden_dir / "mistakes.py"
        if not path.is_file():
            return {}
        source = path.read_text(encoding="utf-8")
        found = {}
        for answer in mistakes.load(path):
            record = getattr(answer, "__mistake__", None)
            if isinstance(record, Mistake):
                text = mistakes.as_submission(self._defining(record.of), source, answer.__name__,
                                              record.of)  # fmt: skip
                sentence = " ".join((answer.__doc__ or "").split())
                found[answer.__name__] = (record, sentence, _executed(answer.__name__, text))
        self._keep_prints(module for _, _, module in found.values())
        return found

    def _defining(self, name: str) -> str:
        """Find the text of the reference's file that defines a name."""
        texts = [
            (self._exercise.reference_dir / file).read_text(encoding="utf-8")
            for file in self._exercise.files
        ]
        return next((t for t in texts if f"def {name}(" in t or f"class {name}" in t), texts[0])

    def control(self, seed: int, run: Run) -> Control | None:
        """Run a check with the reference in the student's place; None if there is no reference."""
        if self.reference is None:
            return None
        student, answers = within(self.reference, seed, vars(self.reference))
        return Control(run(student), answers)

    def name(
        self,
        check: str,
        passed: Container[str],
        transcript: Transcript,
        control: Control,
        *,
        seed: int,
        run: Run,
    ) -> Match:
        """Find the mistake that answers a failed check as the student did, if there is just one.

        Only those are tried that say they lose this check and none that the student has passed.
        """
        assert self.reference is not None
        references = vars(self.reference)

        def played(module: ModuleType) -> Callable[[], Transcript]:
            def play() -> Transcript:
                student, answers = within(module, seed, references)
                let_go(run(student))
                return answers

            return play

        return nearest(
            transcript,
            control.answers,
            {
                name: played(module)
                for name, (record, _, module) in self._mistakes.items()
                if check in record.loses and not any(lost in passed for lost in record.loses)
            },
        )

    def losing(self, check: str) -> dict[str, ModuleType]:
        """Give the mistakes that say they lose a check, each as a module to be put in place."""
        return {
            name: module
            for name, (record, _, module) in self._mistakes.items()
            if check in record.loses
        }

    def sentence(self, mistake: str) -> str:
        """Give what the student is told about a mistake."""
        return self._mistakes[mistake][1]


def let_go(raised: BaseException | None) -> None:
    """Let go of the frames of an exception, once nobody asks it where it came from.

    Some of them hold the exception too, so all their tensors would stay until the collector of
    garbage comes by, which it seldom does: a gigabyte, where answers are large.
    """
    while raised is not None:
        raised.__traceback__ = None
        raised = raised.__cause__ or raised.__context__


def _executed(name: str, text: str) -> ModuleType:
    module = ModuleType(name)
    try:
        exec(compile(text, f"<mistake {name}>", "exec", dont_inherit=True), vars(module))
    except Exception as error:  # The text is the author's, and may raise anything.
        raise CourseError(f"the mistake {name} does not run: {error}") from error
    return module
