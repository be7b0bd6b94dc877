"""Tests of how action.yml makes an interpreter ready, or not, and what stands of it then."""

import json
import os
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from .runner import Job, obeyed, run

Repository = Callable[[], Path]


def test_failed_set_up(repository: Repository, job: Callable[..., Job]) -> None:
    """Where nothing could be set up, there is a report as well, and the step fails."""
    made = job(repository(), inputs={"python": "no-such-python"})

    assert made.ran == {"Look around": "failure", "Grade": "failure"}
    assert (made.code, made.outputs["status"], made.outputs["score"]) == (3, "ungraded", "")
    assert json.loads(Path(made.outputs["report"]).read_text("utf-8"))["why"].startswith(
        "The set-up failed, so nothing was graded"
    )


SET_UP = """\
#!/bin/sh
case " $* " in
  *" -m pip "*) echo "pip: $*" >> "{log}" ;;
  *) exec "{python}" "$@" ;;
esac
"""


@pytest.mark.parametrize("is_cached", [True, False])
def test_set_up(repository: Repository, tmp_path: Path, is_cached: bool) -> None:
    """Without torch an interpreter is set up; torch comes from the CPU index, once, and is kept.

    pip alone is replaced, by one that notes what it is asked for: torch is 200 MB.
    """
    log, bare, found = tmp_path / "log", tmp_path / "bin/python3", tmp_path / "python"
    bare.parent.mkdir()
    bare.write_text("#!/bin/sh\nexit 1\n")
    found.write_text(SET_UP.format(log=log, python=sys.executable))
    for script in (bare, found):
        script.chmod(0o755)
    temp = tmp_path / "temp"
    temp.mkdir()
    if is_cached:
        venv.create(temp / "grade-environment", symlinks=True)
    others = {
        "python": {"python-path": str(found), "python-version": "3.13.5"},
        "cache": {"cache-hit": "true" if is_cached else ""},
    }
    variables = {"PATH": f"{bare.parent}:{os.environ['PATH']}"}

    made = run(repository(), temp, {"mode": "dry"}, others=others, variables=variables)

    used = [name for name, what in made.ran.items() if what.startswith("actions/")]
    asked = log.read_text().splitlines() if log.exists() else []
    kept = [] if is_cached else ["Keep the environment"]
    assert used == ["Set up Python", "Fetch the environment", *kept]
    assert made.ran["Install"] == "success"
    assert [each.split(" --constraint ")[1].split(" ", 1)[1] for each in asked[:1]] == (
        [] if is_cached else ["--index-url https://download.pytorch.org/whl/cpu torch"]
    )
    assert len(asked) == (0 if is_cached else 2)


RAW = """\
#!/bin/sh
case " $* " in
  *" grader action "*)
    printf '::error::forged\\n##[error]forged\\n::stop-commands::forged\\nend'
    exit 1
    ;;
  *) exec "{python}" "$@" ;;
esac
"""


def test_raw_output(repository: Repository, tmp_path: Path) -> None:
    """Whatever comes out of the grader before it dies, in the middle of a line, is no command."""
    python, temp = tmp_path / "temp/grade-environment/bin/python", tmp_path / "temp"
    venv.create(temp / "grade-environment", symlinks=True)
    python.unlink()
    python.write_text(RAW.format(python=sys.executable))
    python.chmod(0o755)
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python3").chmod(0o755)
    others = {"python": {"python-path": sys.executable}, "cache": {"cache-hit": "true"}}

    made = run(repository(), temp, others=others,
               variables={"PATH": f"{tmp_path}:{os.environ['PATH']}"})  # fmt: skip

    assert "forged" in made.log
    assert [name for name, _, _ in obeyed(made.log)] == ["remove-matcher", "error"]
    assert (made.code, made.outputs["status"]) == (3, "ungraded")
    assert "exit code 1 before it could report" in made.summary
