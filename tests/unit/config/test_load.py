import shutil
from pathlib import Path

import pytest

from orchestration.config import load_config
from orchestration.config.model import match_key
from orchestration.errors import ConfigError
from orchestration.half_year import HalfYear
from orchestration.settings import PACKAGED_CONFIG


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED_CONFIG, tmp_path / "config"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_packaged_configuration_is_in_order() -> None:
    assert len(load_config(PACKAGED_CONFIG).libraries) == 20


def test_all_errors_come_at_once_with_file_and_line(folder: Path) -> None:
    edit(folder / "municipality.yml", "minimum_respondents: 5", "minimum_respondents: few")
    edit(folder / "libraries.csv", "vesterbro;", "Vesterbro!;")
    (folder / "incidents.yml").unlink()
    with pytest.raises(ConfigError) as refused:
        load_config(folder)
    lines = (folder / "municipality.yml").read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines, 1) if line.startswith("minimum_respondents"))
    problems = "\n".join(refused.value.problems)
    assert f"municipality.yml, line {number}: minimum_respondents" in problems
    assert "libraries.csv, line 18: library_id" in problems
    assert "incidents.yml: the file is missing" in problems


def test_one_name_for_two_libraries_is_an_error(folder: Path) -> None:
    with (folder / "places.csv").open("a", encoding="utf-8") as file:
        file.write("NOERREBRO  bibliotek;valby\n")
    with pytest.raises(ConfigError, match=r"places.csv, line 75: alias .* is already on line"):
        load_config(folder)


def test_a_half_year_is_final_on_the_day_after_its_end_at_the_earliest(folder: Path) -> None:
    edit(folder / "municipality.yml", "maturity_days: 14", "maturity_days: 1")
    days = load_config(folder).municipality.maturity_days
    half_year = HalfYear.parse("2024-10")
    assert half_year.final_from(days) == half_year.next.starts_on
    edit(folder / "municipality.yml", "maturity_days: 1", "maturity_days: 0")
    with pytest.raises(ConfigError, match=r"municipality.yml, line 6: maturity_days"):
        load_config(folder)


def test_a_figure_about_an_unknown_library_is_an_error(folder: Path) -> None:
    edit(folder / "figures.yml", "id: blaagaarden}", "id: blagarden}")
    with pytest.raises(ConfigError, match="blagarden"):
        load_config(folder)


def test_names_are_compared_without_case_and_danish_spelling() -> None:
    assert match_key(" Blågårdens\u00a0 BIBLIOTEK ") == match_key("blaagaardens bibliotek")
    assert match_key("Bla\u030aga\u030arden") == match_key("Blågården")
    assert match_key("Nørrebro") != match_key("Norrebro")


def test_a_folder_is_read_again_only_when_one_of_its_files_has_changed(folder: Path) -> None:
    first = load_config(folder)
    assert load_config(folder) is first
    edit(folder / "municipality.yml", "maturity_days: 14", "maturity_days: 15")
    assert load_config(folder).municipality.maturity_days == 15
