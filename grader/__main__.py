"""The command `grade`: done by a warm server where there is one, by this process where not.

Loading the verbs takes a tenth of a second. So a server is asked before that.
"""

import sys

from grader import asking


def main() -> None:
    """Run the command."""
    try:
        code = asking.ask(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    if code is not None:
        sys.exit(code)
    from grader import cli  # noqa: PLC0415  What takes the time that a server saves.

    cli.main()


if __name__ == "__main__":
    main()
