"""Staff surveys: the files of one wave to its answers, by the survey system that wrote them.

Only the library, the status and the configured questions are read from a respondent's row.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orchestration.config import Config
from orchestration.config.model import Survey
from orchestration.errors import UnreadableFileError
from orchestration.extract import survey_labelled, survey_surveyxact
from orchestration.extract.rows import Landed
from orchestration.extract.survey_answers import landed_answers
from orchestration.extract.survey_rows import NumberedRows, rows_of


def extract(
    files: Mapping[str, tuple[Path, str]], wave_id: str, config: Config, folder: Path
) -> dict[str, Landed]:
    """The answers of one survey wave.

    Args:
        files: part to path and source file id. Parts are dataset, labels and structure of a
            SurveyXact export; or workbook alone, a SurveyXact or a labelled export; or table
            alone, a labelled export as csv.
        wave_id: month of fielding, ``2025-02``.
        config: the municipality's configuration.
        folder: private, for unpacked copies.

    Returns:
        What came out of each file, by part.

    Raises:
        UnreadableFileError: the wave as a whole cannot be used.
    """
    single = [part for part in ("workbook", "table") if part in files]
    if single and len(files) > 1:
        raise UnreadableFileError(
            "unreadable",
            f"wave {wave_id} lies there as more than one export, and a wave can have one only; "
            f"keep one of {wave_id}/, {wave_id}.xlsx and {wave_id}.csv",
        )
    for part in single:
        path, source_file_id = files[part]
        sheets = rows_of(path, folder, lambda rows: survey_labelled.fits(rows, config.survey))
        if survey_surveyxact.is_workbook_of(sheets):
            return {part: _coded_workbook(sheets, wave_id, source_file_id, config)}
        return {part: _labelled(sheets, wave_id, source_file_id, config)}
    return _coded_files(files, wave_id, config, folder)


def _labelled(
    sheets: Mapping[str, NumberedRows], wave_id: str, source_file_id: str, config: Config
) -> Landed:
    table = survey_labelled.table_of(sheets, config.survey)
    respondents = survey_labelled.respondents(table)
    return Landed(len(table.rows), landed_answers(respondents, wave_id, source_file_id, config))


def _coded_workbook(
    sheets: Mapping[str, NumberedRows], wave_id: str, source_file_id: str, config: Config
) -> Landed:
    export = survey_surveyxact.export_of_sheets(sheets)
    respondents = survey_surveyxact.respondents(export, config.survey)
    counts = export.row_counts
    return Landed(
        sum(counts.values()),
        landed_answers(respondents, wave_id, source_file_id, config),
        counts["labels"] + counts["structure"],
    )


def _coded_files(
    files: Mapping[str, tuple[Path, str]], wave_id: str, config: Config, folder: Path
) -> dict[str, Landed]:
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
    respondents = survey_surveyxact.respondents(export, config.survey)
    tables = landed_answers(respondents, wave_id, files["dataset"][1], config)
    return {
        part: Landed(count, tables) if part == "dataset" else Landed(count, description_rows=count)
        for part, count in export.row_counts.items()
        if part in files
    }


def _only_sheet(path: Path, part: str, survey: Survey, folder: Path) -> NumberedRows:
    own = folder / part
    own.mkdir()
    try:
        sheets = rows_of(path, own, survey_surveyxact.fits(part, survey))
    except UnreadableFileError as error:
        raise UnreadableFileError(error.status, f"{part}.csv: {error}") from None
    return next(iter(sheets.values()))
