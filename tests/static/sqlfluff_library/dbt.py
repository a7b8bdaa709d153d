"""What sqlfluff writes where a model calls dbt's cross-database macros; dbt itself is not asked."""

from __future__ import annotations


def concat(fields: list[str]) -> str:
    """dbt.concat."""
    return " || ".join(fields)


def type_string() -> str:
    """dbt.type_string."""
    return "text"


def type_numeric() -> str:
    """dbt.type_numeric."""
    return "numeric(28, 6)"


def dateadd(datepart: str, interval: str, from_date: str) -> str:
    """dbt.dateadd."""
    return f"date_add({from_date}, {interval} * interval 1 {datepart})"
