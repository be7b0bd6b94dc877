"""What each check of an exercise is worth, and that it adds up to the points of gradebook.yml."""

from fractions import Fraction

from grader import marks
from grader.errors import CourseError
from grader.records import Exercise, points_text


def read(exercise: Exercise) -> dict[str, Fraction]:
    """Read the points of all checks of an exercise, by id.

    Raises:
        CourseError: a file cannot be read, a check does not say as a number what it is worth, two
            have one name, or the points do not add up to those of gradebook.yml.
    """
    folders = (exercise.stub_dir, exercise.hidden_dir)
    found: dict[str, Fraction] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("test_*.py"))):
        for check in marks.read(path):
            place = f"{path.name}:{check.line}"
            if check.name in found:
                raise CourseError(f"{place}: {check.name} is here twice; keep one")
            if check.points is None:
                raise CourseError(
                    f"{place}: test_{check.name} does not say as a number what it is worth; put "
                    "@pytest.mark.points(2) above it, with at most two decimals"
                )
            found[check.name] = check.points
    total = sum(found.values(), Fraction(0))
    if total != exercise.points:
        raise CourseError(
            f"{exercise.id}: its checks are worth {points_text(total)} points, gradebook.yml says "
            f"{points_text(exercise.points)}; change a mark or the points"
        )
    return found
