"""What moved between two states of the figures, and why; causes add up to the difference.

Where code or configuration changed, the earlier exports are run again under the later ones, so that
what they did is measured and not guessed: A →(code)→ … →(config)→ M →(exports)→ B.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from orchestration.errors import DatasporError
from orchestration.publish import is_of_sample, read_run_of
from orchestration.releases.causes import (
    COUNTS,
    Cause,
    Ends,
    checked,
    explain,
    incident_changes,
    source_files_moved,
    whole,
)
from orchestration.releases.rebuild import NotInArchiveError, rebuilt
from orchestration.releases.release import NOW, find_release
from orchestration.releases.state import State, state_of, state_of_run
from orchestration.run import code_digest
from orchestration.settings import Settings

_STANDS_UNDER = "stands under the causes of rows, or, where these do not add up, for all of them"


@dataclass(frozen=True)
class Moved:
    """A figure that differs between two states."""

    figure_id: str
    value_a: float | None
    value_b: float | None
    evidence_a: str | None
    evidence_b: str | None
    causes: list[Cause] = field(default_factory=list)


@dataclass(frozen=True)
class Difference:
    """Everything that moved.

    Attributes:
        moved: figures, in the later state's order.
        files: source files that only one state has.
        notes: what could not be measured, as sentences.
    """

    moved: list[Moved]
    files: dict[str, Any]
    notes: list[str]

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)


def diff(settings: Settings, release_a: str, release_b: str) -> Difference:
    """What moved from A to B; ``now`` names what is published.

    Raises:
        UsageError: there is no such release.
        DatasporError: this version refuses the configuration of the later one.
    """
    return diff_states(settings, _state(settings, release_a), _state(settings, release_b))


def _state(settings: Settings, release_id: str) -> State:
    if release_id == NOW:
        return state_of_run(settings)
    return state_of(find_release(settings, release_id))


def diff_states(settings: Settings, a: State, b: State) -> Difference:
    """What moved between two states; see :func:`diff`."""
    if b.config is None:
        raise DatasporError(
            f"{b.name} was closed by an earlier version of Dataspor, and this one refuses its "
            "configuration; `dataspor config check` says why, with DATASPOR_CONFIG set to "
            f"{b.config_folder}."
        )
    with ExitStack() as stack:
        steps, unmeasured, notes = _path(settings, a, b, stack)
        moved = []
        changes = incident_changes(steps[-2][1], steps[-1][1])
        for figure_id in dict.fromkeys([*b.figures.index, *a.figures.index]):
            rows = [
                state.figures.loc[figure_id] if figure_id in state.figures.index else None
                for _, state in steps
            ]
            causes = _causes(figure_id, rows, steps, changes, unmeasured)
            first, last = rows[0], rows[-1]
            if causes or _evidence(first) != _evidence(last):
                moved.append(
                    Moved(
                        figure_id,
                        Ends.of(first).value,
                        Ends.of(last).value,
                        _evidence(first),
                        _evidence(last),
                        causes,
                    )
                )
    return Difference(moved, source_files_moved(a, b), notes)


def _path(
    settings: Settings, a: State, b: State, stack: ExitStack
) -> tuple[list[tuple[str, State]], str, list[str]]:
    """The states on the way from A to B, each with the cause that leads to it.

    Also what of code and configuration differs and could not be measured, joined by ``+``, and
    sentences that say so.
    """
    steps: list[tuple[str, State]] = [("", a)]
    is_other_code, is_other_config = (
        a.code != b.code,
        _without_corrections(a) != (_without_corrections(b)),
    )
    notes = []
    if is_other_code or is_other_config:
        if b.code != code_digest():
            notes.append(
                f"{b.name} was made by other code than this: what code and configuration did "
                f"cannot be measured, and {_STANDS_UNDER}."
            )
        else:
            try:
                if is_other_code and a.config is not None:
                    steps.append(("code", _again(settings, a, a.config_folder, stack)))
                if is_other_config:
                    cause = "config" if a.config is not None else "code+config"
                    steps.append((cause, _again(settings, a, _config_of(b, a, stack), stack)))
                if a.config is None:
                    notes.append(
                        f"This version of Dataspor refuses the configuration of {a.name}, so that "
                        "what code and configuration did is measured together."
                    )
            except NotInArchiveError as error:
                notes.append(
                    "What code and configuration did cannot be measured, and "
                    f"{_STANDS_UNDER}. {error}"
                )
    measured = {cause for causes, _ in steps for cause in causes.split("+")}
    differ = {"code": is_other_code, "config": is_other_config}
    unmeasured = [name for name, is_other in differ.items() if is_other and name not in measured]
    return [*steps, ("exports", b)], "+".join(unmeasured), notes


def _again(settings: Settings, a: State, config_folder: Path, stack: ExitStack) -> State:
    """The earlier exports, run by this code under a configuration."""
    is_sample = is_of_sample(read_run_of(settings.published_warehouse))
    anew = stack.enter_context(
        rebuilt(settings, a.sources, config_folder, a.as_of, is_sample=is_sample)
    )
    # the same bytes have the same ids, whatever home they are in
    return replace(state_of_run(anew, "again"), sources=a.sources)


def _config_of(b: State, a: State, stack: ExitStack) -> Path:
    """The later configuration with the earlier corrections: these are a cause of their own."""
    import shutil
    import tempfile

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "config"
    shutil.copytree(b.config_folder, folder)
    (folder / "corrections.csv").unlink(missing_ok=True)
    if (a.config_folder / "corrections.csv").is_file():
        shutil.copyfile(a.config_folder / "corrections.csv", folder / "corrections.csv")
    return folder


def _without_corrections(state: State) -> object:
    return state.config and state.config.model_copy(update={"corrections": []})


def _causes(
    figure_id: str,
    rows: list[pd.Series | None],
    steps: list[tuple[str, State]],
    changes: pd.DataFrame,
    unmeasured: str,
) -> list[Cause]:
    """The causes of one figure's difference, step by step.

    Where rows alone do not explain what the exports did, it is what was not measured.
    """
    ends = [Ends.of(row) for row in rows]
    causes: list[Cause] = []
    for (cause, _), before, after in zip(steps[1:-1], ends, ends[1:], strict=False):
        causes += whole(before, after, cause)
    before, after = ends[-2], ends[-1]
    if rows[-1] is None or rows[-2] is None:
        causes += whole(before, after, "config")  # the figure is not configured on one side
    elif before != after:
        if not _is_same_definition(rows[-2], rows[-1]):
            causes += whole(before, after, "config")
        else:
            a, b = steps[-2][1], steps[-1][1]
            causes += explain(rows[-1], before, after, changes, a, b, otherwise=unmeasured)
    return checked(figure_id, ends[0], ends[-1], causes)


def _is_same_definition(before: pd.Series, after: pd.Series) -> bool:
    names = ["measure", "scope_kind", "scope_id", "half_year_to", "unit"]
    if after.measure in COUNTS:  # that of a share may follow from the waves there are
        names.append("half_year_from")
    return all(_same(before[name], after[name]) for name in names)


def _same(one: object, other: object) -> bool:
    return one == other or (pd.isna(one) and pd.isna(other))


def _evidence(figure: pd.Series | None) -> str | None:
    return None if figure is None else str(figure.evidence)
