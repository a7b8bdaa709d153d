"""Everything that an installation fetches, asked in turn; a failure stops nothing else."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from orchestration.config import Config
from orchestration.errors import DatasporError, TransientFetchError
from orchestration.fetch import opening_hours, surveyxact
from orchestration.fetch.http import Patience
from orchestration.fetch.outcome import Fetched, Kept
from orchestration.landing.archive import write_atomically
from orchestration.settings import Settings

FRESH_FOR = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class _Question:
    """Something to fetch: its name, its source, what is asked, and how."""

    name: str
    source: str
    asked: str
    fetch: Callable[[], Kept]


def fetch_all(
    settings: Settings,
    config: Config,
    today: dt.date,
    *,
    patience: Patience | None = None,
    fresh_for: dt.timedelta = FRESH_FOR,
) -> list[Fetched]:
    """Fetch what is configured and tell what came, one line each; empty where nothing is.

    Args:
        settings: where things are, and the servers.
        config: the municipality's configuration.
        today: the local day, under which a snapshot is kept. Not the day that a run pretends it is.
        patience: time-outs and bounds.
        fresh_for: what came so recently is not asked for again; failures are.
    """
    known = _read_outcomes(settings)
    now = dt.datetime.now(tz=dt.UTC)
    outcomes: dict[str, dict[str, Any]] = {}
    for question in _questions(settings, config, today, patience or Patience()):
        last = known.get(question.name)
        if last is not None and _is_fresh(last, question, now - fresh_for):
            last["outcome"] |= {"status": "unchanged"}
        else:
            last = {
                "asked": question.asked,
                "asked_at": now.isoformat(timespec="seconds"),
                "outcome": asdict(_outcome(question)),
            }
        outcomes[question.name] = last
    if outcomes or known:
        settings.fetched.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(_outcomes_path(settings), json.dumps(outcomes, indent=1).encode())
    return [Fetched(**line["outcome"]) for line in outcomes.values()]


def last_outcomes(settings: Settings) -> list[Fetched]:
    """What came of the last ``fetch_all``, without asking anybody."""
    return [Fetched(**line["outcome"]) for line in _read_outcomes(settings).values()]


def _questions(
    settings: Settings, config: Config, today: dt.date, patience: Patience
) -> Iterator[_Question]:
    if settings.opening_hours_url:
        yield _Question(
            "opening_hours",
            "opening_hours",
            f"{today} {_shown(settings.opening_hours_url)}",
            lambda: opening_hours.fetch(settings, config, today, patience),
        )
    for survey in config.survey.rest:
        yield _Question(
            f"survey/{survey.wave}",
            "survey",
            f"{today} {_shown(settings.surveyxact_url or '')} {survey.survey_id}",
            partial(surveyxact.fetch, settings, survey, patience),
        )


def _outcome(question: _Question) -> Fetched:
    try:
        kept = question.fetch()
    except DatasporError as error:
        return Fetched(
            question.name,
            question.source,
            "failed",
            str(error),
            may_pass=isinstance(error, TransientFetchError),
        )
    except OSError as error:
        return Fetched(
            question.name, question.source, "failed", f"it could not be kept ({error.strerror})."
        )
    return Fetched(question.name, question.source, kept.status, f"{kept.told}.")


def _is_fresh(last: dict[str, Any], question: _Question, since: dt.datetime) -> bool:
    return (
        last["asked"] == question.asked
        and last["outcome"]["status"] != "failed"
        and dt.datetime.fromisoformat(last["asked_at"]) > since
    )


def _shown(url: str) -> str:
    """An address without user name and password, also where it is no usable one."""
    return url.rpartition("@")[2]


def _outcomes_path(settings: Settings) -> Path:
    """Beside the folders of the sources, where no source file is looked for."""
    return settings.fetched / "last.json"


def _read_outcomes(settings: Settings) -> dict[str, dict[str, Any]]:
    path = _outcomes_path(settings)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
