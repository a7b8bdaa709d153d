"""A run that fetches: opening hours from a website, and a survey that does not come."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from orchestration.assets.names import FETCH_OP, RUN_JOB
from orchestration.cli import main
from orchestration.config import load_config
from orchestration.definitions import build_definitions
from orchestration.execute import instance_folder
from orchestration.half_year import HalfYear
from orchestration.settings import PACKAGED_CONFIG
from tests.pipeline.installation import Answer, Place
from tests.servers import (
    PASSWORD,
    USER,
    LibraryWebsite,
    SurveyServer,
    days_between,
    opening_item,
    serving,
    status,
)

HOURS_A_DAY = 9
FETCHED = dg.AssetKey(["landing", "fetched_answers"])


def timezone_of_another_day() -> str:
    """Where it is another day than in UTC, and for two hours at least: none ends during a test.

    IANA's names have the sign of POSIX: Etc/GMT+12 is twelve hours behind.
    """
    hour = dt.datetime.now(tz=dt.UTC).hour
    return f"Etc/GMT-{min(14, 26 - hour)}" if hour >= 10 else "Etc/GMT+12"


class Fetching:
    """An installation without exports, beside a website and a SurveyXact without the survey."""

    def __init__(self, folder: Path, website: LibraryWebsite, surveys: SurveyServer) -> None:
        self.place = Place(folder)
        self.website = website
        self.surveys = surveys
        self.place.sources.mkdir()
        shutil.copytree(PACKAGED_CONFIG, self.place.config)
        self._append("survey.yml", '\nrest: [{wave: "2025-02", survey_id: 77}]\n')
        rules = self.place.config / "municipality.yml"
        text = rules.read_text(encoding="utf-8")
        for said, wanted in (
            ("required_sources: []", "required_sources: [survey]"),
            ("timezone: Europe/Copenhagen ", f"timezone: {timezone_of_another_day()} "),
        ):
            assert said in text
            text = text.replace(said, wanted)
        rules.write_text(text)

    def _append(self, name: str, text: str) -> None:
        with (self.place.config / name).open("a", encoding="utf-8") as file:
            file.write(text)

    @property
    def today(self) -> dt.date:
        return load_config(self.place.config).municipality.today()

    @contextmanager
    def environment(self) -> Iterator[None]:
        with self.place.environment(), pytest.MonkeyPatch.context() as patch:
            patch.setenv("NO_PROXY", "127.0.0.1")
            patch.setenv("no_proxy", "127.0.0.1")
            patch.setenv("DATASPOR_OPENING_HOURS_URL", self.website.base_url)
            patch.setenv("DATASPOR_SURVEYXACT_URL", f"{self.surveys.base_url}/rest")
            patch.setenv("DATASPOR_SURVEYXACT_USER", USER)
            patch.setenv("DATASPOR_SURVEYXACT_PASSWORD", PASSWORD)
            yield

    def dataspor(self, *arguments: str) -> Answer:
        with self.environment():
            result = CliRunner().invoke(main, list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def fetching(tmp_path: Path) -> Iterator[Fetching]:
    with serving(LibraryWebsite([])) as website, serving(SurveyServer({})) as surveys:
        fetching = Fetching(tmp_path, website, surveys)
        around = dt.timedelta(days=400)
        span = days_between(fetching.today - around, fetching.today + around)
        website.items += [opening_item(day, times=("08:00", "17:00")) for day in span]
        yield fetching


def test_a_run_lands_what_it_fetched_once_and_says_what_did_not_come(fetching: Fetching) -> None:
    answer = fetching.dataspor("run")
    website, place = fetching.website, fetching.place
    assert "Fetched: opening_hours: " in answer.output
    assert "Not fetched: survey/2025-02: 127.0.0.1:" in answer.error
    assert "status 404" in answer.error
    # published, and yet 1: the configuration requires surveys
    assert answer.exit_code == 1
    assert "requires survey, of which an answer could not be fetched" in answer.told
    assert "Everything else was published" in answer.told
    assert "Traceback" not in answer.told
    as_of = place.value("select value from marts.meta_run where key = 'as_of'")
    assert dt.date.fromisoformat(as_of) == fetching.today != dt.datetime.now(tz=dt.UTC).date()

    running = HalfYear.of(fetching.today)
    asked = [day for window in website.windows for day in days_between(*window)]
    assert len(asked) == len(set(asked)), "the job must not ask again"
    assert len(fetching.surveys.requests) == 1
    open_hours = place.value(
        "select open_hours from marts.fct_library_half_year "
        "where library_id = 'vesterbro' and half_year_id = ?",
        running.id,
    )
    in_half_year = [day for day in asked if HalfYear.of(day) == running]
    assert running.starts_on in in_half_year and fetching.today in in_half_year
    assert open_hours == HOURS_A_DAY * len(in_half_year)

    with (
        fetching.environment(),
        dg.DagsterInstance.from_config(str(instance_folder(place.settings))) as instance,
    ):
        event = instance.get_latest_materialization_event(FETCHED)
    assert event is not None and event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert metadata["not fetched"].value == 1
    assert "survey/2025-02 | failed" in metadata["answers"].value

    number = len(website.requests)
    again = fetching.dataspor("run")
    assert "Nothing new since the last published run." in again.output
    assert "Unchanged: opening_hours: " in again.output
    assert len(website.requests) == number
    assert again.exit_code == 1


def test_fetch_only_fetches_and_always_asks(fetching: Fetching) -> None:
    first = fetching.dataspor("fetch")
    assert "Fetched: opening_hours: " in first.output
    assert "Not fetched: survey/2025-02: " in first.error
    assert first.exit_code == 1
    number = len(fetching.website.requests)
    second = fetching.dataspor("fetch")
    assert "Unchanged: opening_hours: " in second.output
    assert len(fetching.website.requests) == 2 * number
    assert not fetching.place.settings.published_warehouse.exists()
    snapshots = list((fetching.place.settings.archive / "fetched").rglob("*.json.txt"))
    assert len(snapshots) == 1


def test_fetch_without_anything_to_fetch_says_how_to_set_it_up(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.sources.mkdir()
    answer = place.dataspor("fetch")
    assert answer.exit_code == 0
    assert "DATASPOR_OPENING_HOURS_URL" in answer.output


def test_a_refused_answer_is_a_sentence_and_exit_1(fetching: Fetching) -> None:
    fetching.website.always = status(400)
    answer = fetching.dataspor("fetch")
    assert answer.exit_code == 1
    assert "Not fetched: opening_hours: 127.0.0.1:" in answer.error
    assert "status 400" in answer.error
    assert "SECRET" not in answer.told and "Traceback" not in answer.told


def test_the_asset_of_what_is_fetched_comes_before_landing_and_only_where_something_is(
    fetching: Fetching,
) -> None:
    with fetching.environment():
        definitions = build_definitions()
    graph = definitions.resolve_asset_graph()
    for table in ("opening_hours", "survey_response", "mainmanager_incident", "presence"):
        assert FETCHED in graph.get(dg.AssetKey(["landing", table])).parent_keys
    node = graph.get(FETCHED)
    assert (node.group_name, node.owners) == ("landing", ["team:dataspor"])
    assert FETCH_OP in [step.name for step in definitions.resolve_job_def(RUN_JOB).all_node_defs]
    place = Place(fetching.place.folder / "other")
    place.sources.mkdir(parents=True)
    with place.environment():
        assert FETCHED not in build_definitions().resolve_asset_graph().get_all_asset_keys()
