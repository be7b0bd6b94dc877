"""The time of a commit is read, and nothing that a clone names is run."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader import commits

WHEN = "2026-10-12T21:30:00+02:00"
MOMENT = datetime(2026, 10, 12, 19, 30, tzinfo=UTC)


def git(folder: Path, *words: str, when: str = WHEN) -> None:
    """Run git as a student would."""
    who = {
        f"GIT_{role}_{what}": "ada@x"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    subprocess.run(
        ["git", *words],
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ, **who, "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when},
    )


def commit(folder: Path, name: str, when: str = WHEN) -> None:
    """Change a file and commit it."""
    (folder / name).write_text(when)
    git(folder, "add", name)
    git(folder, "commit", "-m", name, when=when)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with one commit of one file."""
    folder = tmp_path / "ada"
    folder.mkdir()
    git(folder, "init", "-b", "main")
    commit(folder, "a.py")
    return folder


def test_the_last_commit_of_the_files_counts(clone: Path) -> None:
    """A later commit of other files makes nobody late."""
    commit(clone, "other.py", "2026-12-01T00:00:00+00:00")

    assert commits.last(clone, ["a.py"]) == MOMENT
    assert commits.last(clone, ["a.py", "other.py"]) == datetime(2026, 12, 1, tzinfo=UTC)


def test_packed_branches_and_shallow_clones_are_read(clone: Path, tmp_path: Path) -> None:
    """What git packs away, and what a clone leaves out, does not hide the time."""
    commit(clone, "a.py", "2026-12-01T00:00:00+00:00")
    git(clone, "pack-refs", "--all")
    git(clone, "gc")
    git(tmp_path, "clone", "--depth", "1", f"file://{clone}", "shallow")
    git(clone, "checkout", "--detach")

    for folder in (clone, tmp_path / "shallow"):
        assert commits.last(folder, ["a.py"]) == datetime(2026, 12, 1, tzinfo=UTC)


SIGNER = """\
#!/bin/sh
touch {ran}
printf '\\n[GNUPG:] SIG_CREATED \\n' >&2
printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'
"""


def test_a_clone_runs_nothing(clone: Path, tmp_path: Path) -> None:
    """Programs that the clone's configuration names are not run, also where its git would."""
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(SIGNER.format(ran=ran))
    program.chmod(0o755)
    for setting in ("gpg.program", "core.pager", "core.fsmonitor", "core.sshCommand"):
        git(clone, "config", setting, str(program))
    git(clone, "config", "log.showSignature", "true")
    (clone / "a.py").write_text("signed")
    git(clone, "-c", "core.fsmonitor=", "commit", "-a", "-S", "-m", "signed")
    ran.unlink()
    found = commits.last(clone, ["a.py"])

    assert found == MOMENT
    assert not ran.exists()
    git(clone, "log", "-1")
    assert ran.exists(), "the clone's own configuration would have run it"


@pytest.mark.parametrize(
    "head", ["", "ref: refs/heads/../../../secret\n", "ref: refs/heads/none\n", "0" * 40, "--help"]
)
def test_no_commit_is_no_time(head: str, clone: Path) -> None:
    """A branch that is not there, leads out or is nonsense gives no time."""
    (clone / ".git/HEAD").write_text(head)

    assert commits.last(clone, ["a.py"]) is None


def test_a_link_to_a_repository_is_not_followed(clone: Path, tmp_path: Path) -> None:
    """A branch that is a link to a file elsewhere is not read."""
    head = clone / ".git/refs/heads/main"
    head.rename(tmp_path / "main")
    head.symlink_to(tmp_path / "main")

    assert commits.last(clone, ["a.py"]) is None


def test_what_a_file_said_in_each_commit(clone: Path) -> None:
    """All texts of a file are read, the first commit first, and those of other files are not."""
    for text in ("two\n", "three: é\n"):
        (clone / "a.py").write_text(text, encoding="utf-8")
        git(clone, "commit", "-a", "-m", text)
    commit(clone, "other.py")
    found = commits.history(clone, "a.py")

    assert found == commits.History((WHEN, "two\n", "three: é\n"), is_whole=True)
    assert commits.history(clone, "nowhere.py") == commits.History((), is_whole=False)


def test_a_shallow_clone_does_not_know_how_a_file_began(clone: Path, tmp_path: Path) -> None:
    """Of a clone without its past, what is there is read, and it is said that more was."""
    (clone / "a.py").write_text("two\n")
    git(clone, "commit", "-a", "-m", "two")
    git(tmp_path, "clone", "--depth", "1", f"file://{clone}", "shallow")

    assert commits.history(tmp_path / "shallow", "a.py") == commits.History(("two\n",), False)


def test_a_file_below_a_folder_with_an_odd_name(clone: Path) -> None:
    """Blanks, stars and letters of other scripts in a path mean themselves."""
    name = "my *[a] é/a.py"
    (clone / "my *[a] é").mkdir()
    commit(clone, name)

    assert commits.history(clone, name) == commits.History((WHEN,), is_whole=True)
