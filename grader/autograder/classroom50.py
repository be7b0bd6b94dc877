"""Classroom 50's autograder.py: it grades the student's checkout, and writes result.json there.

Classroom 50 puts the folder of an assignment on its runner and starts this file, as autograder.py,
with whatever Python it has; the working folder is the checkout. So this file needs nothing but the
standard library: beside it lie the grader as a wheel, the pin of torch and the course. It sets up
an environment once, with torch for the CPU unless this Python has torch, and lets the grader do the
rest. 0 means graded; anything else is an error of ours, and Classroom 50 says so.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PIN = "torch.txt"
CPU = "https://download.pytorch.org/whl/cpu"


def main() -> int:
    """Set up, grade, and give the exit code."""
    home = Path(os.environ.get("RUNNER_TEMP") or HERE) / "grader-for-classroom50"
    python = home / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    has_torch = importlib.util.find_spec("torch") is not None
    shared = ["--system-site-packages"] if has_torch else []
    # What opens a sealed exercise is wanted by nobody else.
    extra = "[seal]" if (HERE / "course" / "sealed").is_dir() else ""
    wheels = [f"{wheel}{extra}" for wheel in HERE.glob("*.whl")]
    is_ready = (
        _ran([sys.executable, "-m", "venv", *shared, str(home)])
        and (_has_torch(python) or _ran([*install, "--index-url", CPU, "-r", str(HERE / PIN)]))
        and _ran([*install, *wheels])
    )
    if not is_ready:
        return 3
    words = ["-P", "-s", "-m", "grader.autograder", "classroom50", str(HERE)]
    return subprocess.run([str(python), *words], check=False).returncode


def _has_torch(python: Path) -> bool:
    """Ask an environment whether it has torch."""
    words = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"
    return subprocess.run([str(python), "-c", words], check=False).returncode == 0


def _ran(words: list[str]) -> bool:
    """Run a step of the set-up; say which it was where it fails."""
    has_ended_well = subprocess.run(words, cwd=HERE, check=False).returncode == 0
    if not has_ended_well:
        print(f"The grader could not be set up: {' '.join(words)}", file=sys.stderr)
    return has_ended_well


if __name__ == "__main__":
    sys.exit(main())
