"""The plain truth about a folder of exports: what each row of each file says.

The oracle counts from these records and never reads a file. A value is what a careful reader
would take from the cell: None for a blank cell or a column that the file does not have,
``UNREADABLE`` for something that cannot be used (an unknown name, a date that is none).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Final, TypeVar


class Mark(Enum):
    """Values that are no values."""

    UNREADABLE = "unreadable"
    NOT_A_LIBRARY = "not a library"


UNREADABLE: Final = Mark.UNREADABLE
NOT_A_LIBRARY: Final = Mark.NOT_A_LIBRARY

Text = str | Mark | None
Moment = dt.datetime | Mark | None
Day = dt.date | Mark | None
Number = int | Mark | None


@dataclass(frozen=True)
class SourceFile:
    """One file as written.

    Attributes:
        name: path below the folder of its source, with forward slashes.
        digest: sha256 of the content, in hexadecimal digits.
        modified: modification time in whole seconds.
        readable: False for a file out of which no row can be read.
    """

    name: str
    digest: str
    modified: int = 0
    readable: bool = True


@dataclass(frozen=True)
class IncidentRow:
    """A data row of an incident export, in the file's own precision."""

    incident_id: str | None
    reported_at: Moment
    place: Text
    category: Text
    occurred_at: Moment = None
    status: str | None = None
    updated_at: Moment = None
    count: Number = None


@dataclass(frozen=True)
class IncidentFile(SourceFile):
    """An export of incidents."""

    rows: tuple[IncidentRow, ...] = ()


@dataclass(frozen=True)
class Respondent:
    """A row of a survey dataset; answers by question, as trimmed label texts."""

    completed: bool
    library: Text
    answers: dict[str, str | None]


@dataclass(frozen=True)
class SurveyFile(SourceFile):
    """A dataset, labels or structure file, or a workbook with all three.

    Attributes:
        wave_id: month of fielding.
        has_answers: whether it is the dataset or the workbook.
        respondents: rows of the dataset.
        codebook_rows: data rows of labels and structure in this file.
    """

    wave_id: str = ""
    has_answers: bool = False
    respondents: tuple[Respondent, ...] = ()
    codebook_rows: int = 0


@dataclass(frozen=True)
class OpeningItem:
    """An item of an opening-hours answer; kind is open, staffed, self_service or ignored."""

    place: Text
    kind: Text
    day: dt.date
    start: str
    end: str


@dataclass(frozen=True)
class SnapshotFile(SourceFile):
    """Opening hours as observed on one day."""

    items: tuple[OpeningItem, ...] = ()

    @property
    def day(self) -> str:
        """The day, which is the file's name in whatever folder."""
        return PurePosixPath(self.name).stem


@dataclass(frozen=True)
class PresenceRow:
    """A row of the presence register; times in minutes after midnight, weekdays Monday = 0."""

    place: Text
    function: Text
    first: Day
    last: Day
    weekdays: frozenset[int] | Mark
    start: Number
    end: Number
    count: Number
    status: Text


@dataclass(frozen=True)
class PresenceFile(SourceFile):
    """A presence register."""

    rows: tuple[PresenceRow, ...] = ()


@dataclass(frozen=True)
class Case:
    """A folder of exports and all that it says.

    Attributes:
        as_of: the day that the run is to pretend it is.
        features: what this case happens to exercise, for checks of coverage.
    """

    as_of: dt.date
    seed: int | None = None
    directory: Path | None = None
    incident_files: tuple[IncidentFile, ...] = ()
    survey_files: tuple[SurveyFile, ...] = ()
    snapshot_files: tuple[SnapshotFile, ...] = ()
    presence_files: tuple[PresenceFile, ...] = ()
    features: frozenset[str] = field(default_factory=frozenset)


AnyFile = TypeVar("AnyFile", bound=SourceFile)


def distinct(files: Iterable[AnyFile]) -> list[AnyFile]:
    """Each content once, as its latest copy, in the order of export.

    A snapshot is as late as the day that it is named by, whenever its file was written.
    """
    in_order = sorted(files, key=export_order)
    in_order.sort(key=lambda file: file.day if isinstance(file, SnapshotFile) else "")
    latest = {file.digest: file for file in in_order}
    return sorted(latest.values(), key=export_order)


def export_order(file: SourceFile) -> tuple[int, str]:
    """Sorts files by export time, then name."""
    return file.modified, file.name
