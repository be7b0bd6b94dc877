"""leak_markup

Tries: messages in HTML, Markdown, LaTeX and the commands of continuous integration.
Verdict: each check raised; a page that shows them has to escape them.
"""


def make_vector():
    raise ValueError("<script>alert(1)</script><img src=x onerror=alert(1)>")


def matvec(A, v):
    raise ValueError("](javascript:alert(1)) ```\n::error::passed\n##[endgroup]\n| a | b |")


def loss_fn(w, x, y):
    raise ValueError("\\input{/etc/passwd} $$ \\end{document} {{7*7}} ${7*7} %s %n {0.__class__}")


def train(*_):
    raise ValueError('"}], "score": "10", "checks": [{"verdict": "passed')


def build_ff():
    raise ValueError("'; DROP TABLE attempts; -- =cmd|' /C calc'!A0")
