"""What an exercise's author knows: the reference, and the mistakes that students make.

Both are code, both are trusted, and both can be put in the student's place. The mistakes are read
when a check has failed and not before, so a right submission does not pay for them.
"""

import traceback
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
from grader.replay import Match, Play, Transcript, nearest, within
from grader.sandbox.raised import StudentError

# Runs a check with somebody in the student's place; what it raised.
Run = Callable[[object], BaseException | None]


# Bytes of tensors that are remembered for one seed; what does not fit is run again when asked for.
_REMEMBERED = 4 << 20


# The outline, and the whole where it is small.
_Answers = tuple[Transcript, Transcript | None]


@dataclass(frozen=True)
class Control:
    """How a check ended with the reference in the student's place: what it raised, if anything."""

    raised: BaseException | None
    answers: Play

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
        # By check: the seed, and of the reference and each mistake what it answered.
        self._remembered: dict[str, tuple[int, dict[str, _Answers]]] = {}

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

    def control(self, check: str, seed: int, run: Run) -> Control | None:
        """Run a check with the reference in the student's place; None if there is no reference.

        Args:
            check: its id.
            seed: the check's own.
            run: runs it.
        """
        if self.reference is None:
            return None
        raised, play = self._play("", self.reference, check, seed, run)
        if raised is not None:
            # It may pass once the file of the check has been read anew.
            self._remembered[check][1].pop("", None)
        return Control(raised, play)

    def _play(
        self, name: str, module: ModuleType, check: str, seed: int, run: Run
    ) -> tuple[BaseException | None, Play]:
        """Run a check with a module in the student's place, or remember what it answered.

        Of one seed every submission is asked the same, and so is whoever is known.

        Returns:
            what the check raised, where it was run now; and what was answered.
        """
        references = vars(self.reference)

        def again(like: Transcript) -> Transcript:
            student, answers = within(module, seed, references, like=like)
            let_go(run(student))
            return answers

        if self._remembered.get(check, (None, {}))[0] != seed:
            self._remembered[check] = seed, {}
        plays = self._remembered[check][1]
        if name in plays:
            return None, Play(*plays[name], again)
        student, answers = within(module, seed, references, self._room())
        raised = run(student)
        known = answers.outline(), answers if answers.has_values else None
        # How far one comes that runs out of time is different each time.
        if not (isinstance(raised, StudentError) and raised.outcome is Outcome.TIMED_OUT):
            plays[name] = known
        return raised, Play(*known, again)

    def _played(self, name: str, module: ModuleType, check: str, seed: int, run: Run) -> Play:
        raised, play = self._play(name, module, check, seed, run)
        let_go(raised)
        return play

    def _room(self) -> int:
        """How many more bytes of tensors may be remembered."""
        kept = (whole for _, plays in self._remembered.values() for _, whole in plays.values())
        return _REMEMBERED - sum(whole.size for whole in kept if whole is not None)

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
        return nearest(
            transcript,
            control.answers,
            {
                name: self._played(name, module, check, seed, run)
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


def forget_values(raised: BaseException | None) -> None:
    """Let go of what the frames of an exception hold, and leave where they were."""
    while raised is not None:
        traceback.clear_frames(raised.__traceback__)
        for frame, _ in traceback.walk_tb(raised.__traceback__):
            # Before Python 3.13 a look at them makes a copy, which this look brings up to date.
            frame.f_locals  # noqa: B018
        raised = raised.__cause__ or raised.__context__


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
