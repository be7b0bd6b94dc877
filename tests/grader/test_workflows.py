"""Tests of the workflows of a students' repository: what GitHub reads, and what it must not."""

import json
import re
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grader import workflows
from grader.course import load
from grader.errors import CourseError
from grader.records import Course

ROOT = Path(__file__).parents[2]
ACTION = "octo/grader@v1"
# SchemaStore's schema, which GitHub's own tools use as well, as check-jsonschema carries it.
SCHEMA = Path(
    distribution("check-jsonschema").locate_file(
        "check_jsonschema/builtin_schemas/vendor/github-workflows.json"
    )
)


@pytest.fixture(scope="module")
def course() -> Course:
    """The course of this repository."""
    return load(ROOT)


class Loader(yaml.SafeLoader):
    """Reads YAML as GitHub does, where `on` is a word and no truth value."""


Loader.yaml_implicit_resolvers = {
    letter: [(tag, form) for tag, form in forms if tag != "tag:yaml.org,2002:bool"]
    for letter, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), "tf")


def read(files: dict[str, str]) -> dict[str, object]:
    """Read the only workflow."""
    (text,) = files.values()
    found = yaml.load(text, Loader)
    assert isinstance(found, dict)
    return found


def job(files: dict[str, str]) -> dict[str, object]:
    """Take the only job of the only workflow."""
    (found,) = read(files)["jobs"].values()
    return found


def grading(files: dict[str, str]) -> dict[str, object]:
    """Take the step that grades."""
    (step,) = (step for step in job(files)["steps"] if step.get("id") == "grade")
    return step


VARIANTS = {
    "plain": {"is_sealed": False},
    "sealed": {"is_sealed": True},
    "fetched": {"is_sealed": False, "checks": "octo/course"},
    "classroom": {"is_sealed": True, "is_classroom": True},
    "classroom, fetched": {"is_sealed": False, "is_classroom": True, "checks": "octo/course"},
}


def test_by_default_there_is_one_workflow(course: Course) -> None:
    """A release gets grade.yml and nothing else, the same bytes each time."""
    files = workflows.files(course, ACTION, is_sealed=False)

    assert list(files) == [".github/workflows/grade.yml"]
    assert files == workflows.files(course, ACTION, is_sealed=False)


@pytest.mark.parametrize("name", VARIANTS)
def test_they_are_what_github_publishes_as_a_workflow(name: str, course: Course) -> None:
    """Every variant fits the published schema of workflows."""
    schema = json.loads(SCHEMA.read_text("utf-8"))

    jsonschema.validate(read(workflows.files(course, ACTION, **VARIANTS[name])), schema)


@pytest.mark.parametrize("name", VARIANTS)
def test_they_ask_the_action_only_for_what_it_takes(name: str, course: Course) -> None:
    """Every input is one that action.yml names, and so is every output that is read."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    files = workflows.files(course, ACTION, **VARIANTS[name])
    read_outputs = set(re.findall(r"steps\.grade\.outputs\.([\w-]+)", *files.values()))

    assert set(grading(files).get("with", {})) <= set(action["inputs"])
    assert read_outputs <= set(action["outputs"])


def test_grading_may_read_and_nothing_else(course: Course) -> None:
    """The token of the job reads the repository, and is not left in the checkout."""
    files = workflows.files(course, ACTION, is_sealed=True)

    assert read(files)["permissions"] == {"contents": "read"}
    assert job(files)["steps"][0]["with"] == {"persist-credentials": False}


def test_a_newer_push_ends_an_older_run(course: Course) -> None:
    """Runs of one branch share a group in which only the newest goes on."""
    found = read(workflows.files(course, ACTION, is_sealed=False))

    assert found["concurrency"] == {
        "group": "grade-${{ github.ref }}",
        "cancel-in-progress": True,
    }


def test_the_key_is_named_only_where_something_is_sealed(course: Course) -> None:
    """The secret goes to the grading step alone, and only if there are seals."""
    sealed = workflows.files(course, ACTION, is_sealed=True)
    plain = workflows.files(course, ACTION, is_sealed=False)

    assert grading(sealed)["with"] == {"key": "${{ secrets.GRADER_KEY }}"}
    assert "with" not in grading(plain)
    assert "secrets" not in "".join(plain.values())
    assert "".join(sealed.values()).count("secrets.") == 1


def test_checks_can_be_fetched_from_the_teachers_course(course: Course) -> None:
    """The private course is checked out beside what the student wrote, and rules the grading."""
    files = workflows.files(course, ACTION, is_sealed=True, checks="octo/course")
    own, fetched, _ = (step.get("with") for step in job(files)["steps"])

    assert own["path"] == "student"
    assert fetched == {
        "repository": "octo/course",
        "ssh-key": "${{ secrets.COURSE_DEPLOY_KEY }}",
        "path": "course",
        "persist-credentials": False,
    }
    assert grading(files)["with"] == {"course": "course", "submission": "student"}


def test_the_reporter_of_classroom_finds_what_it_looks_for(course: Course) -> None:
    """Workflow, job and variable have the names that it reads; lost points do not keep it away."""
    files = workflows.files(course, ACTION, is_sealed=False, is_classroom=True)
    reporter = job(files)["steps"][-1]

    assert list(files) == [".github/workflows/classroom.yml"]
    assert read(files)["name"] == "Autograding Tests"
    assert list(read(files)["jobs"]) == ["run-autograding-tests"]
    assert job(files)["if"] == "github.actor != 'github-classroom[bot]'"
    assert grading(files)["with"] == {"fail-on": "never"}
    assert reporter["with"] == {"runners": "grade"}
    assert reporter["env"] == {"GRADE_RESULTS": "${{ steps.grade.outputs.result }}"}


def test_a_job_has_time_for_a_course_that_hangs(course: Course) -> None:
    """Minutes follow from the limits of the exercises, up to what GitHub allows."""
    one, many = (
        replace(course, exercises=course.exercises[:1]),
        replace(course, exercises=course.exercises * 100),
    )

    assert [
        job(workflows.files(each, ACTION, is_sealed=False))["timeout-minutes"]
        for each in (one, course, many)
    ] == [12, 22, 360]


@given(action=st.text(st.characters(codec="utf-8")), checks=st.text(st.characters(codec="utf-8")))
def test_a_name_stays_a_name(action: str, checks: str) -> None:
    """Whatever gradebook.yml calls them, action and course are read as those words, or refused."""
    empty = Course("C", ROOT, ())
    try:
        files = workflows.files(empty, action, is_sealed=False, checks=checks)
    except CourseError:
        return

    assert grading(files)["uses"] == action
    assert job(files)["steps"][1]["with"]["repository"] == checks


@pytest.mark.parametrize("name", ["a/b@v1\n- run: x", "a/b@${{ secrets.K }}", "a/b\u2028"])
def test_a_name_that_github_would_compute_is_refused(name: str, course: Course) -> None:
    """A line break or an expression in a name is told."""
    with pytest.raises(CourseError) as caught:
        workflows.files(course, name, is_sealed=False)

    assert str(caught.value) == (
        f"{name!r} can be no repository on GitHub; write OWNER/REPO, and for an Action "
        "OWNER/REPO@REF"
    )
