"""What a child is started with: its limits, its walls, and the submission that it is to load."""

from dataclasses import dataclass

from grader.records import Limits, Submission
from grader.sandbox import wire


@dataclass(frozen=True)
class Terms:
    """What a child is started with: limits, the mode of its walls, whether it needs a GPU."""

    limits: Limits
    confine: str = "auto"
    is_gpu: bool = False

    def plan(self, scratch: str) -> dict[str, object]:
        """Write the walls' plan as plain data for the child."""
        return {
            "mode": self.confine,
            "scratch": scratch,
            "memory_bytes": self.limits.memory_bytes,
            "open_files": self.limits.open_files,
            "is_gpu": self.is_gpu,
        }

    def load(self, submission: Submission) -> list[wire.Node]:
        """Write the request to load a submission: name, text and cells of each source.

        The cells of a notebook may take half of the time, so that the whole is not stopped.
        """
        sources: list[wire.Node] = [
            [each.name, each.text, [[number, line] for number, line in each.cells]]
            for each in submission.sources
        ]
        return ["load", 0, sources, self.limits.load_s / 2]
