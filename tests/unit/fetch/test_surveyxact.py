from __future__ import annotations

import dataclasses
import hashlib
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.config import Config
from orchestration.config.model import RestSurvey
from orchestration.errors import DatasporError, PermanentFetchError, TransientFetchError
from orchestration.extract import survey as survey_extract
from orchestration.fetch import surveyxact
from orchestration.fetch.http import Patience
from orchestration.landing.inventory import take_inventory
from orchestration.settings import Settings
from tests.servers import (
    PASSWORD,
    USER,
    SurveyServer,
    cut_off,
    moved,
    other,
    serving,
    status,
    survey_parts,
)

SURVEY = RestSurvey(wave="2025-02", survey_id=123)
PARTS = ("dataset", "labels", "structure")


@pytest.fixture
def server() -> Iterator[SurveyServer]:
    with serving(SurveyServer({123: survey_parts()})) as running:
        yield running


@pytest.fixture
def account(settings: Settings, server: SurveyServer) -> Settings:
    return dataclasses.replace(
        settings,
        surveyxact_url=f"{server.base_url}/rest",
        surveyxact_user=USER,
        surveyxact_password=PASSWORD,
    )


def kept(settings: Settings) -> dict[str, bytes]:
    folder = settings.archive / "fetched" / "survey"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_three_parts_are_kept_as_received_and_are_source_files(
    account: Settings,
    server: SurveyServer,
    config: Config,
    impatient: Patience,
    tmp_path: Path,
) -> None:
    outcome = surveyxact.fetch(account, SURVEY, impatient)
    assert outcome.status == "fetched"
    for part in PARTS:
        assert kept(account)[f"2025-02/{part}.csv"] == server.body(123, part)
    files = {f.part: f for f in take_inventory(account)}
    assert {f.wave_id for f in files.values()} == {"2025-02"} and set(files) == set(PARTS)
    landed = survey_extract.extract(
        {part: (f.path, f.source_file_id) for part, f in files.items()}, "2025-02", config, tmp_path
    )
    responses = landed["dataset"].tables["survey_response"]
    assert list(responses.outcome) == ["usable", "usable"]
    assert set(responses.library_id) == {"vesterbro"}


def test_what_is_kept_is_for_its_owner_only_with_a_note_beside_each_part(
    account: Settings, server: SurveyServer, impatient: Patience
) -> None:
    surveyxact.fetch(account, SURVEY, impatient)
    folder = account.archive / "fetched" / "survey" / "2025-02"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [f"{part}.csv" for part in PARTS] + [f"{part}.csv.txt" for part in PARTS]
    )
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    note = json.loads((folder / "labels.csv.txt").read_text(encoding="utf-8"))
    assert note["url"] == f"{server.base_url}/rest/surveys/123/export/labels"
    assert note["sha256"] == hashlib.sha256(server.body(123, "labels")).hexdigest()


def test_the_same_answers_are_kept_once(
    account: Settings, server: SurveyServer, impatient: Patience
) -> None:
    surveyxact.fetch(account, SURVEY, impatient)
    before = kept(account)
    assert len(server.requests) == len(PARTS)
    assert surveyxact.fetch(account, SURVEY, impatient).status == "unchanged"
    assert kept(account) == before


def test_new_answers_replace_the_dataset_alone(
    account: Settings, server: SurveyServer, impatient: Patience
) -> None:
    surveyxact.fetch(account, SURVEY, impatient)
    before = kept(account)
    labels = account.fetched / "survey" / "2025-02" / "labels.csv"
    written = labels.stat().st_mtime_ns  # the time of export, which decides between versions
    server.surveys[123] = survey_parts([("1", "1"), ("1", "2"), ("1", "1")])
    outcome = surveyxact.fetch(account, SURVEY, impatient)
    after = kept(account)
    assert (outcome.status, "dataset new or changed" in outcome.told) == ("fetched", True)
    assert {name for name in after if after[name] != before[name]} == {
        "2025-02/dataset.csv",
        "2025-02/dataset.csv.txt",
    }
    assert labels.stat().st_mtime_ns == written


@pytest.mark.parametrize("variable", ["url", "user", "password"])
def test_a_variable_that_is_not_set_is_named(
    account: Settings, impatient: Patience, variable: str
) -> None:
    lacking = dataclasses.replace(account, **{f"surveyxact_{variable}": None})
    with pytest.raises(PermanentFetchError, match=f"DATASPOR_SURVEYXACT_{variable.upper()} is not"):
        surveyxact.fetch(lacking, SURVEY, impatient)


def test_a_wrong_account_looks_like_an_error_of_the_server_and_the_error_says_so(
    account: Settings, impatient: Patience
) -> None:
    wrong = dataclasses.replace(account, surveyxact_password="forkert-kode")
    with pytest.raises(TransientFetchError) as refused:
        surveyxact.fetch(wrong, SURVEY, impatient)
    assert "status 500" in str(refused.value)
    assert "DATASPOR_SURVEYXACT_PASSWORD" in str(refused.value)
    assert kept(account) == {}


FAULTS = [
    (status(401), PermanentFetchError, "refused access (status 401)"),
    (status(404), PermanentFetchError, "answered with status 404 (text/html). Check survey_id"),
    (status(503), TransientFetchError, "answered with status 503 (text/html); asked 4 times"),
    (cut_off, TransientFetchError, "cut off; asked 4 times"),
    (moved("/login"), PermanentFetchError, "answered with status 302"),
    (other("text/html"), PermanentFetchError, "answered with text/html where the"),
    (other("application/json"), PermanentFetchError, "answered with application/json where the"),
    (other(body=b""), PermanentFetchError, "sent an empty"),
    (other(body=b"\xff\xfea\x00b"), TransientFetchError, "in the middle of a letter"),
]


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize(("fault", "error", "told"), FAULTS, ids=[f[2][:30] for f in FAULTS])
def test_a_failure_in_any_part_keeps_all_parts_as_they_were(
    account: Settings,
    server: SurveyServer,
    impatient: Patience,
    part: int,
    fault: object,
    error: type[DatasporError],
    told: str,
) -> None:
    surveyxact.fetch(account, SURVEY, impatient)
    before = kept(account)
    server.surveys[123] = {
        name: text + "9\t9\t9\t9\t9\r\n" for name, text in server.surveys[123].items()
    }
    server.faults = [None] * part
    server.always = fault
    with pytest.raises(error) as refused:
        surveyxact.fetch(account, SURVEY, impatient)
    text = f"{refused.value} {refused.value!r} {account!r}"
    assert told in text
    assert PASSWORD not in text and USER not in text and "SECRET" not in text
    assert kept(account) == before


def test_a_survey_that_lost_all_its_answers_is_not_believed(
    account: Settings, server: SurveyServer, impatient: Patience
) -> None:
    surveyxact.fetch(account, SURVEY, impatient)
    before = kept(account)
    server.surveys[123] = survey_parts([])
    with pytest.raises(PermanentFetchError, match="without a single answer"):
        surveyxact.fetch(account, SURVEY, impatient)
    assert kept(account) == before


def test_a_survey_that_nobody_has_answered_yet_is_kept(
    account: Settings, server: SurveyServer, impatient: Patience
) -> None:
    server.surveys[123] = survey_parts([])
    assert surveyxact.fetch(account, SURVEY, impatient).status == "fetched"


@pytest.mark.parametrize("name", ["2025-02/dataset.csv", "2025-02.xlsx", "2025-02.csv"])
def test_a_wave_that_lies_among_the_sources_is_not_fetched_as_well(
    account: Settings, server: SurveyServer, impatient: Patience, name: str
) -> None:
    path = account.sources / "survey" / name
    path.parent.mkdir(parents=True)
    path.write_text("respondent;bibliotek\r\n1;1\r\n", encoding="cp1252")
    with pytest.raises(PermanentFetchError, match=f"survey/{name.partition('/')[0]}, and a wave"):
        surveyxact.fetch(account, SURVEY, impatient)
    assert server.requests == []


def test_another_wave_among_the_sources_and_an_empty_folder_stop_nothing(
    account: Settings, server: SurveyServer, impatient: Patience
) -> None:
    (account.sources / "survey" / "2025-02").mkdir(parents=True)
    (account.sources / "survey" / "2025-021.csv").touch()
    (account.sources / "survey" / "2024-02.csv").touch()
    assert surveyxact.fetch(account, SURVEY, impatient).status == "fetched"
    assert len(server.requests) == len(PARTS)
