"""What answers before torch is there: half of the house, and `grade --help`.

Each is asked in a real interpreter, which then says what it has loaded.
"""

import subprocess
import sys
from pathlib import Path

import grader

PACKAGE = Path(grader.__file__).parent

# With all that lies below them.
LIGHT = (
    "errors", "records", "policy", "course", "marks", "handout", "submissions", "stubs",
    "scoring", "memory", "plugin", "reports",
    "reports/exports", "gradebook", "roster", "intake", "doctor", "trusted", "judges", "batch",
    "asking", "standby", "serving", "watching",
    "rehearsal", "release", "imports", "desk", "verbs", "cli", "items", "similarity",
    "reports/overview",
)  # fmt: skip

IMPORT_EACH = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
    if "torch" in sys.modules:
        sys.exit(f"{name} brings torch")
"""

ASK_FOR_HELP = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from grader.cli import main
try:
    main()
except SystemExit as ended:
    print(ended.code, "torch" in sys.modules)
"""


def heavy(package: Path) -> str:
    """Import the light modules of a package one after the other; what the first to bring torch is.

    Returns:
        "" where none brings it.
    """
    files = [path for name in LIGHT for path in (package / f"{name}.py", package / name)]
    files = [f for path in files for f in ([path] if path.is_file() else sorted(path.glob("*.py")))]
    names = [".".join(f.relative_to(package.parent).with_suffix("").parts) for f in files]
    ended = subprocess.run(
        [sys.executable, "-c", IMPORT_EACH, str(package.parent), *names],
        capture_output=True,
        text=True,
        check=False,
    )
    return "".join(ended.stderr.splitlines()[-1:])


def test_the_light_modules_bring_no_torch() -> None:
    """What the command needs before and after grading is there without torch."""
    assert heavy(PACKAGE) == ""


def test_help_brings_no_torch() -> None:
    """`grade --help` answers without torch."""
    ended = subprocess.run(
        [sys.executable, "-c", ASK_FOR_HELP, str(PACKAGE.parent), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout.splitlines()[-1] == "0 False"


def test_a_module_that_brings_torch_is_named(tmp_path: Path) -> None:
    """The first light module that brings torch is named, and a heavy one is not asked."""
    package = tmp_path / "grader"
    (package / "reports").mkdir(parents=True)
    (tmp_path / "torch.py").touch()
    (package / "__init__.py").touch()
    (package / "errors.py").touch()
    (package / "session.py").write_text("import torch")
    (package / "cli.py").write_text("import torch")
    (package / "reports/page.py").write_text("import grader.session")

    assert heavy(package) == "grader.reports.page brings torch"
