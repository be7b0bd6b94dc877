"""What is written of a time or a size is read as the same value again."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from grader import quantities


def node(text: str) -> yaml.Node:
    """Give a value as gradebook.yml has it."""
    return yaml.ScalarNode("tag:yaml.org,2002:str", text)


def test_times_and_sizes_are_written_as_people_do() -> None:
    """Whole numbers have no point, and the largest unit that fits is taken."""
    times = [quantities.time_text(each) for each in (20.0, 0.5, 1.25, 3600.0, 1.5e-10)]
    sizes = [quantities.size_text(each) for each in (1 << 30, 3 << 29, 64 << 10, 1536, 1 << 40)]

    assert times == ["20 s", "0.5 s", "1.25 s", "3600 s", "0.00000015 ms"]
    assert sizes == ["1 GiB", "1536 MiB", "64 KiB", "1.5 KiB", "1024 GiB"]


NUMBER = st.builds(
    lambda whole, rest: f"{whole}.{rest}" if rest else str(whole),
    st.integers(0, 86_000_000),
    st.text("0123456789", max_size=9),
)


@given(NUMBER, st.sampled_from(["ms", "s", "min", "h"]))
def test_a_time_comes_back(number: str, unit: str) -> None:
    """A time that was read and written is read as the same number of seconds."""
    try:
        seconds = float(quantities.time(node(f"{number} {unit}"), "a time"))
    except quantities.UnfitError:
        return
    again = quantities.time(node(quantities.time_text(seconds)), "a time")

    assert float(again) == seconds


@given(st.integers(1, 1 << 31), st.integers(0, 511))
def test_a_size_comes_back(whole: int, part: int) -> None:
    """A size that can be written in KiB is read as the same number of bytes."""
    count = min(whole * 1024 + 2 * part, 1 << 40)

    assert quantities.size(node(quantities.size_text(count)), "a size") == count
