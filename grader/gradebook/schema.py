"""The tables of the gradebook, as they are at the newest revision.

`migrations` makes them; a test holds the two against each other. `FROZEN` are the tables in which
the database itself refuses to change or remove a row.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    text,
)

from grader.gradebook.columns import Moment, Points, Whole, Words

# The newest revision, and the ones that lead to it.
REVISIONS = ("0001",)
HEAD = REVISIONS[-1]

METADATA = MetaData(
    naming_convention={"fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"}
)

STUDENTS = Table(
    "students",
    METADATA,
    Column("student", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("section", Words, nullable=False),
    Column("noted_at", Moment, nullable=False),
)

# One call of a verb that records attempts. `ended_at` is NULL while it runs, or if it was killed.
RUNS = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("verb", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("who", Words, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

# What a student handed in once. `key` is made of student, exercise, digest and time.
SUBMISSIONS = Table(
    "submissions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("student", ForeignKey("students.student"), nullable=False),
    Column("exercise", Words, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("submitted_at", Moment),
    Column("path", Words, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Index("ix_submissions_exercise", "exercise", "student"),
)

# `json` is the whole attempt, as `grade --json` writes it; the other columns agree with it.
# `origin` is the attempt from whose verdicts this one was worked out, without running anything.
ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("submission", ForeignKey("submissions.id"), nullable=False),
    Column("run", ForeignKey("runs.id")),
    Column("origin", ForeignKey("attempts.id")),
    Column("address", String(64), nullable=False),
    Column("checks_digest", String(64), nullable=False),
    Column("environment_digest", String(64), nullable=False),
    Column("seed", Whole, nullable=False),
    Column("status", String(16), nullable=False),
    Column("score", Points, nullable=False),
    Column("possible", Points, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("graded_at", Moment, nullable=False),
    Column("json", Words, nullable=False),
    CheckConstraint("status IN ('graded', 'ungraded')", name="ck_attempts_status"),
    Index("ix_attempts_submission", "submission"),
    Index("ix_attempts_address", "address"),
    # A run that is resumed records nothing twice; what was not graded is tried again.
    Index(
        "uq_attempts_run",
        "run",
        "submission",
        unique=True,
        sqlite_where=text("status = 'graded'"),
        postgresql_where=text("status = 'graded'"),
    ),
)

VERDICTS = Table(
    "verdicts",
    METADATA,
    Column("attempt", ForeignKey("attempts.id"), primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("check_id", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("points", Points, nullable=False),
    Column("possible", Points, nullable=False),
    Column("needs", Words),
    Column("seconds", Double, nullable=False),
    Column("message", Words, nullable=False),
    Column("mistake", Words),
    Column("diagnosis", Words),
    # As in the attempt's JSON, or NULL.
    Column("evidence", Words),
)

# What a person gave; the newest row for student, exercise and label counts. NULL points are a
# comment alone.
MARKS = Table(
    "marks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", ForeignKey("students.student"), nullable=False),
    Column("exercise", Words, nullable=False),
    Column("label", Words, nullable=False),
    Column("points", Points),
    Column("comment", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("author <> ''", name="ck_marks_author"),
    Index("ix_marks_student", "student", "exercise"),
)

# A score that stands whatever was earned; the newest row counts. A NULL score lifts it.
OVERRIDES = Table(
    "overrides",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", ForeignKey("students.student"), nullable=False),
    Column("exercise", Words, nullable=False),
    Column("score", Points),
    Column("reason", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("score >= 0", name="ck_overrides_score"),
    CheckConstraint("reason <> '' AND author <> ''", name="ck_overrides_reason"),
    Index("ix_overrides_student", "student", "exercise"),
)

# More time for one student; the newest row counts. A NULL due time takes it back.
EXTENSIONS = Table(
    "extensions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", ForeignKey("students.student"), nullable=False),
    Column("exercise", Words, nullable=False),
    Column("due", Words),
    Column("reason", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("reason <> '' AND author <> ''", name="ck_extensions_reason"),
    Index("ix_extensions_student", "student", "exercise"),
)

# What was told: the standing of a student at some time, and what it was made of. Not the truth,
# which is worked out anew; what the truth is compared with.
SCORES = Table(
    "scores",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", ForeignKey("students.student"), nullable=False),
    Column("exercise", Words, nullable=False),
    Column("score", Points, nullable=False),
    Column("possible", Points, nullable=False),
    Column("is_decided", Integer, nullable=False),
    Column("attempt", ForeignKey("attempts.id")),
    Column("made_of", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_scores_student", "student", "exercise"),
)

# Every change of any table, in the transaction that made it. `detail` is a JSON object.
AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("detail", Words, nullable=False),
)

FROZEN = (SUBMISSIONS, ATTEMPTS, VERDICTS, MARKS, OVERRIDES, EXTENSIONS, SCORES, AUDIT)
