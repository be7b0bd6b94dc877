"""What this machine can confine and run, wall by wall, and what it costs where one is missing.

The same probes decide how a child is started, so what stands here is what a grading would do. The
machine is asked, or tried in a process that is thrown away; no torch is imported.
"""

import importlib.util
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata

from grader import __version__
from grader.records import Outcome
from grader.reports.layout import Page, clean, labelled
from grader.sandbox import walls

_MIN_WIDTH = 30

# What gets through where one of these is missing; the others are limits that every system has.
_COSTS = {
    "parent": "a child may outlive a grader that is killed",
    "user": "files of your own account are kept from the child by landlock alone",
    "namespaces": "seccomp alone keeps a child from shared memory and queues; tasks are "
    "bounded less tightly",
    "cgroup": "memory in no address space (pipes, files in memory) is not bounded",
    "no-capabilities": "a child of root keeps root's privileges",
    "not-dumpable": "another process of the same user may look into a child",
    "no-new-privileges": "setuid programs could be started",
    "landlock": "a submission can read and write whatever you can: grade your own files only",
    "seccomp": "a submission can open sockets and start programs: grade your own files only",
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is there, and what follows."""

    name: str
    is_there: bool
    text: str


def examine() -> tuple[Finding, ...]:
    """Look at Python, torch, the way children are started, and each wall."""
    return (*_tools(), *(_wall(wall) for wall in walls.available()))


def _tools() -> list[Finding]:
    try:
        version = metadata.version("torch")
    except metadata.PackageNotFoundError:
        version = ""
    can_fork = sys.platform.startswith("linux")
    has_numpy = importlib.util.find_spec("numpy") is not None
    return [
        Finding("grader", True, f"{__version__} on Python {platform.python_version()}"),
        Finding("torch", bool(version), version or "missing: pip install torch; nothing can run"),
        Finding(
            "fork",
            can_fork,
            "a child starts in milliseconds"
            if can_fork
            else "missing: each child imports torch anew, which takes a second or more",
        ),
        Finding(
            "numpy", has_numpy, "submissions may use it" if has_numpy else "missing: not needed"
        ),
    ]


def _wall(wall: walls.Wall) -> Finding:
    if wall.missing is None:
        return Finding(wall.name, True, f"stops {wall.stops}")
    cost = _COSTS.get(wall.name, wall.stops)
    return Finding(wall.name, False, f"missing ({wall.missing}): {cost}")


def verdict(findings: Sequence[Finding]) -> str:
    """Say in one sentence what this machine may be used for."""
    missing = [f.name for f in findings if not f.is_there]
    if "torch" in missing:
        return "Nothing can be graded here until torch is installed."
    if lacking := [name for name in walls.NEEDED if name in missing]:
        return (
            f"Practice only: without {' and '.join(lacking)}, grade your own files here and nobody "
            "else's."
        )
    return "Other people's submissions can be graded here, confined."


def can_confine(findings: Sequence[Finding]) -> bool:
    """Tell whether submissions of strangers may be graded here."""
    missing = {f.name for f in findings if not f.is_there}
    return not missing & {"torch", *walls.NEEDED}


def render(findings: Sequence[Finding], *, width: int = 80, is_ascii: bool = False) -> str:
    """Write the findings, one after the other, and the sentence; no line is wider than `width`."""
    page = Page(max(width, _MIN_WIDTH), is_ascii, False)
    longest = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        mark = page.mark(Outcome.PASSED if finding.is_there else Outcome.SKIPPED)
        label = f"  {mark}  {finding.name:<{longest}}  "
        lines += labelled(label, clean(finding.text, page), page.width)
    return "\n".join([*lines, "", *labelled("  ", verdict(findings), page.width), ""])
