"""Tables on a terminal, as JSON and as csv; computes nothing."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration.figures.numbers import rounded

_NUMBERS = {
    "percent": "{:+.0f} %",
    "percentage_points": "{:+.0f} points",
    "share": "{:.0%}",
    "rank": "no. {:.0f}",
    "hours": "{:,.0f} h",
}
_ENDS = {"percentage_points": "{:.0%}", "share": "{:.0%}", "rank": "{:.0f}", "hours": "{:,.0f}"}


def figures_table(figures: pd.DataFrame) -> pd.DataFrame:
    """The columns of the figures that a person looks at, rounded."""
    return pd.DataFrame(
        [
            {
                "figure": row.figure_id,
                "from": _number(_ENDS.get(row.unit, "{:,.0f}"), row.value_from),
                "to": _number(_ENDS.get(row.unit, "{:,.0f}"), row.value_to),
                "value": _number(_NUMBERS[row.unit], row.value),
                "95 % interval": _interval(row),
                "evidence": row.evidence.replace("_", " "),
                "maturity": row.maturity,
            }
            for row in figures.itertuples()
        ]
    )


def claims_table(claims: pd.DataFrame) -> pd.DataFrame:
    """The columns of the claims that a person looks at, with what was stated in words."""
    return pd.DataFrame(
        {
            "claim": claims.claim_id,
            "stated": claims.text_da,
            "figure": claims.figure_id,
            "judgement": claims.judgement.str.replace("_", " "),
            "because": claims.reason_da,
        }
    )


def print_table(table: pd.DataFrame, *, title: str | None = None) -> None:
    """A table for a person; on a narrow terminal, cells fold."""
    shown = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for column in table.columns:
        is_number = pd.api.types.is_numeric_dtype(table[column])
        shown.add_column(str(column), justify="right" if is_number else "left", overflow="fold")
    for row in table.itertuples(index=False):
        shown.add_row(*("" if pd.isna(cell) else str(cell) for cell in row))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, markup=False, highlight=False, emoji=False).print(shown)


def print_frame(table: pd.DataFrame, shape: str) -> None:
    """Rows as a table, as JSON records, or as csv."""
    if shape == "json":
        # numbers as they are, which pandas' own JSON cuts; days as in csv
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=_moment))
    elif shape == "csv":
        click.echo(table.to_csv(index=False), nl=False)
    else:
        print_table(table)


def _moment(moment: pd.Timestamp) -> str:
    return str(moment).removesuffix(" 00:00:00")


def _number(pattern: str, value: float | None) -> str:
    """A number rounded as in the figure's sentence."""
    if value is None or pd.isna(value):
        return "–"
    return pattern.format(rounded(value, 2 if "%}" in pattern else 0) + 0)  # no −0


def _interval(row: Any) -> str:
    if pd.isna(row.ci_low) or pd.isna(row.ci_high):
        return "–"
    pattern = _NUMBERS[row.unit]
    return f"{_number(pattern, row.ci_low)} to {_number(pattern, row.ci_high)}"
