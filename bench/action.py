"""How long the Action takes on a student's repository, step by step, and grading alone.

    python bench/action.py [RUNS]

The scripts of action.yml are run as GitHub's runner runs them (tests/grader/action/runner.py), each
time in a new job, with the interpreter that runs this, which has torch. The repository holds the
references of all exercises. Medians. What a runner does besides is not in it: starting, checking
out, and where no interpreter has torch, setting one up and fetching its environment from the cache.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.grader.action import runner  # noqa: E402  It lies with the tests that use it.

BAR_S, GRADING_BAR_S = 60.0, 5.0


def main() -> None:
    """Run it, and print the medians."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    taken: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        repository = folder / "repository"
        for tree in ("exercises", "solutions", "tests"):
            for path in sorted((ROOT / tree).glob("exercise-*")):
                shutil.copytree(path, repository / tree / path.name)
        shutil.copytree(ROOT / "solutions", repository / "exercises", dirs_exist_ok=True)
        shutil.copy(ROOT / "gradebook.yml", repository)
        for number in range(runs):
            temp = folder / f"job-{number}"
            temp.mkdir()
            job = runner.run(repository, temp, {"python": sys.executable})
            assert job.outputs["score"] == job.outputs["max-score"] != "", job.log
            taken.append(job.seconds)
    for name in taken[0]:
        print(f"{name:12}  {statistics.median(each[name] for each in taken):5.2f} s")
    whole = statistics.median(sum(each.values()) for each in taken)
    grading = statistics.median(each["Grade"] for each in taken)
    print(f"in all        {whole:5.2f} s, bar {BAR_S:g} s; grading {grading:.2f} s, bar "
          f"{GRADING_BAR_S:g} s")  # fmt: skip
    sys.exit(whole > BAR_S or grading > GRADING_BAR_S)


if __name__ == "__main__":
    main()
