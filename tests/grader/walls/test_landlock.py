"""Files and folders: what is outside the walls cannot be read or written, the scratch can."""

import os
from collections.abc import Callable
from pathlib import Path

Behind = Callable[..., list[str]]


def test_reads_of_files_outside_are_refused(behind: Behind, canary: Path) -> None:
    """A hidden file and the system's accounts cannot be opened."""
    lines = behind(f"""
        for path in {str(canary)!r}, "/etc/passwd", "/etc/shadow", "/dev/kmsg":
            attempt(path, os.open, path, os.O_RDONLY)
    """)

    paths = (str(canary), "/etc/passwd", "/etc/shadow", "/dev/kmsg")
    assert lines == [f"{path} EACCES" for path in paths]


def test_listing_folders_outside_is_refused(behind: Behind, tmp_path: Path) -> None:
    """Homes, the root and the grader's folders cannot be listed."""
    folders = ["/", "/tmp", "/etc", os.path.expanduser("~"), str(tmp_path), os.getcwd()]
    lines = behind(f"for path in {folders}: attempt(path, os.listdir, path)")

    assert lines == [f"{path} EACCES" for path in folders]


def test_proc_is_closed(behind: Behind) -> None:
    """Neither its own nor its parent's memory and environment can be read through /proc."""
    lines = behind("""
        for who in "self", os.getppid():
            for what in "environ", "mem", "maps", "cmdline", "fd":
                attempt(what, os.open, f"/proc/{who}/{what}", os.O_RDONLY)
        attempt("list", os.listdir, "/proc")
        attempt("oom", os.open, f"/proc/{os.getppid()}/oom_score_adj", os.O_WRONLY)
    """)

    names = ["environ", "mem", "maps", "cmdline", "fd"] * 2 + ["list", "oom"]
    assert lines == [f"{name} EACCES" for name in names]


def test_writes_outside_the_scratch_are_refused(behind: Behind, canary: Path, scratch: str) -> None:
    """Nothing outside the scratch is written, appended to, truncated, moved or deleted."""
    lines = behind(
        f"""
        path, folder = {str(canary)!r}, {str(canary.parent)!r}
        attempt("write", os.open, path, os.O_WRONLY)
        attempt("append", os.open, path, os.O_WRONLY | os.O_APPEND)
        attempt("truncate", os.truncate, path, 0)
        attempt("remove", os.remove, path)
        attempt("move", os.rename, path, "stolen")
        for place in folder, "/tmp", "/dev/shm", os.path.dirname(walls.__file__):
            attempt("create", os.open, place + "/attack", os.O_WRONLY | os.O_CREAT)
        attempt("mkdir", os.mkdir, folder + "/attack")
        """,
        scratch=scratch,
    )

    assert lines[:3] == ["write EACCES", "append EACCES", "truncate EACCES"]
    assert lines[3:5] == ["remove EACCES", "move EACCES"]
    assert lines[5:] == ["create EACCES"] * 4 + ["mkdir EACCES"]
    assert canary.read_text() == "CANARY"


def test_the_scratch_is_an_ordinary_folder(behind: Behind, scratch: str) -> None:
    """In the scratch files and folders are written, copied, moved and removed; it is the cwd."""
    lines = behind(
        """
        import shutil, tempfile
        with tempfile.NamedTemporaryFile("w+") as file:
            file.write("x")
        os.mkdir("folder")
        open("folder/a", "w").write("abc")
        shutil.copy2("folder/a", "b")
        os.replace("b", "c")
        print(open("c").read(), sorted(os.listdir()), tempfile.gettempdir() == os.getcwd())
        shutil.rmtree("folder")
        """,
        scratch=scratch,
    )

    assert lines == ["abc ['c', 'folder'] True"]
    assert os.listdir(scratch) == ["c"]


def test_the_scratch_holds_files_and_folders_only(behind: Behind, scratch: str) -> None:
    """Links, pipes and devices, which could trap whoever tidies the scratch, are refused."""
    lines = behind(
        """
        open("a", "w").close()
        attempt("symlink", os.symlink, "/etc/passwd", "link")
        attempt("link", os.link, "a", "b")
        attempt("fifo", os.mkfifo, "pipe")
        """,
        scratch=scratch,
    )

    assert lines == ["symlink EPERM", "link EPERM", "fifo EPERM"]


def test_without_a_scratch_nothing_is_writable(behind: Behind, tmp_path: Path) -> None:
    """A child that was given no scratch can write to /dev/null and nowhere else."""
    lines = behind("""
        attempt("here", os.open, "a", os.O_WRONLY | os.O_CREAT)
        attempt("null", open, "/dev/null", "w")
    """)

    assert lines == ["here EACCES", "null possible"]
