"""Tests of what action.yml says: its form, its pins, and that nothing of an input is a command."""

import json
import re
import shutil
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import jsonschema
import pytest

from .runner import ACTION, ROOT

STEPS = ACTION["runs"]["steps"]
SCRIPTS = {step["name"]: step for step in STEPS if "run" in step}
# SchemaStore's schema, as check-jsonschema carries it.
SCHEMA = Path(
    str(
        distribution("check-jsonschema").locate_file(
            "check_jsonschema/builtin_schemas/vendor/github-actions.json"
        )
    )
)


def test_schema() -> None:
    """It fits the published schema of action files."""
    jsonschema.validate(ACTION, json.loads(SCHEMA.read_text("utf-8")))


def test_pins() -> None:
    """Actions of others are GitHub's own, pinned to a commit, with the release beside it."""
    text = (ROOT / "action.yml").read_text("utf-8")
    used = re.findall(r"uses: (.*)", text)

    assert len(used) == 3
    assert all(re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40} # v[\d.]+", each) for each in used)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_expression_in_a_script(name: str) -> None:
    """No script holds an expression: what comes from outside reaches it as a variable."""
    assert "${{" not in SCRIPTS[name]["run"]


def test_every_input_is_used() -> None:
    """Each input reaches a step, and each output comes from the last one."""
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(STEPS)))

    assert used == ACTION["inputs"].keys()
    assert {each["value"] for each in ACTION["outputs"].values()} == {
        f"${{{{ steps.grade.outputs.{name} }}}}" for name in ACTION["outputs"]
    }


def test_manual() -> None:
    """The manual has a row for each input, with its default, and for each output."""
    manual = (ROOT / "docs/github.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]*) \|", manual, re.MULTILINE)

    assert [name for name, _ in rows] == [*ACTION["inputs"], *ACTION["outputs"]]
    defaults = {name: each["default"] for name, each in ACTION["inputs"].items()}
    assert {name: rest.strip(" `") for name, rest in rows if name in defaults} == defaults


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck(name: str, tmp_path: Path) -> None:
    """Shellcheck finds nothing in the scripts."""
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    path = tmp_path / "script.sh"
    named = "".join(f"export {variable}\n" for variable in SCRIPTS[name]["env"])
    path.write_text(f"#!/usr/bin/env bash\n{named}{SCRIPTS[name]['run']}")
    done = subprocess.run(["shellcheck", str(path)], check=False, capture_output=True, text=True)

    assert done.stdout == ""
