"""Who stands in the student's place: the stub, the reference, and all that is made of it.

Variants and mistakes replace one name of the reference; a mutant changes one place of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader import mistakes, mutants
from grader.errors import CourseError
from grader.mutants import Mutant
from grader.records import Exercise, Source, Submission


@dataclass(frozen=True)
class Actor:
    """Somebody in the student's place.

    `kind` is stub, reference, variant or mistake; `loses` are the checks that a mistake names.
    """

    kind: str
    name: str
    submission: Submission
    loses: frozenset[str] = frozenset()

    @property
    def is_right(self) -> bool:
        """Whether every point is due."""
        return self.kind in ("reference", "variant")

    def __str__(self) -> str:
        return self.kind if self.kind == self.name else f"the {self.kind} {self.name}"


@dataclass(frozen=True)
class Script:
    """The texts that an exercise is played from: stub and reference by file name."""

    exercise: Exercise
    stub: dict[str, str]
    reference: dict[str, str]

    @classmethod
    def read(cls, exercise: Exercise) -> "Script":
        """Read stub and reference.

        Raises:
            CourseError: a file is missing, or is no text.
        """
        found = []
        for folder in (exercise.stub_dir, exercise.reference_dir):
            texts = {}
            for name in exercise.files:
                try:
                    texts[name] = (folder / name).read_text(encoding="utf-8")
                except (OSError, UnicodeDecodeError) as error:
                    raise CourseError(
                        f"{folder / name} cannot be read: {error}; {exercise.id} needs it."
                    ) from error
            found.append(texts)
        return cls(exercise, *found)

    def first(self) -> tuple[Actor, Actor]:
        """Give the stub and the reference."""
        stub, right = self._submitted("the stub", self.stub), self._submitted("", self.reference)
        return Actor("stub", "stub", stub), Actor("reference", "reference", right)

    def variants(self, listed: Sequence[Sequence[str]]) -> list[Actor]:
        """Give the right answers written differently; `listed` are their names and what each is of.

        Raises:
            CourseError: one replaces what the reference does not define.
        """
        return [
            Actor("variant", name, self._replaced("variants.py", name, of)) for name, of in listed
        ]

    def mistakes(self, listed: Sequence[tuple[str, str, list[str]]]) -> list[Actor]:
        """Give the wrong answers; `listed` are their names, what each is of, and what each loses.

        Raises:
            CourseError: one replaces what the reference does not define.
        """
        return [
            Actor("mistake", name, self._replaced("mistakes.py", name, of), frozenset(loses))
            for name, of, loses in listed
        ]

    def mutants(self) -> Iterator[tuple[Mutant, Submission]]:
        """Give the reference with one change each, file by file."""
        for file, text in self.reference.items():
            for mutant in mutants.mutants(text):
                yield mutant, self._submitted(mutant.id, {**self.reference, file: mutant.text})

    def _replaced(self, written_in: str, name: str, of: str) -> Submission:
        source = (self.exercise.hidden_dir / written_in).read_text(encoding="utf-8")
        file, text = self._defining(of)
        replaced = mistakes.as_submission(text, source, name, of)
        return self._submitted(name, {**self.reference, file: replaced})

    def _defining(self, name: str) -> tuple[str, str]:
        """Find the file of the reference that defines a name; the first where none does."""
        for file, text in self.reference.items():
            if f"def {name}(" in text or f"class {name}" in text:
                return file, text
        return next(iter(self.reference.items()))

    @staticmethod
    def _submitted(path: str, texts: dict[str, str]) -> Submission:
        sources = tuple(Source(name, text) for name, text in texts.items())
        return Submission(path, sources, "0" * 64)
