"""What the tests of imports share."""

import pytest

from grader.imports import nbgrader

from . import nbgrader_course as nc


@pytest.fixture
def made(tmp_path):
    """Turns cells of nbgrader's into an exercise."""

    def make(*cells, version=3):
        return nbgrader.of_notebook(nc.save(tmp_path / "ps1", "lab.ipynb", cells, version))

    return make
