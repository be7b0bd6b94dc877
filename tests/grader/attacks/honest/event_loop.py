"""event_loop

Means: an event loop and a generator where a line would do.
Verdict: full marks.
"""

import asyncio

import torch


async def numbers():
    for number in (1.0, 2.0, 3.0):
        await asyncio.sleep(0)
        yield number


def make_vector():
    async def collect():
        return torch.tensor([number async for number in numbers()])

    return asyncio.run(collect())
