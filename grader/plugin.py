"""The pytest plugin: marks everywhere, fixtures inside a course.

It is an entry point, so it loads in every pytest run of its environment; it therefore imports
neither torch nor a course, and does nothing but register three marks until it stands in a course.
There it brings in `grader.fixtures`, by name, as pytest brings in plugins.
"""

import pytest

from grader.course import GRADEBOOK


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks; inside a course, also its fixtures."""
    config.addinivalue_line("markers", "points(n): what the check is worth, a number such as 2")
    config.addinivalue_line("markers", "needs(id): the check that must pass before this is tried")
    config.addinivalue_line("markers", "shows(level, reveal): how much is told where it is lost")
    start = config.rootpath
    if any((folder / GRADEBOOK).is_file() for folder in (start, *start.parents)):
        config.pluginmanager.import_plugin("grader.fixtures")
