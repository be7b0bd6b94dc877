"""A share of `tests/fuzz/kills.py`: whatever is killed, the gradebook ends with the truth."""

import importlib.util
import sys
from pathlib import Path

import pytest

KILLS = Path(__file__).parents[2] / "fuzz/kills.py"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks for processes in /proc")
def test_whatever_is_killed(tmp_path: Path) -> None:
    """Commands, judges, zygotes and children die at random; nobody is lost, doubled or changed."""
    spec = importlib.util.spec_from_file_location("kills", KILLS)
    assert spec is not None
    assert spec.loader is not None
    kills = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(kills)
    report = kills.run(tmp_path, kills=40, seed=7)
    print(report.text())

    assert report.complaints == []
    assert report.count >= 40
    assert all(report.kills[kind] for kind in kills.CHANCES)
    # An idle machine takes a second at most; one that is busy may take longer to import torch.
    assert max(report.outlived_s) < 20
