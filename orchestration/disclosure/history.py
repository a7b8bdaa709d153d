"""What the public has been shown so far, kept beside the warehouse, for its owner only.

The record holds true counts and is as confidential as the warehouse. Whoever removes it says that
nothing was ever public: the next run then publishes without regard to what was.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration.disclosure.cells import Counts, Sum
from orchestration.disclosure.protect import Reason, Rule, Shown
from orchestration.errors import DatasporError

_OF_SAMPLE = "history_of_sample.json"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShownCounts(_Record):
    """The incidents of a half-year as they were published.

    Attributes:
        as_of: the day of the run, ISO.
        rule: what a small count was then.
        cells, sums, suppressed, hidden: see :class:`~orchestration.disclosure.protect.Shown`.
    """

    as_of: str
    rule: Rule
    cells: dict[str, int]
    sums: list[tuple[str, list[str]]]
    suppressed: dict[str, Reason]
    hidden: list[str]

    @classmethod
    def of(cls, as_of: str, rule: Rule, shown: Shown) -> ShownCounts:
        """The record of a table."""
        return cls(
            as_of=as_of,
            rule=rule,
            cells=dict(shown.counts.cells),
            sums=[(one.total, list(one.parts)) for one in shown.counts.sums],
            suppressed=dict(shown.suppressed),
            hidden=sorted(shown.hidden),
        )

    @cached_property
    def shown(self) -> Shown:
        """The table."""
        sums = tuple(Sum(total, tuple(parts)) for total, parts in self.sums)
        return Shown(Counts(self.cells, sums), self.suppressed, frozenset(self.hidden))


class ShownAnswers(_Record):
    """The answers of one wave, library and question as they were published."""

    as_of: str
    respondents: int
    favourable: int


class ShownFigure(_Record):
    """A status figure as it was published.

    Attributes:
        rests_on: which publication of what it is computed from, half-years and groups of answers.
        row: its row in the public table.
    """

    rests_on: dict[str, int]
    row: dict[str, Any]


class History(_Record):
    """All that was published: newest last.

    Attributes:
        is_sample: whether of the synthetic sample; None in a record of earlier versions, which kept
            one for both.
        incidents: half-year to its publications.
        answers: ``wave/library/question`` to those publications that showed it.
        figures: figure to its last row.
    """

    is_sample: bool | None = None
    incidents: dict[str, list[ShownCounts]] = {}
    answers: dict[str, list[ShownAnswers]] = {}
    figures: dict[str, ShownFigure] = {}


def of_sample(path: Path) -> Path:
    """The sample's own record beside the real one, so that neither is taken for the other."""
    return path.with_name(_OF_SAMPLE)


def read_history(path: Path) -> History:
    """What was published so far; nothing, before the first time.

    Raises:
        DatasporError: the record is there and cannot be read.
    """
    if not path.exists():
        return History()
    try:
        return History.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise DatasporError(
            f"{path} cannot be read. It records what the public has been shown, so that a later "
            "publication does not give away what was left out. Restore it from a backup; nothing "
            "was published."
        ) from None


def write_history(path: Path, history: History) -> None:
    """Replace the record in one step."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text(history.model_dump_json(indent=1), encoding="utf-8")
    temporary.chmod(0o600)
    temporary.replace(path)
