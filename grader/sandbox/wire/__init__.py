"""The protocol between the host and the child: what may cross the wall, and in which shape.

Theory of operation
-------------------
Two processes talk over one private socket. The *host* is trusted: it holds hidden checks, expected
values and references. The *child* runs the student's code and is believed in nothing: each byte it
sends may have been forged by that code. The host asks, the child answers; the child never asks.

A *frame* (`frames`) is a prefix of 16 bytes, a header in JSON, and the raw bytes of tensors, each
aligned to 64 bytes. Every length is checked against a cap before anything is allocated, the header
may hold lists, text and numbers only, its depth and the number of its nodes are capped, and the
tensors' dtypes, shapes and byte counts must agree exactly. Whatever fails is a `WireError`; nothing
is executed, looked up by a name the other side chose, or unpickled.

A frame's body speaks of *things* (`values`): objects with an identity, such as tensors, lists,
modules and optimizers. The sender numbers them and describes each once; everything else refers to
the number. The answer to a call continues the numbering, so that a tensor which the student
returns unchanged comes back as the very object that was sent, and it lists the things that the
call changed, so that in-place changes come back too. Both sides share this one codec, in both
directions; what only one side understands (a student's own module class, a function) is a
*foreign* thing, which its owner keeps and names by a handle.

When one side dies the other sees the end of the stream; nothing is ever half believed, because a
frame is either complete and checked or not there.
"""

from grader.sandbox.wire.frames import Block, Caps, Frame, Node, pack, receive
from grader.sandbox.wire.plain import expect, refusing
from grader.sandbox.wire.values import Foreign, Table

__all__ = [
    "Block",
    "Caps",
    "Foreign",
    "Frame",
    "Node",
    "Table",
    "expect",
    "pack",
    "receive",
    "refusing",
]
