"""Every format by its name: what it is for, the file that its reader expects, and its function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.records import Attempt
from grader.reports import page
from grader.reports.exports import (
    autolab,
    classroom,
    classroom50,
    csv_table,
    exercism,
    gradescope,
    junit,
    markdown,
    prairielearn,
)


@dataclass(frozen=True)
class Format:
    """One format.

    `file` is the name that its reader expects, "" where it expects none. `export` gives the whole
    file; its second argument are environment variables, which only Classroom 50 needs. It raises
    SandboxError for an ungraded attempt where the format cannot say so, and CourseError where a
    variable is missing or the checks are too many.
    """

    name: str
    summary: str
    file: str
    export: Callable[[Attempt, Mapping[str, str]], str]


def _alone(
    export: Callable[[Attempt], str],
) -> Callable[[Attempt, Mapping[str, str]], str]:
    """Take a function that asks for nothing beside the attempt."""
    return lambda attempt, variables: export(attempt)


def _classroom50(attempt: Attempt, variables: Mapping[str, str]) -> str:
    return classroom50.export(attempt, classroom50.handed(variables))


FORMATS = {
    form.name: form
    for form in (
        Format("autolab", "Autolab: feedback and scores, printed last", "",
               _alone(autolab.export)),
        Format("classroom", "GitHub Classroom's reporter: its JSON, before base64", "",
               _alone(classroom.export)),
        Format("classroom50", "Classroom 50: the result of an autograder.py", "result.json",
               _classroom50),
        Format("csv", "spreadsheets: a row for each check", "checks.csv",
               _alone(csv_table.export)),
        Format("exercism", "Exercism: a test runner's results, version 3", "results.json",
               _alone(exercism.export)),
        Format("gradescope", "Gradescope: the results of run_autograder", "results.json",
               _alone(gradescope.export)),
        Format("html", "people: one page that needs nothing else", "report.html",
               _alone(page.render)),
        Format("junit", "JUnit XML: Jenkins, GitLab and most CI services", "junit.xml",
               _alone(junit.export)),
        Format("markdown", "the summary of a GitHub Actions job", "summary.md",
               _alone(markdown.export)),
        Format("prairielearn", "PrairieLearn: the results of an external grader", "results.json",
               _alone(prairielearn.export)),
    )
}  # fmt: skip
