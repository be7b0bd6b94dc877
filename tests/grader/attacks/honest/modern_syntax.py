"""modern_syntax

Means: dataclasses, types, match, walrus, decorators, caches and a main guard.
Verdict: full marks.
"""

import dataclasses
import enum
import functools
import typing

import torch


class Axis(enum.IntEnum):
    ROW = 0
    COLUMN = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    numbers: tuple[float, ...] = (1.0, 2.0, 3.0)


class Pair(typing.NamedTuple):
    left: torch.Tensor
    right: torch.Tensor


def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


@functools.lru_cache
def settings() -> Settings:
    return Settings()


@logged
def make_vector(*, scale: float = 1.0) -> torch.Tensor:
    match settings():
        case Settings(numbers=numbers) if (count := len(numbers)) == 3:
            return scale * torch.tensor(numbers[:count])
    raise AssertionError


@logged
def matvec(A: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    pair = Pair(A, v)
    return (pair.left * pair.right).sum(Axis.COLUMN)


if __name__ == "__main__":
    raise SystemExit(make_vector())
