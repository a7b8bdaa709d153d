"""Staff surveys: exports of SurveyXact's REST interface, kept as received.

``GET …/rest/surveys/{id}/export/{dataset|labels|structure}``; the format INTL_US is UTF-16 with
tabs and loses nothing. Without a valid account the server may answer 500 rather than 401.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.config.model import RestSurvey
from orchestration.errors import PermanentFetchError, TransientFetchError
from orchestration.fetch.http import Answer, Patience, Server
from orchestration.fetch.outcome import Kept, keep_note
from orchestration.landing.archive import write_atomically
from orchestration.settings import Settings

PARTS = ("dataset", "labels", "structure")
PARAMETERS = {"format": "INTL_US", "lang": "da"}
_HINT = (
    "SurveyXact answers with an error of the server (500) also where the account is wrong or "
    "missing: check DATASPOR_SURVEYXACT_USER, DATASPOR_SURVEYXACT_PASSWORD and "
    "DATASPOR_SURVEYXACT_URL, which ends in /rest."
)
_NO_TABLES = ("text/html", "application/json", "application/xml", "text/xml")


def fetch(settings: Settings, survey: RestSurvey, patience: Patience) -> Kept:
    """Ask for the three parts of a survey's export and keep all of them, or none.

    Args:
        settings: where things are; address and account are theirs.
        survey: the wave, and the survey's number at SurveyXact.
        patience: time-outs and bounds of each part's answer.

    Raises:
        TransientFetchError: no whole answer came; later it may.
        PermanentFetchError: address, account or answer cannot be used.
    """
    server = Server(
        _given(settings.surveyxact_url, "DATASPOR_SURVEYXACT_URL"),
        patience,
        user=_given(settings.surveyxact_user, "DATASPOR_SURVEYXACT_USER"),
        password=_given(settings.surveyxact_password, "DATASPOR_SURVEYXACT_PASSWORD"),
    )
    folder = settings.fetched / "survey" / survey.wave
    _refuse_second_export(settings, survey.wave, folder)
    answers: dict[str, bytes] = {}
    for part in PARTS:
        answer = server.get(_path(survey, part), PARAMETERS, hint=_HINT)
        if answer.status != 200:
            raise server.refuse(
                answer,
                "Check survey_id in survey.yml, and DATASPOR_SURVEYXACT_URL, which ends in /rest.",
            )
        answers[part] = _checked(server, part, answer)
    _refuse_emptied(server, folder / "dataset.csv", answers["dataset"])
    told = f"survey {survey.survey_id} from {server.host}"
    changed = [part for part in PARTS if _bytes(folder / f"{part}.csv") != answers[part]]
    if not changed:
        return Kept("unchanged", told)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for part in changed:
        path = folder / f"{part}.csv"
        write_atomically(path, answers[part])
        keep_note(
            path,
            {"url": server.address + _path(survey, part), "parameters": PARAMETERS},
        )
    return Kept("fetched", f"{told}: {', '.join(changed)} new or changed")


def _path(survey: RestSurvey, part: str) -> str:
    return f"/surveys/{survey.survey_id}/export/{part}"


def _given(value: str | None, variable: str) -> str:
    if not value:
        raise PermanentFetchError(
            f"survey.yml lists surveys to fetch, but {variable} is not set. Set it, or take the "
            "surveys out of `rest`."
        )
    return value


def _refuse_second_export(settings: Settings, wave: str, folder: Path) -> None:
    """A wave can have one export; beside another one, none of the two would be used."""
    for path in sorted((settings.sources / "survey").glob(f"{wave}*")):
        if path.stem == wave and (path.is_file() or any(path.iterdir())):
            raise PermanentFetchError(
                f"an export of wave {wave} lies among the sources as survey/{path.name}, and a "
                "wave can have one only. Remove it, or take the wave out of `rest` in survey.yml "
                f"and remove {folder}."
            )


def _checked(server: Server, part: str, answer: Answer) -> bytes:
    """The bytes of a part, known to be text and no page that says something else."""
    if answer.content_type in _NO_TABLES:
        raise PermanentFetchError(
            f"{server.host} answered with {answer.content_type} where the {part} of a survey was "
            "expected. Check DATASPOR_SURVEYXACT_URL, which ends in /rest."
        )
    if not answer.body.strip():
        raise PermanentFetchError(f"{server.host} sent an empty {part}. It was not kept.")
    try:
        _text(answer.body)
    except UnicodeDecodeError:
        raise TransientFetchError(
            f"{server.host} sent a {part} that ends in the middle of a letter."
        ) from None
    return answer.body


def _refuse_emptied(server: Server, kept: Path, dataset: bytes) -> None:
    """A survey does not lose all its answers; an export that says so is not believed."""
    earlier = _bytes(kept)
    if earlier is not None and _lines(dataset) <= 1 < _lines(earlier):
        raise PermanentFetchError(
            f"{server.host} sent a dataset without a single answer, although the one kept has "
            "some. It was not kept; look at the survey."
        )


def _lines(body: bytes) -> int:
    return sum(1 for line in _text(body).splitlines() if line.strip())


def _text(body: bytes) -> str:
    """INTL_US is UTF-16 with a byte order mark; without one, any byte is a letter."""
    marked = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return body.decode("utf-16" if marked else "latin-1")


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
