"""The command `supportsim`, also as `python -m supportsim`."""

import sys


def main() -> None:
    """Run the command line; an interruption is clean also while it is still being imported."""
    try:
        from supportsim.cli import main as run_command_line

        run_command_line()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
