"""deny_parser_crash

Tries: expressions that overflow the stack of a parser or a compiler while the file is loaded.
Verdict: nothing passes or everything does, in the child alone; the judge lives.
"""

for text in ("-" * 100_000 + "1", "(" * 100_000, "a" + ".b" * 100_000, "1" + "+1" * 100_000):
    try:
        compile(text, "deep", "eval")
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        continue
