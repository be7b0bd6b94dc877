"""GitHub's runner, as far as action.yml needs one: steps in order, in real shells, as it runs them.

Expressions are those that the Action uses and no others; anything else is an error. Actions of
others are not run: a test says what they give. What the log would have obeyed is read by `obeyed`,
written after actions/runner, src/Runner.Common/ActionCommand.cs and
src/Runner.Worker/{ActionCommandManager,FileCommandManager}.cs.
"""

import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_NAME = re.compile(r"[A-Za-z_][\w-]*(\.[\w-]+)+")

# What the runner knows, besides the token of a stop.
_COMMANDS = frozenset({
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
    "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
})  # fmt: skip

Contexts = Mapping[str, Any]


@dataclass
class Job:
    """What came of one use of the Action.

    `ran` has each step's conclusion, or whose action it is; `seconds` what each script took.
    """

    log: str = ""
    code: int = 0
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    ran: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def evaluated(text: str, contexts: Contexts) -> str:
    """Replace the expressions of a text."""
    return _EXPRESSION.sub(lambda found: _value(found[1], contexts), text)


def holds(condition: str | None, contexts: Contexts, *, has_failed: bool) -> bool:
    """Tell whether a step runs; success() is meant where no other state is named."""
    if condition is None:
        return not has_failed
    stripped = condition.strip().removeprefix("${{").removesuffix("}}").strip()
    if stripped == "!cancelled()":
        return True
    return not has_failed and all(_is_true(part, contexts) for part in stripped.split("&&"))


def _is_true(comparison: str, contexts: Contexts) -> bool:
    name, operator, literal = re.fullmatch(r"\s*(\S+) (==|!=) '([^']*)'\s*", comparison).groups()
    return (_value(name, contexts) == literal) == (operator == "==")


def _value(expression: str, contexts: Contexts) -> str:
    for name in expression.split("||"):
        assert _NAME.fullmatch(name.strip()), expression
        found: Any = contexts
        for part in name.strip().split("."):
            found = found.get(part, {})
        if found not in ({}, "", None):
            return str(found)
    return ""


def run(
    workspace: Path,
    temp: Path,
    inputs: Mapping[str, str] | None = None,
    *,
    event: Mapping[str, Any] | None = None,
    others: Mapping[str, Mapping[str, str]] | None = None,
    variables: Mapping[str, str] | None = None,
    meanwhile: Callable[[subprocess.Popen[str]], None] | None = None,
) -> Job:
    """Use the Action once.

    Args:
        workspace: the folder that was checked out.
        temp: the job's folder for temporary files.
        inputs: what the workflow writes below `with`.
        event: what happened, as `github.event`.
        others: the outputs of the actions of others, by the ids of their steps.
        variables: in addition to those of a runner, or in place of them.
        meanwhile: does something to the process of the last step, while it runs.
    """
    unknown = (inputs or {}).keys() - ACTION["inputs"].keys()
    assert not unknown
    given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    contexts = {"inputs": given | dict(inputs or {}), "steps": {}, "github": {"event": event or {}}}
    job, has_failed = Job(), False
    for number, step in enumerate(ACTION["runs"]["steps"]):
        if not holds(step.get("if"), contexts, has_failed=has_failed):
            continue
        outputs: Mapping[str, str] = (others or {}).get(step.get("id", ""), {})
        if "run" in step:
            is_last = number == len(ACTION["runs"]["steps"]) - 1
            started = time.monotonic()
            variables_of = {
                name: evaluated(value, contexts) for name, value in step.get("env", {}).items()
            }
            code, outputs = _shell(
                step,
                job,
                workspace,
                temp,
                {**(variables or {}), **variables_of},
                meanwhile=meanwhile if is_last else None,
            )
            job.seconds[step["name"]] = time.monotonic() - started
            if code:
                has_failed, job.code = True, code
            job.ran[step["name"]] = "failure" if code else "success"
        else:
            job.ran[step["name"]] = step["uses"]
        contexts["steps"][step.get("id", step["name"])] = {"outputs": outputs}
    job.outputs = {
        name: evaluated(each["value"], contexts) for name, each in ACTION["outputs"].items()
    }
    return job


def _shell(
    step: Mapping[str, Any],
    job: Job,
    workspace: Path,
    temp: Path,
    variables: Mapping[str, str],
    *,
    meanwhile: Callable[[subprocess.Popen[str]], None] | None,
) -> tuple[int, dict[str, str]]:
    """Run a script as the runner does, and read the files that it wrote to."""
    files = {name: temp / f"_{name.lower()}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("")
    script = temp / "_script.sh"
    script.write_text(step["run"], "utf-8")
    assert step["shell"] == "bash"
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    process = subprocess.Popen(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        cwd=workspace,
        env=kept
        | {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "RUNNER_TEMP": str(temp),
        }
        | {name: str(file) for name, file in files.items()}
        | dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if meanwhile is not None:
        meanwhile(process)
    job.log += process.communicate(timeout=120)[0]
    job.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
    return process.returncode, read_outputs(files["GITHUB_OUTPUT"].read_text("utf-8"))


def read_outputs(text: str) -> dict[str, str]:
    """Read a file of outputs, refusing what the runner would refuse."""
    lines, found = iter(text.splitlines()), {}
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            found[line[:equals]] = line[equals + 1 :]
            continue
        assert heredoc > 0, line
        kept, end = [], line[heredoc + 2 :]
        while (each := next(lines)) != end:
            kept.append(each)
        found[line[:heredoc]] = "\n".join(kept)
    return found


def obeyed(log: str) -> list[tuple[str, dict[str, str], str]]:
    """List the commands that the runner takes from a log: name, properties and data, in order."""
    found, token = [], None
    # A carriage return ends a line of a log too.
    for line in re.split(r"\r\n|\r|\n", log):
        command = _command(line, {*_COMMANDS, token} if token else _COMMANDS)
        if command is None:
            continue
        name, _, data = command
        if token is not None:
            token = None if name == token else token
        elif name == "stop-commands":
            token = data
        else:
            found.append(command)
    assert token is None
    return found


def _command(
    line: str, known: set[str | None] | frozenset[str]
) -> tuple[str, dict[str, str], str] | None:
    new = re.match(r"::(.*?)::(.*)", line.lstrip(), re.DOTALL)
    old = re.search(r"##\[([^\]]*)\](.*)", line, re.DOTALL)
    for match, separator in ((new, ","), (old, ";")):
        if match is None:
            continue
        name, _, rest = match[1].partition(" ")
        if name in known:
            pairs = (part.split("=", 1) for part in rest.split(separator) if "=" in part)
            return (
                name,
                {key.strip(): _unescaped(value) for key, value in pairs},
                _unescaped(match[2]),
            )
    return None


def _unescaped(text: str) -> str:
    for escape, letter in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, letter)
    return text
