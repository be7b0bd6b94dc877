"""The gradebook: every attempt that was ever made, and what people decided about it.

One database, a file of SQLite unless PostgreSQL is named, in which nothing that was recorded is
changed or removed. `schema` lists the tables, `migrations` how a database gets them, `store` is the
way in: each of its methods is one transaction, on the disk before it returns, with a line in the
audit trail. What a student has is not in any table. `standings` works it out of the rows, with the
policies of gradebook.yml as they are today, so a regrade, another due time or an extension need
nothing but to be asked again. What people gave (marks, comments, overrides, extensions) hangs on
student and exercise, never on an attempt, and so no regrade can touch it.

    address, points, standing, difference                   know no database
    columns, schema, fault, connect, migrate                how it is kept
    rows, store, queries, standings, rescore, agreement     what goes in, and what is asked
    tallies, overview, roll                                 what reports and exports are made of

Importing this package imports no SQLAlchemy; what stands in the last three lines does.
"""
