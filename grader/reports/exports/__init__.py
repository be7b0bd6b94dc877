"""One stored attempt in the forms that other programs read; a module for each form.

    text, size, points, told    what the forms share: harmless text, size caps, whole points, words
    classroom … csv_table       a form each: `export(attempt)` gives the whole file as text
    registry                    all forms by name

Each form is a pure function of the record: nothing runs, no clock is read, and the same attempt
gives the same bytes. A student wrote parts of what is in there, and a teacher's gradebook reads
it, so each form answers three questions in its docstring: what becomes of an attempt that could
not be graded, what of a check that was skipped or stopped, and how large the file may grow.
"""
