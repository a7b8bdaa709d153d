from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
from collections.abc import Iterator

import pytest

from orchestration.config import Config
from orchestration.config.model import RestSurvey
from orchestration.fetch import is_configured
from orchestration.fetch.answers import fetch_all, last_outcomes
from orchestration.fetch.http import Patience
from orchestration.landing.inventory import take_inventory
from orchestration.settings import Settings
from tests.servers import (
    PASSWORD,
    USER,
    LibraryWebsite,
    SurveyServer,
    opening_item,
    serving,
    status,
    survey_parts,
)

TODAY = dt.date(2025, 11, 17)
NOT_FRESH = dt.timedelta(0)


@pytest.fixture
def website() -> Iterator[LibraryWebsite]:
    with serving(LibraryWebsite([opening_item(TODAY)])) as server:
        yield server


@pytest.fixture
def surveys() -> Iterator[SurveyServer]:
    with serving(SurveyServer({7: survey_parts(), 8: survey_parts([("1", "2")])})) as server:
        yield server


@pytest.fixture
def everything(
    settings: Settings, config: Config, website: LibraryWebsite, surveys: SurveyServer
) -> tuple[Settings, Config]:
    """An installation that fetches opening hours and two surveys."""
    rest = [RestSurvey(wave="2023-02", survey_id=7), RestSurvey(wave="2025-02", survey_id=8)]
    return (
        dataclasses.replace(
            settings,
            opening_hours_url=website.base_url.replace("//", "//anna:kodeord@"),
            surveyxact_url=f"{surveys.base_url}/rest",
            surveyxact_user=USER,
            surveyxact_password=PASSWORD,
        ),
        config.model_copy(update={"survey": config.survey.model_copy(update={"rest": rest})}),
    )


def test_where_nothing_is_configured_nothing_is_fetched(settings: Settings, config: Config) -> None:
    assert not is_configured(settings, config)
    assert fetch_all(settings, config, TODAY) == []
    assert not settings.fetched.exists()


def test_each_thing_has_a_line(everything: tuple[Settings, Config], impatient: Patience) -> None:
    assert is_configured(*everything)
    outcomes = fetch_all(*everything, TODAY, patience=impatient)
    assert [(o.name, o.source, o.status) for o in outcomes] == [
        ("opening_hours", "opening_hours", "fetched"),
        ("survey/2023-02", "survey", "fetched"),
        ("survey/2025-02", "survey", "fetched"),
    ]
    assert outcomes[0].line.startswith("Fetched: opening_hours: 1 items for 2025-09-29 to")
    assert last_outcomes(everything[0]) == outcomes


def test_a_failure_stops_nothing_else_and_is_a_sentence(
    everything: tuple[Settings, Config],
    website: LibraryWebsite,
    surveys: SurveyServer,
    impatient: Patience,
) -> None:
    website.always = status(500)
    del surveys.surveys[7]
    outcomes = fetch_all(*everything, TODAY, patience=impatient)
    assert [(o.status, o.may_pass) for o in outcomes] == [
        ("failed", True),
        ("failed", False),
        ("fetched", False),
    ]
    assert outcomes[0].line.startswith("Not fetched: opening_hours: 127.0.0.1:")
    assert len(take_inventory(everything[0])) == 3


LOGIN = "anna:kodeord"


@pytest.mark.parametrize("address", [f"{LOGIN}@website", f"https://{LOGIN}@bibliotek..x"])
def test_an_address_that_is_none_is_a_failure_like_any_other(
    everything: tuple[Settings, Config], impatient: Patience, address: str
) -> None:
    settings = dataclasses.replace(everything[0], opening_hours_url=address)
    outcomes = fetch_all(settings, everything[1], TODAY, patience=impatient)
    assert [o.status for o in outcomes] == ["failed", "fetched", "fetched"]
    assert "kodeord" not in outcomes[0].line


def test_a_disk_that_takes_nothing_is_a_failure_like_any_other(
    everything: tuple[Settings, Config], impatient: Patience
) -> None:
    settings, config = everything
    settings.fetched.mkdir()
    (settings.fetched / "opening_hours").touch()  # a file where the folder has to be
    outcomes = fetch_all(settings, config, TODAY, patience=impatient)
    assert [o.status for o in outcomes] == ["failed", "fetched", "fetched"]


def test_what_came_a_moment_ago_is_not_asked_for_again(
    everything: tuple[Settings, Config],
    website: LibraryWebsite,
    surveys: SurveyServer,
    impatient: Patience,
) -> None:
    fetch_all(*everything, TODAY, patience=impatient)
    asked = len(website.requests), len(surveys.requests)
    website.items[0]["end_time"] = "16:00"
    outcomes = fetch_all(*everything, TODAY, patience=impatient)
    assert (len(website.requests), len(surveys.requests)) == asked
    assert {o.status for o in outcomes} == {"unchanged"}
    outcomes = fetch_all(*everything, TODAY, patience=impatient, fresh_for=NOT_FRESH)
    assert [o.status for o in outcomes] == ["fetched", "unchanged", "unchanged"]


def test_another_day_another_address_or_another_survey_is_asked_for(
    everything: tuple[Settings, Config], website: LibraryWebsite, impatient: Patience
) -> None:
    settings, config = everything
    fetch_all(settings, config, TODAY, patience=impatient)
    with serving(LibraryWebsite([opening_item(TODAY, title="Med betjening")])) as other:
        elsewhere = dataclasses.replace(settings, opening_hours_url=other.base_url)
        outcomes = fetch_all(elsewhere, config, TODAY, patience=impatient)
        assert outcomes[0].status == "fetched" and other.requests
    asked = len(website.requests)
    fetch_all(settings, config, TODAY + dt.timedelta(days=1), patience=impatient)
    assert len(website.requests) > asked
    rest = [RestSurvey(wave="2023-02", survey_id=8)]
    survey = config.survey.model_copy(update={"rest": rest})
    outcomes = fetch_all(
        settings, config.model_copy(update={"survey": survey}), TODAY, patience=impatient
    )
    assert [(o.name, o.status) for o in outcomes][1:] == [("survey/2023-02", "fetched")]


def test_a_failure_is_asked_about_again_at_once(
    everything: tuple[Settings, Config], website: LibraryWebsite, impatient: Patience
) -> None:
    website.always = status(500)
    fetch_all(*everything, TODAY, patience=impatient)
    website.always = None
    assert fetch_all(*everything, TODAY, patience=impatient)[0].status == "fetched"


def test_no_password_is_in_any_file_line_or_log(
    everything: tuple[Settings, Config],
    website: LibraryWebsite,
    impatient: Patience,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    settings, config = everything
    lines = [o.line for o in fetch_all(settings, config, TODAY, patience=impatient)]
    website.always = status(500)
    lines += [
        o.line for o in fetch_all(settings, config, TODAY, patience=impatient, fresh_for=NOT_FRESH)
    ]
    texts = [path.read_bytes() for path in settings.home.rglob("*") if path.is_file()]
    texts += [text.encode() for text in (*lines, caplog.text, repr(settings))]
    assert len(texts) > 10 and "127.0.0.1" in caplog.text
    for secret in ("kodeord", "anna", PASSWORD, USER):
        assert not any(secret.encode() in text for text in texts), secret


def test_the_record_of_what_came_is_no_source_file(
    everything: tuple[Settings, Config], impatient: Patience
) -> None:
    settings, config = everything
    fetch_all(settings, config, TODAY, patience=impatient)
    record = settings.fetched / "last.json"
    assert set(json.loads(record.read_text())) == {
        "opening_hours",
        "survey/2023-02",
        "survey/2025-02",
    }
    assert record not in [file.path for file in take_inventory(settings)]
