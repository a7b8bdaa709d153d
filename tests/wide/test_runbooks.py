"""The runbooks, done literally: each command works as it stands, and does what the page says."""

from __future__ import annotations

import pytest

from orchestration.settings import PROJECT
from tests.pipeline.guide import blocks_of, follow

pytestmark = pytest.mark.wide
PAGE = PROJECT / "docs" / "runbooks.md"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each block of commands printed, by its first line."""
    folder = tmp_path_factory.mktemp("runbooks")
    commands = [block.text.splitlines()[0] for block in blocks_of(PAGE) if block.kind == "bash"]
    return dict(zip(commands, follow(PAGE, folder), strict=True))


def test_the_half_year_is_closed_and_made_anew_to_the_same_bytes(printed: dict[str, str]) -> None:
    assert "2025-04.r1" in printed["dataspor run --as-of 2025-10-14"]
    told = printed["dataspor releases --verify"]
    assert "to the same bytes" in told
    assert "unchanged" in told


def test_a_late_export_is_told_in_the_words_of_the_page(printed: dict[str, str]) -> None:
    told = printed["dataspor run --as-of 2025-12-05"]
    (words,) = [block.text for block in blocks_of(PAGE) if block.kind == "text"]
    assert words.strip() in told


def test_a_new_category_is_quarantined_then_counted(printed: dict[str, str]) -> None:
    before = printed["cat > exports/mainmanager/november.csv <<END"]
    assert len(quarantined(before, "november.csv")) == 2
    assert "Graffiti" in before
    after = printed["echo 'Graffiti;vandalism' >> my-config/category_aliases.csv"]
    assert quarantined(after, "november.csv") == []
    assert "new export: mainmanager/november.csv" in after


def quarantined(told: str, file: str) -> list[str]:
    """The lines of `dataspor quarantine` that speak of a file."""
    return [x for x in told.splitlines() if file in x and "unknown_category" in x]


def test_a_failed_check_publishes_nothing_and_the_mended_run_does(
    printed: dict[str, str],
) -> None:
    failed = printed["cat > my-config/corrections.csv <<END"]
    assert "Status figures as of 2025-11-24" in failed
    mended = printed["rm my-config/corrections.csv"]
    assert "Status figures as of 2025-11-25" in mended


def test_a_restated_figure_is_a_revision_whose_causes_are_told(printed: dict[str, str]) -> None:
    told = printed["cat > exports/mainmanager/late.csv <<END"]
    assert "2025-04.r2" in told
    assert "late_report" in told
    assert "vesterbro_incidents_summer" in told


def test_a_restored_home_shows_the_same_figures_and_releases(printed: dict[str, str]) -> None:
    told = printed["dataspor backup create backups"]
    assert "restored to kept" in told
    assert "Status figures as of 2025-11-25" in told
    assert "unchanged" in told
