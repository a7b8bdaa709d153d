"""All benches one after the other, and one table of every target beside what was measured.

    python benchmarks/everything.py [--rows ROWS ...] [--write]

`--write` writes what was measured, and the chart, to docs/speed.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from landing_cost import measure_landing
from measured import PROJECT
from run_cost import measure_run
from scale import ROWS, draw, measure_all
from targets import table

PAGE = PROJECT / "docs" / "speed.md"
CHART = PROJECT / "docs" / "pictures" / "speed.svg"
BEGIN, END = "<!-- measured -->\n", "\n<!-- /measured -->"


def write(page: Path, text: str) -> None:
    """Put a text between the marks of a page."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    page.write_text(before + BEGIN + text + END + rest.split(END)[1], encoding="utf-8")


def main() -> None:
    """Measure and print; see the module."""
    parser = argparse.ArgumentParser(description="What runs cost, beside their targets.")
    parser.add_argument("--rows", nargs="+", type=int, default=ROWS, help="sizes of exports")
    parser.add_argument("--write", action="store_true", help="write docs/speed.md's figures")
    arguments = parser.parse_args()
    targets = measure_run() + measure_landing()
    lines, more, measured = measure_all(arguments.rows)
    text = f"{measured}\n\n{table(targets + more)}"
    print(text)
    if arguments.write:
        write(PAGE, text)
        draw(CHART, lines)


if __name__ == "__main__":
    main()
