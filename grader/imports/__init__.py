"""Assignments of other systems, turned into exercises of this course.

What is imported is read as text, within bounds, and never executed. `cells` reads the notebook that
both systems write; `nbgrader` and the modules named `otter` each know one system and give
`exercise.Imported`, which `exercise.write` lays down in the trees of the course, where `entry` adds
a line to gradebook.yml. What cannot be carried over is listed with its place and its reason.
"""
