"""The environment and the command of the grader's own processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import environment


def test_nothing_of_the_users_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, homes and Python's own switches stay behind; folders of libraries go along."""
    for name in ("API_TOKEN", "HOME", "PYTHONPATH", "PYTHONSTARTUP", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "users-own")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    clean = environment.clean()

    assert "users-own" not in clean.values()
    assert clean["LD_LIBRARY_PATH"] == "/opt/lib"
    assert "CUDA_VISIBLE_DEVICES" not in clean
    assert clean["OMP_NUM_THREADS"] == "1"


def test_a_file_in_the_folder_shadows_no_module(tmp_path: Path) -> None:
    """Our interpreter takes nothing from the folder in which it is started."""
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")
    (tmp_path / "usercustomize.py").write_text("raise SystemExit('customized')")
    command = [*environment.interpreter(), "-c", "import json, sys; print(sys.flags.safe_path)"]

    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment.clean(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert command[0] == sys.executable
    assert ended.stdout == "True\n"


def test_the_order_of_a_set_is_the_same_in_every_process() -> None:
    """Hashes of text do not differ from run to run."""
    command = [*environment.interpreter(), "-c", "print(hash('attention'))"]

    seen = {
        subprocess.run(
            command, env=environment.clean(), capture_output=True, check=True
        ).stdout
        for _ in range(2)
    }  # fmt: skip

    assert len(seen) == 1
