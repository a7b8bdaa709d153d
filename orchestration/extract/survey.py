"""Staff surveys: the files of one wave to its answers, by the survey system that wrote them.

Only the library, the status and the configured questions are read from a respondent's row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.config import Config
from orchestration.config.model import PlausibleDates, Survey
from orchestration.errors import UnreadableFileError
from orchestration.extract import survey_labelled, survey_surveyxact
from orchestration.extract.rows import Landed
from orchestration.extract.survey_answers import Respondent, landed_answers
from orchestration.extract.survey_rows import NumberedRows, rows_of


def extract(
    files: Mapping[str, tuple[Path, str]], wave_id: str | None, config: Config, folder: Path
) -> dict[str, Landed]:
    """The answers of one survey wave.

    Args:
        files: part to path and source file id. Parts are dataset, labels and structure of a
            SurveyXact export; or workbook alone, a SurveyXact or a labelled export; or table
            alone, a labelled export as csv.
        wave_id: month of fielding, ``2025-02``; None for a file whose name tells none.
        config: the municipality's configuration.
        folder: private, for unpacked copies.

    Returns:
        What came out of each file, by part.

    Raises:
        UnreadableFileError: the wave as a whole cannot be used.
    """
    wave = read_wave(files, wave_id, config, folder)
    tables = landed_answers(wave.respondents, wave.wave_id, files[wave.part][1], config)
    return {
        part: Landed(count, tables if part == wave.part else {}, wave.description_rows.get(part, 0))
        for part, count in wave.rows.items()
    }


@dataclass(frozen=True)
class Wave:
    """What the files of a survey wave hold.

    Attributes:
        wave_id: month of fielding.
        part: the file with the answers.
        respondents: the configured answers of each respondent.
        rows: part to its data rows.
        description_rows: part to those of its rows that describe others (labels, structure).
    """

    wave_id: str
    part: str
    respondents: Iterable[Respondent]
    rows: Mapping[str, int]
    description_rows: Mapping[str, int]


def read_wave(
    files: Mapping[str, tuple[Path, str]], wave_id: str | None, config: Config, folder: Path
) -> Wave:
    """Read the files of a wave, by the survey system that wrote them; see `extract`.

    Raises:
        UnreadableFileError: the wave as a whole cannot be used.
    """
    wave_id = _usable_wave(wave_id, config.municipality.plausible_dates)
    single = [part for part in ("workbook", "table") if part in files]
    if single and len(files) > 1:
        raise UnreadableFileError(
            "unreadable",
            f"wave {wave_id} lies there as more than one export, and a wave can have one only; "
            f"keep one of {wave_id}/, {wave_id}.xlsx and {wave_id}.csv",
        )
    if not single:
        return _coded_files(files, wave_id, config, folder)
    (part,) = single
    sheets = rows_of(files[part][0], folder, lambda rows: survey_labelled.fits(rows, config.survey))
    if survey_surveyxact.is_workbook_of(sheets):
        export = survey_surveyxact.export_of_sheets(sheets)
        counts = export.row_counts
        return Wave(
            wave_id,
            part,
            survey_surveyxact.respondents(export, config.survey),
            {part: sum(counts.values())},
            {part: counts["labels"] + counts["structure"]},
        )
    table = survey_labelled.table_of(sheets, config.survey)
    return Wave(wave_id, part, survey_labelled.respondents(table), {part: len(table.rows)}, {})


def _usable_wave(wave_id: str | None, plausible: PlausibleDates) -> str:
    if wave_id is None:
        raise UnreadableFileError(
            "wrong_name",
            "a survey is named by the month in which it was fielded: 2025-02.xlsx, 2025-02.csv, or "
            "a folder 2025-02 with dataset.csv, labels.csv and structure.csv; rename it, or move "
            "away what is no survey",
        )
    first, last = (day.isoformat()[:7] for day in (plausible.from_, plausible.to))
    if not first <= wave_id <= last:
        raise UnreadableFileError(
            "wrong_name",
            f"wave {wave_id} lies outside the plausible dates configured, {first} to {last}; name "
            "it by the month in which it was fielded, or set plausible_dates in municipality.yml",
        )
    return wave_id


def _coded_files(
    files: Mapping[str, tuple[Path, str]], wave_id: str, config: Config, folder: Path
) -> Wave:
    missing = [part for part in ("dataset", "labels") if part not in files]
    if missing:
        raise UnreadableFileError(
            "unreadable", f"survey wave {wave_id} lacks {' and '.join(missing)}.csv; add it"
        )
    export = survey_surveyxact.Export(
        **{
            part: _only_sheet(files[part][0], part, config.survey, folder) if part in files else []
            for part in survey_surveyxact.PARTS
        }
    )
    counts = {part: count for part, count in export.row_counts.items() if part in files}
    described = {part: count for part, count in counts.items() if part != "dataset"}
    respondents = survey_surveyxact.respondents(export, config.survey)
    return Wave(wave_id, "dataset", respondents, counts, described)


def _only_sheet(path: Path, part: str, survey: Survey, folder: Path) -> NumberedRows:
    own = folder / part
    own.mkdir()
    try:
        sheets = rows_of(path, own, survey_surveyxact.fits(part, survey))
    except UnreadableFileError as error:
        raise UnreadableFileError(error.status, f"{part}.csv: {error}") from None
    return next(iter(sheets.values()))
