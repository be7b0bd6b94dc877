"""What goes into `.github/workflows/` of a students' repository: texts, composed from the course.

    grade.yml       grades each push with the Action that the course names
    classroom.yml   the same for GitHub Classroom's reporter, in place of grade.yml

Two ways to keep hidden checks from students end here: sealed, with the key from a secret; or in the
teacher's private course, which the workflow then checks out beside what the student wrote. What
each protects against is told in docs/hidden-checks.md.

Everything that comes from gradebook.yml is quoted, and titles stay out: GitHub would compute what
stands between `${{` and `}}` in them.
"""

import math
import re

from grader.errors import CourseError
from grader.records import Course

FOLDER = ".github/workflows"

# Where the two secrets are, in the settings of the students' organisation or repository.
KEY = "GRADER_KEY"
DEPLOY_KEY = "COURSE_DEPLOY_KEY"

# Minutes for the set-up, which takes one or two where nothing is cached; and how many checks of an
# exercise may use up all their time.
_SET_UP = 10
_CHECKS = 12
_MOST_MINUTES = 360  # GitHub ends a job after that, whatever it says.

_CHECKOUT = "actions/checkout@v7"
_REPORTER = "classroom-resources/autograding-grading-reporter@v1"

_GRADE = """\
# Written by grade release, anew each time. It grades what is pushed, and shows the report on the
# page of the run.
name: Grade
on:
  push:
    branches: ['**']
  workflow_dispatch:

permissions:
  contents: read

# A newer push takes the place of an older one that is still being graded.
concurrency:
  group: grade-${{ github.ref }}
  cancel-in-progress: true

jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: {minutes}
    steps:
{steps}"""

_CLASSROOM = """\
# Written by grade release, anew each time. It grades what is pushed, and gives the points to GitHub
# Classroom's reporter, which looks for this name and this job.
name: Autograding Tests
on:
  push:
  workflow_dispatch:
  repository_dispatch:

permissions:
  checks: write
  actions: read
  contents: read

jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    timeout-minutes: {minutes}
    if: github.actor != 'github-classroom[bot]'
    steps:
{steps}\
      - name: Autograding Reporter
        uses: {reporter}
        env:
          GRADE_RESULTS: ${{ steps.grade.outputs.result }}
        with:
          runners: grade
"""

_OWN = """\
      - uses: {checkout}
        with:
          persist-credentials: false
"""

_BESIDE = """\
      - uses: {checkout}
        with:
          path: student
          persist-credentials: false
      - uses: {checkout}
        with:
          repository: {checks}
          ssh-key: ${{ secrets.{deploy_key} }}
          path: course
          persist-credentials: false
"""


def files(
    course: Course,
    action: str,
    is_sealed: bool,
    *,
    is_classroom: bool = False,
    checks: str | None = None,
) -> dict[str, str]:
    """Compose the workflows of a students' repository.

    Args:
        course: the course that is released.
        action: the Action that grades, OWNER/REPO@REF.
        is_sealed: whether sealed checks travel with the release, so that the secret GRADER_KEY
            is wanted.
        is_classroom: whether GitHub Classroom's reporter is to read the points. Its service has
            ended; the reporter still works in any repository.
        checks: the teacher's private course, OWNER/REPO, where the checks are to be fetched from
            there; its deploy key is the secret COURSE_DEPLOY_KEY.

    Returns:
        Texts by their paths in the students' repository.

    Raises:
        CourseError: a name has letters that no repository has.
    """
    settings = {}
    if checks is not None:
        settings = {"course": "course", "submission": "student"}
    elif is_sealed:
        settings["key"] = f"${{{{ secrets.{KEY} }}}}"
    if is_classroom:
        # The reporter fails the job where points are lost; a step that fails would keep it away.
        settings["fail-on"] = "never"
    first = _OWN if checks is None else _BESIDE
    steps = _filled(first, checkout=_CHECKOUT, deploy_key=DEPLOY_KEY,
                    checks=_quoted(checks or ""))  # fmt: skip
    steps += _step(action, settings)
    text = _CLASSROOM if is_classroom else _GRADE
    name = "classroom.yml" if is_classroom else "grade.yml"
    filled = _filled(text, steps=steps, minutes=str(_minutes(course)), reporter=_REPORTER)
    return {f"{FOLDER}/{name}": filled}


def _minutes(course: Course) -> int:
    """Tell how long a job may take in which much of what was handed in hangs."""
    seconds = sum(_CHECKS * exercise.limits.time_s for exercise in course.exercises)
    return min(_SET_UP + math.ceil(seconds / 60), _MOST_MINUTES)


def _step(action: str, settings: dict[str, str]) -> str:
    """Write the step that grades."""
    lines = ["- name: Grade", "  id: grade", f"  uses: {_quoted(action)}"]
    if settings:
        lines += ["  with:", *(f"    {name}: {value}" for name, value in settings.items())]
    return "".join(f"      {line}\n" for line in lines)


def _filled(text: str, **words: str) -> str:
    """Fill `{word}` in, and leave alone what GitHub fills in, `${{ … }}`."""
    return re.sub(r"\{(\w+)\}", lambda found: words[found[1]], text)


def _quoted(text: str) -> str:
    """Write a text so that YAML takes it for that text, whatever is in it.

    Raises:
        CourseError: it has letters that do not print, or that GitHub would compute.
    """
    if not text.isprintable() or "${{" in text:
        raise CourseError(
            f"{text!r} can be no repository on GitHub; write OWNER/REPO, and for an Action "
            "OWNER/REPO@REF"
        )
    return "'" + text.replace("'", "''") + "'"
