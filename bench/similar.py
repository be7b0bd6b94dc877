"""How often `grade similar` is wrong: false pairs in honest classes, and copies that it finds.

    python bench/similar.py [STUDENTS] [CLASSES] [EXERCISE ...]

Each class is made up by `classroom.py`: students who work apart, with habits, from a common stock
of ways, names and comments. A false pair is one that is reported there. Then copies are planted,
ten in a class, and changed in five ways; each class says how many it finds. `margin` is how many
bits the most alike honest pair of all classes stays below what was needed there: the nearer 0, the
likelier the next class has a false pair. The last line is a class in which a third took their
answer from one of six texts, as an assistant would give them: pairs among those are not false, and
not copies of each other either.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from classroom import copied, habits, honest

from grader import course
from grader.records import Exercise
from grader.similarity import Answer, Finding
from grader.similarity.odds import Known, find

COURSE = Path(__file__).resolve().parents[1]
CHANGES = ("as it is", "comments", "names", "order", "everything")
PLANTED = 10

# One student's files: name and text.
Files = list[tuple[str, str]]


def known(exercises: Sequence[Exercise]) -> Known:
    """Read what the teacher wrote."""
    stub, reference, foreseen = {}, {}, []
    for exercise in exercises:
        for name in exercise.files:
            stub[f"{exercise.id}/{name}"] = (exercise.stub_dir / name).read_text()
            reference[f"{exercise.id}/{name}"] = (exercise.reference_dir / name).read_text()
        names = ("variants.py", "mistakes.py")
        foreseen += [(exercise.hidden_dir / name).read_text() for name in names]
    return Known(stub, reference, foreseen)


class Room:
    """Classes over some exercises, each made from its own seed."""

    def __init__(self, title: str, exercises: Sequence[Exercise], students: int) -> None:
        self.title = title
        self.known = known(exercises)
        self.students = students

    def apart(self, rng: random.Random, count: int) -> list[Files]:
        """Write the answers of students who work apart, each with habits of their own."""
        stubs = self.known.stub.items()
        found = []
        for _ in range(count):
            mine = habits(rng)
            found.append([(n, honest(rng, s, Path(n).name, mine)) for n, s in stubs])
        return found

    def find(self, written: Sequence[Files]) -> Finding:
        """Compare a class; students are numbered."""
        answers = [Answer(f"{n:04}", tuple(files)) for n, files in enumerate(written)]
        return find(self.title, answers, self.known)

    def honest_classes(self, count: int) -> Iterator[Finding]:
        """Compare classes without copies."""
        for number in range(count):
            rng = random.Random(f"{self.title} {self.students} {number}")
            yield self.find(self.apart(rng, self.students))

    def found(self, how: str, classes: int) -> int:
        """Count the planted copies that are reported."""
        hits = 0
        first = self.students - PLANTED
        for number in range(classes):
            rng = random.Random(f"{self.title} {self.students} {how} {number}")
            written = self.apart(rng, first)
            for files in written[:PLANTED]:
                written.append([(name, copied(rng, text, how)) for name, text in files])
            pairs = {(p.first.student, p.second.student) for p in self.find(written).pairs}
            hits += sum((f"{n:04}", f"{first + n:04}") in pairs for n in range(PLANTED))
        return hits

    def assisted(self) -> tuple[int, int]:
        """Count reported pairs of one source, and others, where a third took one of six texts."""
        rng = random.Random(f"{self.title} {self.students} assisted")
        alone = self.students - self.students // 3
        written = self.apart(rng, alone)
        sources = self.apart(rng, 6)
        written += [rng.choice(sources) for _ in range(self.students // 3)]
        pairs = self.find(written).pairs
        same = sum(int(p.first.student) >= alone and int(p.second.student) >= alone for p in pairs)
        return same, len(pairs) - same


def main() -> None:
    """Print a block for each exercise, and one for all of them together."""
    words = sys.argv[1:]
    numbers = [int(word) for word in words if word.isdecimal()]
    students, classes = (*numbers, *(100, 20)[len(numbers) :])
    asked = [word for word in words if not word.isdecimal()]
    exercises = course.load(COURSE).exercises
    rooms = [Room(exercise.id, [exercise], students) for exercise in exercises]
    for room in (*rooms, Room("all", exercises, students)):
        if not asked or room.title in asked:
            measure(room, classes)


def measure(room: Room, classes: int) -> None:
    """Print what happens in honest classes, and in those with copies."""
    started = time.process_time()
    findings = list(room.honest_classes(classes))
    spent = (time.process_time() - started) / classes
    false = sum(len(finding.pairs) for finding in findings)
    margin = min(finding.needed - finding.most for finding in findings)
    needed = sorted(finding.needed for finding in findings)
    print(
        f"{room.title}  {room.students} students, {classes} classes: {false} false pairs, margin "
        f"{margin:.1f} of {needed[0]:.1f} to {needed[-1]:.1f} bits, {spent:.1f} s CPU a class",
        flush=True,
    )
    few = max(2, classes // 10)
    for how in CHANGES:
        print(f"    copied, {how}: {room.found(how, few)} of {PLANTED * few} found", flush=True)
    same, other = room.assisted()
    print(f"    a third from six texts: {same} pairs of them, {other} others", flush=True)


if __name__ == "__main__":
    main()
