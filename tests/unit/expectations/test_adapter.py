import dataclasses

import pandas as pd
import pytest

from expectations.adapter import Suite, run_suite, suites
from orchestration.catalogue import table

SUITE = Suite(
    table="small",
    description="A small table.",
    row_id=["key"],
    expectations=[
        {
            "name": "amount_is_not_negative",
            "because": "amounts are counts",
            "expect": "expect_column_values_to_be_between",
            "with": {"column": "amount", "min_value": 0},
        }
    ],
)


def test_a_table_as_expected_passes() -> None:
    assert run_suite(SUITE, pd.DataFrame({"key": ["a"], "amount": [1]})).status == "passed"


def test_each_table_is_judged_by_its_own_rows_whatever_was_judged_before() -> None:
    other = dataclasses.replace(SUITE, table="other")
    whole, wrong = ({"key": ["a"], "amount": [amount]} for amount in (1, -1))
    told = [
        run_suite(suite, pd.DataFrame(rows)).status
        for suite, rows in ((SUITE, whole), (other, wrong), (SUITE, wrong), (other, whole))
    ]
    assert told == ["passed", "failed", "failed", "passed"]


def test_a_failure_names_the_rows_and_no_other_value() -> None:
    table = pd.DataFrame({"key": ["a", "b"], "amount": [1, -77]})
    result = run_suite(SUITE, table)
    assert result.status == "failed"
    assert result.outcomes[0].row_ids == [{"key": "b"}]
    assert "key=b" in result.sentence
    assert "77" not in result.sentence


@pytest.mark.parametrize("expect", ["expect_nonsense", "expect_column_values_to_be_between"])
def test_what_could_not_be_evaluated_is_an_error_and_no_failure(expect: str) -> None:
    expectation = {**SUITE.expectations[0], "expect": expect}
    suite = dataclasses.replace(SUITE, expectations=[expectation])
    result = run_suite(suite, pd.DataFrame({"key": ["a"]}))
    assert result.status == "errored"
    assert "could not be evaluated" in result.sentence


def test_a_suite_that_evaluates_nothing_is_an_error() -> None:
    suite = dataclasses.replace(SUITE, expectations=[])
    assert run_suite(suite, pd.DataFrame({"key": ["a"]})).status == "errored"


def test_every_fact_table_the_ledger_and_the_figures_have_a_suite() -> None:
    assert set(suites()) == {
        "fct_claim",
        "fct_district_half_year",
        "fct_figure_evidence",
        "fct_incident_completeness",
        "fct_incident_half_year",
        "fct_incident_month",
        "fct_library_half_year",
        "fct_status_figure",
        "fct_survey_half_year",
        "meta_source_file",
    }


def test_every_suite_knows_its_rows_by_columns_that_its_table_has() -> None:
    for suite in suites().values():
        assert suite.row_id
        assert set(suite.row_id) <= {column.name for column in table(suite.table).columns}
