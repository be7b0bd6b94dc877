"""The program inside: what runs in the process that executes the student's code.

Everything that this package can import, a student can read; so it imports the wire, the walls and
the errors, and knows nothing of courses, checks or scores. `warm` gets torch ready, `zygote` forks
children, `service` answers the host, `loader` turns sources into fresh modules, and `state` keeps
one check from changing the next.
"""
