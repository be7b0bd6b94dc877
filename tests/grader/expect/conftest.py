"""What every test of an expectation needs: a student beside a reference, and the refusal."""

import pytest

from grader.errors import Mismatch


class Submitted:
    """A student's function beside the reference's, as the plugin hands it to a check."""

    def __init__(self, function, reference):
        self.function, self.reference = function, reference
        self.__name__ = getattr(function, "__name__", "answer")

    def __call__(self, *args):
        """Call the student's function."""
        return self.function(*args)


@pytest.fixture
def paired():
    """Put a function in the student's place: `paired(function, reference)`."""
    return Submitted


@pytest.fixture
def refused():
    """Give the `Mismatch` with which an expectation refuses."""

    def ask(expectation, *args, **options):
        with pytest.raises(Mismatch) as caught:
            expectation(*args, **options)
        return caught.value

    return ask


@pytest.fixture
def refusal(refused):
    """Give the sentence with which an expectation refuses."""
    return lambda expectation, *args, **options: str(refused(expectation, *args, **options))
