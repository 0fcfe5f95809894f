"""A process that promises what it is given line by line, and says when each line is done."""

import json
import sys

import django


def main() -> None:
    """Read plans from standard input until it ends; answer each with the deadlocks it met."""
    django.setup()
    # Models can be imported only now.
    from benchmarks import promises

    for line in sys.stdin:
        plan = json.loads(line)
        sys.stdout.write(f"{promises.keep(plan['way'], plan['jobs'])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
