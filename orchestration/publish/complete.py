"""What checks cannot tell because it is not there: tests that did not run, rows that are missing.

An expectation holds on a table without rows, and a test that did not run fails nothing. So what was
built is held to what it was built from, before it is published.
"""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path

import duckdb

from orchestration.config import Config
from orchestration.errors import DatasporError

_NOTHING = "nothing was published. Run the whole job again."
# what was configured or landed, and the published rows that answer to it
_PAIRS = {
    "dim_library": ("select library_id from landing.library", "library_id"),
    "dim_district": ("select district_id from landing.district", "district_id"),
    "dim_incident_category": ("select category_id from landing.category", "category_id"),
    "dim_survey_question": ("select question_id from landing.survey_question", "question_id"),
    "dim_intervention": ("select intervention_id from landing.intervention", "intervention_id"),
    "meta_source_file": (
        "select source || '/' || source_file_id from landing.source_file",
        "source || '/' || source_file_id",
    ),
}
# facts have a row for each of these together, zeros too, wherever they have any row
_DENSE = {
    "fct_incident_half_year": ("half_year_id", "library_id", "category_id"),
    "fct_incident_month": ("month", "library_id", "category_id"),
    "fct_library_half_year": ("half_year_id", "library_id"),
    "fct_district_half_year": ("half_year_id", "district_id"),
}
_MEASURES = "'double', 'float'"


def refuse_unchecked(run_results: Path, expected: Set[str]) -> None:
    """Refuse a build of which dbt did not run every data test, or one did not pass.

    Args:
        run_results: dbt's ``run_results.json`` of the build.
        expected: ids of the data tests of the project.

    Raises:
        DatasporError: naming the tests, each with what became of it.
    """
    try:
        results = json.loads(run_results.read_text(encoding="utf-8"))["results"]
        status = {result["unique_id"]: result["status"] for result in results}
    except (OSError, ValueError, KeyError):
        raise DatasporError(f"dbt left no readable {run_results.name}; {_NOTHING}") from None
    wrong = dict.fromkeys(expected, "not run") | {
        test: told for test, told in status.items() if test.startswith("test.")
    }
    told = [
        f"{test.split('.')[2]}: {what}"
        for test, what in sorted(wrong.items())
        if what not in ("pass", "warn")
    ]
    if told:
        raise DatasporError(
            f"Tests of dbt are missing or did not pass ({', '.join(told)}); {_NOTHING}"
        )


def refuse_incomplete(warehouse: Path, config: Config) -> None:
    """Refuse a working warehouse that lacks rows, or holds numbers that are none.

    Raises:
        DatasporError: naming table and rows.
    """
    told: list[str] = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:

        def ids(query: str) -> set[str]:
            return {str(row[0]) for row in connection.execute(query).fetchall()}

        wanted = {
            "fct_status_figure": {figure.figure_id for figure in config.figures.figures},
            "fct_claim": {claim.claim_id for claim in config.claims.claims},
        } | {table: ids(query) for table, (query, _) in _PAIRS.items()}
        keys = {"fct_status_figure": "figure_id", "fct_claim": "claim_id"} | {
            table: key for table, (_, key) in _PAIRS.items()
        }
        for table, of_source in wanted.items():
            found = ids(f"select {keys[table]} from marts.{table}")
            for what, names in (("lacks", of_source - found), ("invents", found - of_source)):
                if names:
                    told.append(f"{table} {what} {', '.join(sorted(names)[:3])}")
        for table, columns in _DENSE.items():
            counts = ", ".join(f"count(distinct {column})" for column in columns)
            total, *each = connection.execute(
                f"select count(*), {counts} from marts.{table}"
            ).fetchone() or (0,)
            product = 1
            for number in each:
                product *= number
            if total != product:
                told.append(f"{table} has {total} rows, not one for each of {', '.join(columns)}")
        told += _not_numbers(connection)
    if told:
        raise DatasporError(f"The working warehouse is not whole: {'; '.join(told)}; {_NOTHING}")


def _not_numbers(connection: duckdb.DuckDBPyConnection) -> list[str]:
    columns = connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts' "
        f"and lower(data_type) in ({_MEASURES}) order by all"
    ).fetchall()
    return [
        f"{table}.{column} holds what is no number"
        for table, column in columns
        if connection.execute(
            f'select 1 from marts.{table} where not isfinite("{column}") limit 1'
        ).fetchone()
    ]
