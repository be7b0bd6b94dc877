"""One stored attempt in the forms that other programs read; a module for each form.

    text, size, points, told    what the forms share: harmless text, size caps, whole points, words
    cells                       what tables share: cells that no spreadsheet computes
    classroom … csv_table       a form each: `export(attempt)` gives the whole file as text
    registry                    all forms by name

A whole class has forms of its own, made of what the gradebook holds:

    roll, edited, filling       the record; a file of which a few cells change; whose cell is whose
    canvas, moodle              a download of a platform, filled in
    nbgrader, scores            a table that is composed

Each form is a pure function of the record: nothing runs, no clock is read, and the same attempt
gives the same bytes. A student wrote parts of what is in there, and a teacher's gradebook reads
it, so each form answers three questions in its docstring: what becomes of an attempt that could
not be graded, what of a check that was skipped or stopped, and how large the file may grow.
"""
