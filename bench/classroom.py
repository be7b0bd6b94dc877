"""Made-up students for `similar.py`: honest answers to the five exercises, and copies of them.

An honest student has habits (how long names are, whether and in which voice comments are written,
how signs are spaced) and chooses, function by function, a way to write it, names, numbers and
comments: mostly what most choose, sometimes something rare. Habits make a student's choices depend
on each other, as they do in a real class; they are drawn for each student apart.
"""
# ruff: noqa: E501  One way to write a function is one line of the tables, however long.

import io
import random
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

# For each function, ways to write its body, each with its weight. $name is a name to be chosen, {a|b}
# a choice of one of several texts; the parameters have the names of the stub.
BODIES: dict[str, dict[str, list[tuple[int, str]]]] = {
    "tensors.py": {
        "vector(values)": [
            (60, "return torch.tensor(values, dtype=torch.float32)"),
            (15, "$out = torch.tensor(values, dtype=torch.float32)\nreturn $out"),
            (8, "return torch.tensor(values).float()"),
            (8, "return torch.tensor(values)"),
            (4, "return torch.FloatTensor(values)"),
            (3, "return torch.tensor([float($v) for $v in values])"),
            (2, "return torch.as_tensor(values, dtype=torch.{float32|float})"),
            (1, "$out = torch.zeros(len(values))\nfor $i, $v in enumerate(values):\n    $out[$i] = $v\nreturn $out"),
        ],
        "matrix(rows)": [
            (60, "return torch.tensor(rows, dtype=torch.float32)"),
            (15, "$out = torch.tensor(rows, dtype=torch.float32)\nreturn $out"),
            (8, "return torch.tensor(rows).float()"),
            (8, "return torch.tensor(rows)"),
            (3, "return torch.stack([vector($v) for $v in rows])"),
            (3, "return torch.stack([torch.tensor($v, dtype=torch.float32) for $v in rows])"),
            (2, "return torch.as_tensor(rows, dtype=torch.{float32|float})"),
            (1, "$out = torch.empty(len(rows), len(rows[0]))\nfor $i in range(len(rows)):\n    for $j in range(len(rows[0])):\n        $out[$i, $j] = rows[$i][$j]\nreturn $out"),
        ],
        "shape(t)": [
            (55, "return tuple(t.shape)"), (20, "return t.shape"), (10, "return tuple(t.size())"),
            (6, "return t.size()"), (4, "return list(t.shape)"),
            (3, "return tuple(int($v) for $v in t.shape)"), (2, "$out = t.shape\nreturn tuple($out)"),
        ],
    },
    "operations.py": {
        "add(a, b)": [(85, "return a + b"), (10, "return torch.add(a, b)"), (4, "$out = a + b\nreturn $out"), (1, "return a.add(b)")],
        "multiply(a, b)": [(82, "return a * b"), (8, "return torch.mul(a, b)"), (4, "$out = a * b\nreturn $out"), (3, "return torch.multiply(a, b)"), (2, "return a.mul(b)"), (1, "return torch.dot(a, b)")],
        "matvec(A, v)": [(70, "return A @ v"), (10, "return torch.mv(A, v)"), (8, "return torch.matmul(A, v)"), (5, "return (A * v).sum({dim=1|1|dim=-1|-1})"), (3, "$out = A @ v\nreturn $out"), (2, "return A * v"), (1, "return torch.stack([torch.dot($v, v) for $v in A])"), (1, "return torch.einsum('ij,j->i', A, v)")],
        "matmul(A, B)": [(70, "return A @ B"), (14, "return torch.matmul(A, B)"), (8, "return torch.mm(A, B)"), (4, "$out = A @ B\nreturn $out"), (2, "return torch.einsum('ij,jk->ik', A, B)"), (1, "return A.matmul(B)"), (1, "return torch.stack([A @ $v for $v in B.T], dim=1)")],
    },
    "gradients.py": {
        "loss(w, x, y)": [(66, "return (w * x - y) ** 2"), (8, "return (w * x - y).pow(2)"), (10, "$pred = w * x\nreturn ($pred - y) ** 2"), (4, "$out = w * x - y\nreturn $out ** 2"), (3, "return torch.square(w * x - y)"), (3, "$pred = w * x\n$loss = ($pred - y) ** 2\nreturn $loss"), (2, "return (y - w * x) ** 2"), (2, "return torch.nn.functional.mse_loss(w * x, y)"), (2, "return w * x - y")],
        "gradient(w, x, y)": [
            (34, "$leaf = w.{detach().clone()|clone().detach()}.requires_grad_({True|})\n$loss = loss($leaf, x, y)\n$loss.backward()\nreturn $leaf.grad"),
            (16, "$leaf = w.{detach().clone()|clone().detach()}.requires_grad_({True|})\nloss($leaf, x, y).backward()\nreturn $leaf.grad"),
            (14, "$leaf = w.detach().clone().requires_grad_({True|})\n$loss = loss($leaf, x, y)\n$grad = torch.autograd.grad($loss, $leaf)[0]\nreturn $grad"),
            (8, "$leaf = w.detach().clone()\n$leaf.requires_grad = True\n$loss = loss($leaf, x, y)\n$loss.backward()\nreturn $leaf.grad"),
            (8, "$leaf = w.detach().requires_grad_({True|})\n$grad, = torch.autograd.grad(loss($leaf, x, y), $leaf)\nreturn $grad"),
            (7, "$loss = loss(w, x, y)\n$loss.backward()\nreturn w.grad"),
            (4, "return 2 * (w * x - y) * x"),
            (4, "return torch.autograd.grad(loss(w, x, y), w)[0]"),
            (3, "with torch.enable_grad():\n    $leaf = w.detach().clone().requires_grad_(True)\n    $loss = loss($leaf, x, y)\n    $grad = torch.autograd.grad($loss, $leaf)\nreturn $grad[0]"),
            (2, "$leaf = torch.tensor(w.item(), requires_grad=True)\n$loss = loss($leaf, x, y)\n$loss.backward()\nreturn $leaf.grad.detach()"),
        ],
        "descend(w, x, y, lr)": [
            (40, "return w.detach() - lr * gradient(w, x, y)"),
            (18, "$grad = gradient(w, x, y)\nreturn w.detach() - lr * $grad"),
            (12, "return (w - lr * gradient(w, x, y)).detach()"),
            (10, "$grad = gradient(w, x, y)\n$out = w - lr * $grad\nreturn $out.detach()"),
            (7, "with torch.no_grad():\n    $out = w - lr * gradient(w, x, y)\nreturn $out"),
            (6, "$grad = gradient(w, x, y)\nwith torch.no_grad():\n    return w - lr * $grad"),
            (4, "return w - lr * gradient(w, x, y)"),
            (3, "return w.detach() + lr * gradient(w, x, y)"),
        ],
    },
    "training.py": {
        "train(model, optimizer, X, y, steps)": [
            (30, "$losses = []\nfor $i in range(steps):\n    $pred = model(X)\n    $loss = {(($pred - y) ** 2).mean()|torch.mean(($pred - y) ** 2)|nn.functional.mse_loss($pred, y)|nn.MSELoss()($pred, y)}\n    optimizer.zero_grad()\n    $loss.backward()\n    optimizer.step()\n    $losses.append($loss.item())\nreturn $losses"),
            (20, "$losses = []\nfor $i in range(steps):\n    optimizer.zero_grad()\n    $pred = model(X)\n    $loss = {(($pred - y) ** 2).mean()|torch.mean(($pred - y) ** 2)|nn.functional.mse_loss($pred, y)|(y - $pred).pow(2).mean()}\n    $loss.backward()\n    optimizer.step()\n    $losses.append({$loss.item()|float($loss)})\nreturn $losses"),
            (14, "$losses = []\n$crit = nn.MSELoss()\nfor $i in range(steps):\n    $pred = model(X)\n    $loss = $crit($pred, y)\n    optimizer.zero_grad()\n    $loss.backward()\n    optimizer.step()\n    $losses.append($loss.item())\nreturn $losses"),
            (10, "$losses = []\n$crit = nn.MSELoss()\nfor $i in range(steps):\n    optimizer.zero_grad()\n    $pred = model(X)\n    $loss = $crit($pred, y)\n    $losses.append($loss.item())\n    $loss.backward()\n    optimizer.step()\nreturn $losses"),
            (8, "model.train()\n$losses = []\nfor $i in range(steps):\n    $pred = model(X)\n    $loss = (($pred - y) ** 2).mean()\n    $losses.append({$loss.item()|float($loss)|$loss.detach().item()})\n    optimizer.zero_grad({set_to_none=True|})\n    $loss.backward()\n    optimizer.step()\nreturn $losses"),
            (6, "$losses = []\nfor $i in range(steps):\n    $pred = model(X)\n    $loss = (($pred - y) ** 2).mean()\n    $loss.backward()\n    optimizer.step()\n    optimizer.zero_grad()\n    $losses.append($loss.item())\nreturn $losses"),
            (5, "$losses = []\nfor $i in range(steps):\n    $pred = model(X)\n    $loss = (($pred - y) ** 2).mean()\n    $loss.backward()\n    optimizer.step()\n    $losses.append($loss.item())\nreturn $losses"),
            (3, "$losses = []\nfor $i in range(steps):\n    $pred = model(X)\n    $loss = (($pred - y) ** 2).sum()\n    optimizer.zero_grad()\n    $loss.backward()\n    optimizer.step()\n    $losses.append($loss)\nreturn $losses"),
            (2, "$losses = [0.0] * steps\nfor $i in range(steps):\n    optimizer.zero_grad()\n    $loss = (($pred_fn(X) - y) ** 2).mean()\n    $loss.backward()\n    optimizer.step()\n    $losses[$i] = $loss.item()\nreturn $losses"),
            (2, "$losses = []\n$i = 0\nwhile $i < steps:\n    $pred = model(X)\n    $loss = (($pred - y) ** 2).sum() / len(y)\n    optimizer.zero_grad()\n    $loss.backward()\n    optimizer.step()\n    $losses.append($loss.item())\n    $i += 1\nreturn $losses"),
        ],
        "fit_line(X, y)": [
            (26, "$model = nn.Linear(1, 1)\n$opt = torch.optim.SGD($model.parameters(), lr=#lr)\ntrain($model, $opt, X, y, #steps)\nreturn $model"),
            (16, "$model = nn.Linear(1, 1)\n$opt = torch.optim.Adam($model.parameters(), lr=#lr)\ntrain($model, $opt, X, y, #steps)\nreturn $model"),
            (12, "$model = nn.Linear(1, 1)\n$opt = torch.optim.SGD($model.parameters(), lr=#lr)\ntrain($model, $opt, X, y, steps=#steps)\nreturn $model"),
            (12, "$model = nn.Linear(1, 1, device=X.device)\n$opt = torch.optim.{SGD|Adam}($model.parameters(), lr=#lr)\ntrain($model, $opt, X, y, #steps)\nreturn $model"),
            (8, "$model = nn.Linear(1, 1)\n$opt = torch.optim.SGD($model.parameters(), lr=#lr, momentum=0.9)\ntrain($model, $opt, X, y, #steps)\nreturn $model"),
            (8, "$model = nn.Linear(in_features=1, out_features=1)\n$opt = torch.optim.{SGD|Adam}($model.parameters(), lr=#lr)\n$steps = #steps\ntrain($model, $opt, X, y, $steps)\nreturn $model"),
            (8, "$model = nn.Linear(1, 1)\n$opt = torch.optim.SGD($model.parameters(), lr=#lr)\nfor $i in range(#steps):\n    $pred = $model(X)\n    $loss = (($pred - y) ** 2).mean()\n    $opt.zero_grad()\n    $loss.backward()\n    $opt.step()\nreturn $model"),
            (6, "$model = nn.Linear(X.shape[1], y.shape[1])\n$opt = torch.optim.{SGD|Adam|AdamW}($model.parameters(), #lr)\n$losses = train($model, $opt, X, y, #steps)\nreturn $model"),
            (4, "torch.manual_seed(#seed)\n$model = nn.Linear(1, 1)\n$opt = torch.optim.{SGD|Adam}($model.parameters(), lr=#lr)\ntrain($model, $opt, X, y, #steps)\nreturn $model"),
        ],
    },
    "linear.py": {
        "feed_forward()": [(76, "return nn.Linear(768, 3072)"), (8, "$out = nn.Linear(768, 3072)\nreturn $out"), (6, "return nn.Linear(in_features=768, out_features=3072{, bias=True|})"), (4, "return nn.Linear(768, {4 * 768|768 * 4})"), (3, "return torch.nn.Linear(768, 3072)"), (3, "return nn.Linear(3072, 768)")],
        "linear(x, weight, bias)": [(62, "return x @ weight.T + bias"), (10, "return torch.matmul(x, weight.T) + bias"), (6, "return x @ weight.t() + bias"), (6, "$out = x @ weight.T\nreturn $out + bias"), (5, "$out = x @ weight.T + bias\nreturn $out"), (4, "return x @ weight.transpose({0, 1|-1, -2|-2, -1}) + bias"), (3, "return torch.einsum('...i,oi->...o', x, weight) + bias"), (2, "return x @ weight + bias"), (2, "return torch.add(torch.matmul(x, weight.T), bias)")],
        "parameter_count(module)": [
            (42, "return sum($p.numel() for $p in module.parameters() if $p.requires_grad)"),
            (14, "return sum([$p.numel() for $p in module.parameters() if $p.requires_grad])"),
            (14, "return sum($p.numel() for $p in module.parameters())"),
            (14, "$total = 0\nfor $p in module.parameters():\n    if $p.requires_grad:\n        $total += $p.numel()\nreturn $total"),
            (7, "$total = 0\nfor $p in module.parameters():\n    $total += $p.numel()\nreturn $total"),
            (4, "$total = 0\nfor $name, $p in module.named_parameters():\n    if $p.requires_grad:\n        $total = $total + $p.numel()\nreturn $total"),
            (3, "$total = 0\nfor $p in module.parameters():\n    if not $p.requires_grad:\n        continue\n    $total += $p.numel()\nreturn $total"),
            (2, "$ps = [$p for $p in module.parameters() if $p.requires_grad]\nreturn sum(len($p.flatten()) for $p in $ps)"),
        ],
    },
}  # fmt: skip

# Names for a place: what most write first. Half of the students stay with the first.
NAMES = {
    "out": "result out res t output tensor x ret r answer", "i": "_ i step epoch t it k n iteration idx",
    "j": "j col c k jj", "v": "v x row r value val item n e", "p": "p param parameter w q t",
    "pred": "pred prediction y_pred y_hat out output yhat predictions preds p", "pred_fn": "model",
    "loss": "loss l loss_value current_loss L error mse cost err", "leaf": "leaf w_copy w2 w_ w_new weight wc copy w1 w_leaf",
    "grad": "grad g gradient_value dw derivative d grads dldw", "losses": "losses history loss_history loss_list all_losses results hist ls out",
    "crit": "criterion loss_fn mse lossfn loss_function mse_loss crit", "model": "model net line m linear layer lin",
    "opt": "optimizer opt optim sgd o optimiser", "steps": "steps n_steps epochs num_steps n iterations", "total": "total count n num result cnt total_params s",
    "name": "name _ n key", "ps": "params ps trainable parameters",
}  # fmt: skip
NUMBERS = {
    "lr": "0.01 0.1 0.05 0.02 0.03 0.005 0.001 0.08",
    "steps": "1000 500 200 100 300 2000 5000 400 1500 250",
    "seed": "0 42 1 123",
}

# Comments before a line, by a word that the line has; {a|b} is a choice.
COMMENTS = {
    "backward": "{backward|backward pass|backpropagation|compute {the |}gradients|backprop|gradients berechnen|get the gradient of the loss}",
    "zero_grad": "{zero {the |}gradients|reset {the |}gradients|clear {old |}gradients|gradienten {auf null|zurücksetzen}|important: reset grads}",
    "step()": "{update {the |}{weights|parameters}|optimizer step|update|take a step|gewichte anpassen|do one step}",
    "model(X)": "{forward|forward pass|make {a |}prediction{s|}|predict|vorhersage|run the model}",
    "loss": "{compute {the |}loss|calculate {the |}loss|loss|mean squared error|mse|fehler berechnen|how wrong are we}",
    "append": "{save {the |}loss|store {the |}loss|remember the loss|add to {the |}list|keep track of the loss}",
    "detach": "{make a copy|copy w so {that |}it {is not|isn't} changed|detach from {the |}graph|don't touch the original|kopie}",
    "Linear": "{create {the |}model|the model|one weight{ and|,} one bias|linear layer|modell}",
    "optim": "{optimizer|create {the |}optimizer|use {sgd|adam}|optimierer}",
    "@": "{matrix multiplication|matmul|matrix product|multiply}", "numel": "{count {the |}elements|number of elements|anzahl}",
    "float32": "{make {it |}{a |}float tensor|float32 as asked|convert to {a |}tensor}", "return": "{return {the |}{result|value}|done|return it|ergebnis}",
}  # fmt: skip
OPENERS = [
    "first ",
    "now ",
    "then ",
    "here we ",
    "todo check: ",
    "ok ",
    "i think ",
    "step 1: ",
    "step 2: ",
]
ENDS = [
    " here",
    " (see lesson)",
    " again",
    " like in the lesson",
    "!",
    " :)",
    "?",
    " because of autograd",
    " for training",
    " as described",
    "...",
]
EXTRA_IMPORTS = [
    "import torch.nn.functional as F",
    "import math",
    "import numpy as np",
    "from torch import optim",
    "from torch import Tensor",
    "import random",
]


@dataclass
class Habits:
    """What one student does everywhere."""

    comments: float
    voice: float
    rare: float
    tight: bool
    blank: float
    quotes: str
    imports: int


def habits(rng: random.Random) -> Habits:
    """Draw the habits of a student."""
    return Habits(
        comments=rng.choice([0, 0, 0, 0.1, 0.3, 0.7]),
        voice=rng.choice([0, 0.1, 0.4, 0.8]),
        rare=rng.choice([0, 0.05, 0.1, 0.4]),
        tight=rng.random() < 0.15,
        blank=rng.choice([0, 0, 0.1, 0.3]),
        quotes=rng.choice('\'""'),
        imports=rng.choice([0, 0, 0, 1, 2]),
    )


def honest(rng: random.Random, stub: str, file: str, mine: Habits) -> str:
    """Write one student's answer into the stub of an exercise."""
    text = stub
    for signature, ways in BODIES[file].items():
        name = signature.partition("(")[0]
        body = _body(rng, mine, _pick(rng, ways))
        pattern = re.compile(rf'    raise NotImplementedError\("{name}: [^\n]*\n')
        text = pattern.sub(lambda _, body=body: body, text, count=1)
    for line in rng.sample(EXTRA_IMPORTS, mine.imports):
        text = text.replace("import torch\n", f"import torch\n{line}\n", 1)
    return tightened(text) if mine.tight else text


def _body(rng: random.Random, mine: Habits, way: str) -> str:
    body = _chosen(rng, way)
    taken: set[str] = set()
    names: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        key = match[1]
        if key not in names:
            free = [n for n in NAMES[key].split() if n not in taken]
            names[key] = _name(rng, mine, free)
            taken.add(names[key])
        return names[key]

    body = re.sub(r"\$(\w+)", name, body)
    body = re.sub(r"#(\w+)", lambda m: _falling(rng, NUMBERS[m[1]].split()), body)
    if mine.quotes == '"':
        body = body.replace("'", '"')
    lines: list[str] = []
    for line in body.split("\n"):
        indent = "    " + re.match(" *", line)[0]
        if rng.random() < mine.comments and (said := _comment(rng, mine, line)):
            lines.append(f"{indent}# {said}")
        if lines and rng.random() < mine.blank:
            lines.append("")
        lines.append(f"    {line}")
    return "\n".join(lines) + "\n"


def _comment(rng: random.Random, mine: Habits, line: str) -> str:
    fitting = [text for word, text in COMMENTS.items() if word in line]
    if not fitting:
        return ""
    said = _chosen(rng, fitting[0])
    if rng.random() < mine.voice:
        said = rng.choice(OPENERS) + said
    if rng.random() < mine.voice:
        said += rng.choice(ENDS)
    if rng.random() < 0.3:
        said = said[0].upper() + said[1:]
    return said


def _name(rng: random.Random, mine: Habits, free: Sequence[str]) -> str:
    """Choose a name: mostly one of the usual ones, sometimes one made up."""
    chosen = _falling(rng, free)
    if rng.random() < mine.rare and chosen != "model":
        form = rng.choice(
            [
                "my_{}",
                "{}_{}",
                "new_{}",
                "{}1",
                "{}_tensor",
                "the_{}",
                "{}_value",
                "cur_{}",
                "{}s",
                "{}2",
            ]
        )
        chosen = form.format(chosen, rng.choice("abcdefgnxyz"))
    return chosen


def _falling(rng: random.Random, options: Sequence[T]) -> T:
    """Choose one, each half as likely or so as those before."""
    weights = [1 / (place + 1) ** 1.3 for place in range(len(options))]
    return rng.choices(options, weights)[0]


def _pick(rng: random.Random, ways: Sequence[tuple[int, str]]) -> str:
    return rng.choices([way for _, way in ways], [weight for weight, _ in ways])[0]


def _chosen(rng: random.Random, text: str) -> str:
    """Choose at each {a|b}, from the innermost outwards."""
    while match := re.search(r"\{([^{}]*\|[^{}]*)\}", text):
        text = text[: match.start()] + rng.choice(match[1].split("|")) + text[match.end() :]
    return text


def tightened(text: str) -> str:
    """Write signs without spaces around them, as some do."""
    return re.sub(r"(?m)^( +(?!#).*?)( [-+*=] )(.*)$", lambda m: m[1] + m[2].strip() + m[3], text)


def copied(rng: random.Random, text: str, how: str) -> str:
    """Copy an answer and change it: "as it is", "comments", "names", "order", "everything"."""
    if how in ("comments", "everything"):
        text = re.sub(r"(?m)^ +#.*\n", "", text)
        if how == "everything" or rng.random() < 0.5:
            text = (
                re.sub(r"(?m)^(    .*zero_grad)", r"    # gradients reset\n\1", text)
                if "def train" in text
                else text
            )
    if how in ("names", "everything"):
        own = sorted(set(re.findall(r"(?m)^ +(\w+)(?:, \w+)? = |for (\w+)(?:, \w+)? in", text)))
        for name in sorted({part for pair in own for part in pair if part and part != "_"}):
            text = renamed(text, name, f"{rng.choice('abcdfghklmnqrsuvz')}{rng.randrange(10)}")
    if how in ("order", "everything"):
        text = re.sub(
            r"(?m)^( +)(optimizer\.zero_grad\(.*\))\n( +)(\w+\.backward\(\))", r"\1\2\n\3\4", text
        )
        text = re.sub(r"(?m)^( +)(\w+ = \[\])\n( +)(\w+ = nn\.\w+\(\))$", r"\1\4\n\3\2", text)
        text = tightened(text)
    return text


def renamed(text: str, old: str, new: str) -> str:
    """Rename a name wherever it is one, and not an attribute or a keyword."""
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    lines = text.split("\n")
    for before, token, after in reversed(list(zip(tokens, tokens[1:], tokens[2:], strict=False))):
        is_keyword = after.string == "=" and before.string in ("(", ",")
        if (
            token.type == tokenize.NAME
            and token.string == old
            and before.string != "."
            and not is_keyword
        ):
            row, column = token.start
            line = lines[row - 1]
            lines[row - 1] = line[:column] + new + line[column + len(old) :]
    return "\n".join(lines)
