"""Expectations on what a module shows of itself: what it registers, shares, and takes along.

A layer in a plain list, a tensor that is no buffer and a layer made in the forward pass all compute
the right values, and are lost when the model is trained, saved or moved. Here the registry is held
against the reference's model, then the model is saved, converted and moved as a user would.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from grader.expect.modules import module
from grader.expect.values import close, tensor
from grader.expect.wording import brief, mismatch
from grader.sandbox.wire.modules import unregistered

Move = Mapping[str, Any]

MODEL = "the model"
# What the weights of the model that is saved are multiplied by, so that no fresh one has them.
_MARK = 1.25
# How a model is converted and moved: in words, and as arguments of `to`.
_MOVES: tuple[tuple[str, Move], ...] = (
    ("model.double()", {"dtype": torch.float64}),
    ('model.to("meta")', {"device": torch.device("meta")}),
)


def surface(
    got: object,
    like: nn.Module,
    *inputs: torch.Tensor,
    fresh: object = None,
    names: bool = True,
    buffers: bool = True,
    meta: bool = True,
) -> None:
    """Expect a module that registers what another one does, and that works when it is moved.

    Looked at, in this order: layers outside the registry; parameters by name, shape, dtype and
    whether they are trained; which of them are one; buffers; that `train()` and `eval()` reach all
    parts. With inputs also: that two calls in evaluation mode agree; that the weights, saved and
    loaded into a fresh model, give the same results; and that the forward pass works after
    `.double()` and `.to("meta")`, where the reference's does.

    Args:
        got: the student's model. It is left in the mode it had.
        like: the reference's.
        inputs: arguments of a forward pass.
        fresh: a second model of the student, made as the first; its weights are overwritten.
        names: False if the student chooses the names; then shapes are compared, whatever the order.
        buffers: False if the student chooses what is a buffer.
        meta: False leaves out the meta device, where a forward pass needs no accelerator to show
            what stays behind. The first one in a process costs torch an import of two seconds.

    Raises:
        Mismatch: something of this differs.
    """
    model = module(got, nn.Module, name=MODEL)
    _registers(model, like, names, buffers)
    _has_modes(model)
    if not inputs:
        return
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            _repeats(model, inputs)
            if fresh is not None:
                _loads(model, module(fresh, nn.Module, name="the fresh model"), inputs)
            _moves(model, like, inputs, _MOVES if meta else _MOVES[:1])
    finally:
        model.train(was_training)


# The registry


def _registers(model: nn.Module, like: nn.Module, names: bool, buffers: bool) -> None:
    loose = list(_loose(model))
    for name, held in loose:
        if held == "module":
            raise _refused(
                f"The model keeps layers in `{name}`, a plain list, dict or attribute, where "
                "PyTorch does not see them. Use nn.ModuleList or nn.ModuleDict.",
                where=name,
                got="layers that are not registered",
                wanted="registered layers",
            )
    kinds = (("parameter", _parameters), ("buffer", _buffers))[: 2 if buffers else 1]
    for kind, listed in kinds:
        theirs, ours = listed(model), listed(like)
        if names:
            _agree(kind, theirs, ours, loose)
        else:
            _agree_in_number(kind, theirs, ours, loose)
    if names:
        _shares(model, like)


def _parameters(model: nn.Module) -> dict[str, torch.Tensor]:
    return dict(model.named_parameters(remove_duplicate=False))


def _buffers(model: nn.Module) -> dict[str, torch.Tensor]:
    """List the buffers that are saved: others are the student's own affair."""
    saved = model.state_dict()
    listed = model.named_buffers(remove_duplicate=False)
    return {name: buffer for name, buffer in listed if name in saved}


def _agree(
    kind: str,
    theirs: Mapping[str, torch.Tensor],
    ours: Mapping[str, torch.Tensor],
    loose: Sequence[tuple[str, str]],
) -> None:
    missing = [name for name in ours if name not in theirs]
    if missing:
        # An attribute of that very name says most.
        likely = sorted(loose, key=lambda pair: pair[0] == missing[0])
        raise _lacks(kind, f"the {kind} {missing[0]}", likely, list(theirs), list(ours))
    extra = [name for name in theirs if name not in ours]
    if extra:
        raise _refused(
            f"The model has the {kind} {extra[0]}, which is not expected.",
            where=extra[0],
            got=_listed(theirs),
            wanted=_listed(ours),
        )
    for name, wanted in ours.items():
        subject = f"the {kind} {name}"
        found = tensor(theirs[name], shape=tuple(wanted.shape), dtype=wanted.dtype, name=subject)
        if kind == "parameter" and found.requires_grad != wanted.requires_grad:
            frozen = (
                "is frozen: its requires_grad is False" if wanted.requires_grad else "is trained"
            )
            wish = "should be trained" if wanted.requires_grad else "should be frozen"
            raise _refused(
                f"The parameter {name} {frozen}; it {wish}.",
                where=name,
                got=f"requires_grad={found.requires_grad}",
                wanted=f"requires_grad={wanted.requires_grad}",
            )


def _agree_in_number(
    kind: str,
    theirs: Mapping[str, torch.Tensor],
    ours: Mapping[str, torch.Tensor],
    loose: Sequence[tuple[str, str]],
) -> None:
    """Compare without names: how many there are of each shape, dtype and trainability.

    One that is shared counts once, so that `[layer] * n` is not n layers.
    """
    mine, right = _forms(theirs), _forms(ours)
    if len(mine) < len(right):
        count = f"{len(right) - len(mine)} of {len(right)} {kind}s"
        raise _lacks(kind, count, loose, mine, right)
    if mine != right:
        odd = next((form for form in mine if mine.count(form) != right.count(form)), "")
        raise _refused(
            f"The model has {len(mine)} {kind}s, one of them {odd or 'missing'}; other shapes, "
            "dtypes or frozen ones are expected.",
            got=brief(mine),
            wanted=brief(right),
        )


def _forms(tensors: Mapping[str, torch.Tensor]) -> list[str]:
    distinct = {id(each): each for each in tensors.values()}.values()
    return sorted(
        f"{tuple(each.shape)} {each.dtype}{'' if each.requires_grad else ' frozen'}"
        for each in distinct
    )


def _lacks(
    kind: str,
    what: str,
    loose: Sequence[tuple[str, str]],
    theirs: Sequence[str],
    ours: Sequence[str],
) -> AssertionError:
    """Say that something is not registered, and what may have become of it."""
    remedy = "Register it: nn.Parameter or a layer as an attribute, made in __init__."
    if kind == "buffer":
        remedy = "Register it with register_buffer."
    where = ""
    for name, held in loose[-1:]:
        where = name
        if held == "computed":
            remedy = (
                f"`{name}` was a parameter before it was moved or converted, and is an ordinary "
                "tensor now: move first, then wrap, nn.Parameter(t.to(device))."
            )
        else:
            remedy = (
                f"`{name}` is an ordinary tensor, so it neither trains nor moves with the model; "
                "use nn.Parameter or register_buffer."
            )
    return _refused(
        f"The model lacks {what}. {remedy}", where=where, got=brief(theirs), wanted=brief(ours)
    )


def _loose(model: nn.Module) -> Iterator[tuple[str, str]]:
    """List what no part of a model registers, by the path to it."""
    for path, part in model.named_modules():
        for name, held in unregistered(part):
            yield f"{path}.{name}" if path else name, held


def _shares(model: nn.Module, like: nn.Module) -> None:
    """Compare which names stand for one parameter."""
    theirs, ours = _twins(model), _twins(like)
    for name in ours:
        mine, right = theirs[name], ours[name]
        if mine - right:
            other = min(mine - right)
            raise _refused(
                f"{other} and {name} are the same parameter. Make each layer by itself; "
                "[layer] * n holds one layer n times.",
                where=name,
                got="shared",
                wanted="separate",
            )
        if right - mine:
            other = min(right - mine)
            raise _refused(
                f"{other} and {name} are two parameters; one that both use is expected.",
                where=name,
                got="separate",
                wanted="shared",
            )


def _twins(model: nn.Module) -> dict[str, set[str]]:
    found = _parameters(model)
    return {name: {n for n, other in found.items() if other is p} for name, p in found.items()}


def _has_modes(model: nn.Module) -> None:
    was = model.training
    try:
        for mode in (True, False):
            model.train(mode)
            for name, part in model.named_modules():
                if part.training != mode:
                    verb = "train" if mode else "eval"
                    raise _refused(
                        f"model.{verb}() does not reach {name or 'the model'}.",
                        where=name,
                        got=f"training={part.training}",
                        wanted=f"training={mode}",
                    )
    finally:
        model.train(was)


# Saving and moving


def _repeats(model: nn.Module, inputs: Sequence[torch.Tensor]) -> None:
    one, two = tensor(model(*inputs)), tensor(model(*inputs))
    if one.shape != two.shape or not bool(((one == two) | (one.isnan() & two.isnan())).all()):
        raise _refused(
            "Two calls of the model in evaluation mode differ. Is a layer made anew in each "
            "forward pass? Make layers in __init__.",
            got="another result in each call",
            wanted="the same result",
        )


def _loads(model: nn.Module, fresh: nn.Module, inputs: Sequence[torch.Tensor]) -> None:
    saved = {
        name: value * _MARK if value.is_floating_point() else value.clone()
        for name, value in model.state_dict().items()
    }
    twin = copy.deepcopy(model)
    twin.load_state_dict(saved)
    wanted = tensor(twin(*inputs))
    try:
        fresh.load_state_dict(saved)
    except RuntimeError as error:
        raise _refused(
            f"The saved weights do not load into a fresh model: {_first_line(error)}",
            got="other weights",
            wanted="weights that load",
        ) from error
    answer = tensor(fresh.eval()(*inputs))
    close(answer, wanted, name="the result of a fresh model with the saved weights")


def _moves(
    model: nn.Module,
    like: nn.Module,
    inputs: Sequence[torch.Tensor],
    moves: Sequence[tuple[str, Move]],
) -> None:
    for words, convert in moves:
        moved = [_converted(each, convert) for each in inputs]
        try:
            wanted = tensor(copy.deepcopy(like).eval().to(**convert)(*moved))
        except RuntimeError:  # What the reference cannot, nobody has to.
            continue
        try:
            answer = tensor(copy.deepcopy(model).to(**convert)(*moved))
        except RuntimeError as error:
            # A forward pass that asks for a value, as `if x.isnan().any()`, has none to ask for.
            if "item()" in str(error):
                continue
            raise _refused(
                f"After {words} the forward pass fails: {_first_line(error)} "
                "Something stays behind: use device=x.device and dtype=x.dtype in forward, and "
                "register_buffer for tensors that are kept.",
                where=words,
                got="an error",
                wanted="a result",
            ) from error
        if (answer.dtype, answer.device) != (wanted.dtype, wanted.device):
            raise _refused(
                f"After {words} the result is {answer.dtype} on {answer.device}; {wanted.dtype} "
                f"on {wanted.device} is expected.",
                where=words,
                got=f"{answer.dtype} on {answer.device}",
                wanted=f"{wanted.dtype} on {wanted.device}",
            )


def _converted(value: torch.Tensor, convert: Move) -> torch.Tensor:
    """Move an input; whole numbers keep their dtype."""
    if "dtype" in convert and not value.is_floating_point():
        return value
    return value.to(**convert)


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rstrip(".:!") + "."


def _listed(names: Mapping[str, torch.Tensor]) -> str:
    return brief(list(names))


def _refused(text: str, *, got: str, wanted: str, where: str = "") -> AssertionError:
    return mismatch(text, "surface", MODEL, got=got, wanted=wanted, where=where)
