"""How a page looks: two palettes and one style sheet, for screens of any width and for paper.

Colours are named, so that a test can work out the contrast of each with what it stands on. None of
them carries a meaning alone: a state has a mark and a word, a curve a dash, a cell a shade.
"""

from collections.abc import Mapping

# Paper is light whatever the screen is.
LIGHT = {
    "page": "#f6f5f1",
    "card": "#ffffff",
    "ink": "#1b1c20",
    "soft": "#55575f",
    "line": "#d8d6cf",
    "passed": "#14683a",
    "lost": "#b3201c",
    "skipped": "#765200",
    "ungraded": "#6a3fa3",
    "got": "#0b5cad",
    "wanted": "#9a4a00",
    "track": "#e7e5de",
    "heat1": "#e6c3c0",
    "heat2": "#d98d87",
    "heat3": "#c4514b",
    "heat4": "#8f1511",
}
DARK = {
    "page": "#131417",
    "card": "#1c1d22",
    "ink": "#ececf1",
    "soft": "#a8abb5",
    "line": "#3a3c44",
    "passed": "#63cf8b",
    "lost": "#ff8f86",
    "skipped": "#e6b95e",
    "ungraded": "#cbaaff",
    "got": "#74bbff",
    "wanted": "#ffb57d",
    "track": "#32343c",
    "heat1": "#5a3532",
    "heat2": "#8f4842",
    "heat3": "#cf665d",
    "heat4": "#ffa79f",
}

# What is written in which colour on which ground, and what is drawn so: the first wants a contrast
# of 4.5, the second of 3.
WRITTEN = tuple(
    (text, ground)
    for text in ("ink", "soft", "passed", "lost", "skipped", "ungraded", "got", "wanted")
    for ground in ("page", "card")
)
DRAWN = (("got", "card"), ("wanted", "card"), ("lost", "card"), ("heat3", "card"),
         ("heat4", "card"), ("passed", "track"), ("got", "track"))  # fmt: skip

_RULES = """\
.grader{background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",
Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere;text-align:start;padding:1px .75rem}
.grader *{box-sizing:border-box}
.grader>*{max-width:46rem;margin-inline:auto}
.grader header{padding:1.5rem 0 1rem}
.grader h1,.grader h2,.grader h3,.grader p,.grader ul{margin:0;padding:0}
.grader h1{font-size:1.6rem;line-height:1.2;font-weight:650;letter-spacing:-.01em}
.grader h1 .id{display:block;font-size:.875rem;font-weight:400;letter-spacing:0;
color:var(--soft);line-height:1.6}
.grader .path{color:var(--soft);font-size:.875rem;margin-top:.25rem}
.grader .total{font-size:1.6rem;font-weight:650;line-height:1.2;margin-top:1rem;
font-variant-numeric:tabular-nums}
.grader .total.open{font-size:1.1rem;color:var(--ungraded)}
.grader .share{display:block;width:100%;height:.5rem;border-radius:.25rem;margin-top:.5rem;
background:var(--track)}
.grader .share rect{fill:var(--passed)}
.grader h2{font-size:1rem;font-weight:650;margin:1.5rem 0 .5rem}
.grader .card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;
padding:.8rem}
.grader .everywhere{margin-bottom:.6rem}
.grader ul.checks{list-style:none;display:grid;gap:.6rem}
.grader .check{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.15rem 1rem;
border-inline-start:.3rem solid var(--state)}
.grader .check.passed,.grader .check.skipped{padding-block:.6rem}
.grader .state{color:var(--state);font-size:.875rem;font-weight:600;grid-column:1}
.grader .mark{display:inline-block;width:1.1em}
.grader h3{font-size:1rem;font-weight:600;line-height:1.4;grid-column:1}
.grader .need{grid-column:1;color:var(--soft)}
.grader .points{grid-column:2;grid-row:1/3;font-variant-numeric:tabular-nums;font-weight:600;
white-space:nowrap;color:var(--state)}
.grader .told{grid-column:1/-1;margin-top:.35rem;display:grid;gap:.5rem;
grid-template-columns:minmax(0,1fr)}
.grader .told>p{max-width:40rem}
.grader code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.grader pre{margin:0;font:.875rem/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",
monospace;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--page);
border-radius:.4rem;padding:.5rem .7rem}
.grader pre mark{background:none;color:var(--lost);font-weight:700;
text-decoration:underline wavy .08em;text-underline-offset:.25em}
.grader .diagnosis{border-inline-start:.2rem solid var(--got);padding-inline-start:.7rem}
.grader summary{cursor:pointer;color:var(--soft);font-size:.875rem;width:fit-content;
padding:.15rem 0}
.grader :focus-visible{outline:.15rem solid var(--got);outline-offset:.15rem;
border-radius:.2rem}
.grader details>:not(summary){margin-top:.35rem}
.grader figure{margin:0;max-width:22rem}
.grader figcaption{margin-top:.35rem}
.grader figure svg{display:block;width:100%;height:auto;background:var(--card)}
.grader svg text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
fill:var(--ink)}
.grader svg .soft{fill:var(--soft)}.grader svg .got-text{fill:var(--got)}
.grader svg .wanted-text{fill:var(--wanted)}.grader svg .lost-text{fill:var(--lost)}
.grader svg .axis{stroke:var(--soft);fill:none}
.grader svg .got{stroke:var(--got);fill:none;stroke-width:2}
.grader svg .got-dot{fill:var(--got)}.grader svg .got-bar{fill:var(--got)}
.grader svg .wanted{stroke:var(--wanted);fill:none;stroke-width:2;stroke-dasharray:5 4}
.grader svg .track{fill:var(--track)}
.grader svg .none{fill:none;stroke:var(--lost);stroke-dasharray:3 3}
.grader svg .cut{stroke:var(--lost);stroke-width:2;stroke-dasharray:4 3}
.grader svg .box{fill:var(--page);stroke:var(--line)}
.grader svg .off{fill:none;stroke:var(--soft);stroke-dasharray:3 3}
.grader svg .accused{fill:var(--page);stroke:var(--lost);stroke-width:2}
.grader svg .h1{fill:var(--heat1)}.grader svg .h2{fill:var(--heat2)}
.grader svg .h3{fill:var(--heat3)}.grader svg .h4{fill:var(--heat4)}
.grader svg .grid{stroke:var(--card);stroke-width:1}
.grader footer{padding:0 0 2rem}
.grader .quiet{color:var(--soft);font-size:.875rem}
.grader .closing{display:grid;gap:.35rem;margin-top:.75rem}
@media(min-width:40rem){.grader{padding-inline:2rem}.grader .card{padding:1rem 1.25rem}}
@media(forced-colors:active){.grader .card{border:1px solid}.grader svg .h1,.grader svg .h2,
.grader svg .h3,.grader svg .h4,.grader svg .got-bar{forced-color-adjust:none}}
@media print{.grader{color-scheme:light;background:#fff;padding:0;font-size:10pt}
.grader .card{break-inside:avoid-page;border-block-color:#999;border-inline-end-color:#999}
.grader h2{break-after:avoid-page}
.grader pre{border:1px solid #999}.grader summary{list-style:none}
.grader *{print-color-adjust:exact}}"""

_STATES = "".join(
    f".grader .{state}{{--state:var(--{state})}}"
    for state in ("passed", "lost", "skipped", "ungraded")
)

# What the whole page adds to what a fragment has.
DOCUMENT = (
    "html,body{margin:0;min-height:100%}body.grader{min-height:100vh}"
    "@media print{html{color-scheme:light;background:#fff}}"
)


def sheet() -> str:
    """Write the style sheet of everything below an element of class `grader`.

    The dark palette counts where the reader's system is dark, and in a notebook whose own theme is.
    """
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f".grader{{color-scheme:light dark;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{.grader{{{dark}}}}}\n"
        f"[data-jp-theme-light=true] .grader,.vscode-light .grader{{{light}}}\n"
        f"@media screen{{[data-jp-theme-light=false] .grader,.vscode-dark .grader{{{dark}}}}}\n"
        f"{_STATES}\n{_RULES}"
    )


def _variables(palette: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in palette.items())
