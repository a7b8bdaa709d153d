"""Every kind of mistake in a configuration folder is told with file and line."""

import csv
import shutil
from pathlib import Path

import pytest

from orchestration.config import load_config
from orchestration.config.checks import WORDINGS
from orchestration.config.load import OPTIONAL, files_not_read
from orchestration.errors import ConfigError
from orchestration.settings import PACKAGED_CONFIG


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED_CONFIG, tmp_path / "config"))


def edit(path: Path, old: str, new: str) -> int:
    """Replace the first occurrence; the line of it."""
    text = path.read_text(encoding="utf-8")
    before, found, after = text.partition(old)
    assert found
    path.write_text(before + new + after, encoding="utf-8")
    return before.count("\n") + 1


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load_config(folder)
    return refused.value.problems


NO_CORRECTION = "correction_id;incident_id;match;field;old_value;new_value;reason;decided_by"
HEADER = f"{NO_CORRECTION};decided_on\n"
MISTAKES = {
    "unknown key": ("incidents.yml", "decimal_comma:", "decimalcomma:", "there is no such key"),
    "unknown key below": ("incidents.yml", "  location:", "  place:", "there is no such key"),
    "wrong type": ("incidents.yml", "decimal_comma: true", "decimal_comma: [1]", "decimal_comma"),
    "key twice": ("municipality.yml", "country: DK", "timezone: UTC", "duplicate key"),
    "not YAML": ("survey.yml", "labelled:", "labelled: [", "not valid YAML"),
    "bad regular expression": (
        *("incidents.yml", "decimal_comma: true", 'incident_id_pattern: "[0-9"'),
        "not a regular expression",
    ),
    "a regular expression of Python alone": (
        *("incidents.yml", "decimal_comma: true", 'incident_id_pattern: "(?!0000)[0-9]+"'),
        "not a regular expression of RE2: invalid perl operator: (?!",
    ),
    "unknown code of a date": ("incidents.yml", '"%d-%m-%Y"', '"%e-%m-%Y"', "%e is not supported"),
    "unknown code of a time": ("incidents.yml", '"%H.%M"]', '"%H.%f"]', "%f is not supported"),
    "unknown code of a day": ("presence.yml", '"%d/%m-%y"', '"%d/%b"', "%b is not supported"),
    "a code cut off": ("incidents.yml", '"%d-%m-%Y"', '"%d-%m-%Y%"', "% is not supported"),
    "minutes for the month": (
        *("incidents.yml", '"%d-%m-%Y"', '"%d-%M-%Y"'),
        "'%d-%M-%Y' has no month, which is written %m; %M is the minute",
    ),
    "the day twice": ("incidents.yml", '"%d-%m-%Y"', '"%d-%d-%Y"', "has the day twice"),
    "months for the minutes": (
        *("incidents.yml", '"%d-%m-%Y %H:%M"', '"%d-%m-%Y %H:%m"'),
        "has the month twice",
    ),
    "a year of two and of four digits": (
        *("incidents.yml", '"%d-%m-%Y"', '"%d-%m-%Y %y"'),
        "has the year twice; write %Y or %y once",
    ),
    "a day without its year": ("presence.yml", '"%d/%m-%y"', '"%d/%m"', "has no year"),
    "a time without its hour": ("incidents.yml", '"%H.%M"]', '"%M.%S"]', "has no hour"),
    "the hour twice": ("incidents.yml", '"%H.%M"]', '"%H.%H"]', "has the hour twice"),
    "a date for a time": ("incidents.yml", '"%H.%M"]', '"%d %H.%M"]', "no part of a time of day"),
    "a day that is not in the calendar": (
        *("municipality.yml", "to: 2049-12-31", "to: 2049-02-30"),
        "a date or number cannot be read (day is out of range",
    ),
    "ambiguous dates": (
        *("incidents.yml", '  - "%d/%m/%Y"\n', '  - "%d/%m/%Y"\n  - "%m/%d/%Y"\n'),
        "'%d/%m/%Y' and '%m/%d/%Y' read the same text",
    ),
    "unknown time zone": ("municipality.yml", "Europe/Copenhagen", "Europe/Aarhus", "no time zone"),
    "a path as time zone": ("municipality.yml", "Europe/Copenhagen", "../etc", "no time zone"),
    "a part of a time zone": ("municipality.yml", "Europe/Copenhagen", "Europe", "no time zone"),
    "unknown country": ("municipality.yml", "country: DK", "country: Danmark", "no country"),
    "no half-year": ("municipality.yml", '"2022-10"', '"2022-11"', "is not a half-year"),
    "dates the other way": ("municipality.yml", "to: 2049-12-31", "to: 1999-12-31", "before from"),
    "unknown source": ("municipality.yml", "required_sources: []", "required_sources: [x]", "0"),
    "unknown category counted apart": (
        *("municipality.yml", "unsafe_behaviour_category: unsafe", "unsafe_behaviour_category: x"),
        "is not in categories.csv",
    ),
    "one name for two libraries": (
        *("places.csv", "Blågårdens Bibliotek;", "HOVEDBIBLIOTEKET;"),
        "is already on line 2",
    ),
    "one name for two categories": (
        *("category_aliases.csv", "Utryg adfærd;", "utryghedsskabende;"),
        "is already on line 3",
    ),
    "unknown library of a place": ("places.csv", ";hovedbiblioteket", ";hoved", "libraries.csv"),
    "unknown category of a name": (
        *("category_aliases.csv", ";unsafe_behaviour", ";unsafe"),
        "is not in categories.csv",
    ),
    "unknown district": ("libraries.csv", "Hovedbiblioteket;1", "Hovedbiblioteket;11", "districts"),
    "isil twice": ("libraries.csv", "DK-710104", "DK-710100", "already on line 2"),
    "too few cells": ("libraries.csv", ";Hovedbiblioteket;1", ";Hovedbiblioteket", "4 cells"),
    "an empty cell": ("libraries.csv", "DK-710104", "", "isil: is missing"),
    "unknown weekday": ("normal_opening_hours.csv", ";tir;", ";tue;", "weekday"),
    "weekday twice": ("normal_opening_hours.csv", ";tir;", ";man;", "already on line 2"),
    "intervention ends first": (
        *("interventions.csv", "2025-10-20;2026-03-31", "2025-10-20;2025-03-31"),
        "ends_on is before starts_on",
    ),
    "unknown library of a branch": ("opening_hours.yml", "101: vesterbro", "101: x", "'x' is not"),
    "a title with two meanings": ("opening_hours.yml", "open: [Åbent]", "open: [Telefon:]", "both"),
    "a function with two meanings": ("presence.yml", ", Vagt]", ", NATTEVÆRT]", "both"),
    "unknown library of a figure": (
        *("figures.yml", "scope: {kind: library, id: vesterbro}", "scope: {kind: library, id: x}"),
        "'x' is not in libraries.csv",
    ),
    "a rank of a library": (
        *("figures.yml", '{kind: district, id: "3"}', "{kind: library, id: valby}"),
        "is about a district",
    ),
    "a figure's half-year": (
        *("figures.yml", 'half_year_to: "2024-10"', 'half_year_to: "2024-01"'),
        "is not a half-year",
    ),
    "half-years out of order": ("figures.yml", '["2023-10"]', '["2025-10"]', "follow each other"),
    "unknown kind of figure": ("figures.yml", "kind: share", "kind: part", "change"),
    "unknown question": ("figures.yml", "measure: tryg", "measure: trygt", "not in survey.yml"),
    "no hours": ("figures.yml", "[guard_hours, night_host_hours]", "[]", "at least 1 item"),
    "unknown figure of a claim": (
        *("claims.yml", "figure_id: vesterbro_staff_safe", "figure_id: nobody"),
        "'nobody' is not in figures.yml",
    ),
    "no sentence": ("sentences.yml", "  clear_halving:", "  a_halving:", "for clear_halving"),
    "unknown place in a sentence": ("sentences.yml", "{what} {place}", "{what} {plads}", "{plads}"),
    "a number where public tables leave all out": (
        *("sentences.yml", "der er ikke data for begge halvår.", "der var {from}."),
        "{from} is nothing that can be said here",
    ),
    "a brace left open": ("sentences.yml", "{what} {place}", "{what} {place", "brace"),
    "braces without a name": (
        *("sentences.yml", "{what} {place}", "{what} {}"),
        "{} is nothing that can be said here",
    ),
    "a form that no text has": (
        *("sentences.yml", "fra {from} til {to}", "fra {from} til {to:d}"),
        "change.clear_fall: the braces cannot be filled in (Unknown format code 'd'",
    ),
    "a form that there is not": (
        *("sentences_en.yml", "from {from} to {to}", "from {from} to {to!x}"),
        "change.clear_fall: the braces cannot be filled in (Unknown conversion specifier x",
    ),
    "an earlier number of hours": (
        *("sentences.yml", "{what} {place} var {to} timer", "{what} {place} var {from} timer"),
        "{from} is nothing that can be said here; these are: change, half_year_to, place, to, we",
    ),
    "an earlier number of a rank": (
        *("sentences.yml", "({to} hændelser)", "({from} hændelser)"),
        "{from} is nothing that can be said here; these are: change, half_year_to, place, to, wh",
    ),
    "the weeks of a share": (
        *("sentences.yml", "{place} {what} i {half_year_to}.", "{place} {what}{weeks}."),
        "share.descriptive: {weeks} is nothing that can be said here",
    ),
    "a form that no year has": (
        *("sentences_en.yml", "{year}/{next_year}", "{year:s}/{next_year}"),
        "words.winter: the braces cannot be filled in",
    ),
    "hours without a name": (
        *("sentences.yml", "guard_hours+night_host_hours: ", "guard_hours+night_hosts: "),
        "words: no name for 'guard_hours+night_host_hours', which blaagaarden_presence_2024_10 "
        "counts",
    ),
    "a question without a name in English": (
        *("sentences_en.yml", "  tryg: ", "  trygt: "),
        "words: no name for 'tryg', which vesterbro_staff_safe, blaagaarden_staff_safe, "
        "noerrebro_staff_safe count",
    ),
    "hours of opening and of presence in one": (
        *("figures.yml", "[guard_hours, night_host_hours]", "[guard_hours, open_hours]"),
        "opening hours and hours of presence are not added up",
    ),
    "a word for two weekdays": (
        *("presence.yml", "[tir, tirsdag]", "[MAN, tirsdag]"),
        "weekdays: 'MAN' stands there for two days",
    ),
    "a week of six days": ("presence.yml", "  - [søn, søndag]\n", "", "at least 7 items"),
}


# where a mistake shows up lines away from the edit: behind it, or where its part begins
LINES_AWAY = {
    "key twice": 1,
    "not YAML": 2,
    "ambiguous dates": 1,
    "a title with two meanings": -1,
    "a function with two meanings": -1,
    "half-years out of order": -7,
    "unknown kind of figure": -2,
    "no sentence": -2,
    "hours without a name": -12,
    "a question without a name in English": -6,
    "hours of opening and of presence in one": -3,
    "a word for two weekdays": -2,
    "a week of six days": -7,
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_file_and_line(folder: Path, mistake: str) -> None:
    name, old, new, told = MISTAKES[mistake]
    line = edit(folder / name, old, new)
    problems = problems_of(folder)
    where = f"{name}, line {line + LINES_AWAY.get(mistake, 0)}: "
    assert any(problem.startswith(where) and told in problem for problem in problems)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a;17;;location;Hus A;Hus B;r;d;2025-01-01", "'Hus B' is not in places.csv"),
        ("a;17;;category;Støj;Larm og uro;r;d;2025-01-01", "is not in category_aliases.csv"),
        ("a;;;location;A;Valby;r;d;2025-01-01", "names no rows"),
        ("a;17;;location;Valby;Valby;r;d;2025-01-01", "are the same"),
        ("a;17;;place;A;Valby;r;d;2025-01-01", "field: Input should be"),
        ("a;;sted=Valby;status;A;B;r;d;2025-01-01", "'sted' is none of"),
        ("a;17;;status;A;B;r;d;i går", "decided_on"),
    ],
)
def test_a_mistake_in_a_correction_is_told_with_its_line(folder: Path, row: str, told: str) -> None:
    (folder / "corrections.csv").write_text(f"{HEADER}{row}\n", encoding="utf-8")
    (problem,) = problems_of(folder)
    assert problem.startswith("corrections.csv, line 2: ")
    assert told in problem


def test_mistakes_of_all_files_and_between_files_come_at_once(folder: Path) -> None:
    mistakes = ("unknown time zone", "ambiguous dates", "unknown library of a branch", "no hours")
    mistakes += ("one name for two libraries", "weekday twice", "unknown place in a sentence")
    for mistake in mistakes:
        edit(folder / MISTAKES[mistake][0], *MISTAKES[mistake][1:3])
    told = "\n".join(problems_of(folder))
    for mistake in mistakes:
        assert f"{MISTAKES[mistake][0]}, line " in told
        assert MISTAKES[mistake][3] in told


def test_a_file_that_is_wrong_is_not_the_cause_of_further_errors(folder: Path) -> None:
    line = edit(folder / "libraries.csv", "blaagaarden;", "Blågården;")
    (problem,) = problems_of(folder)
    assert problem.startswith(f"libraries.csv, line {line}: library_id")


def test_a_regular_expression_is_taken_that_the_engine_understands(folder: Path) -> None:
    edit(folder / "incidents.yml", "decimal_comma: true", r"incident_id_pattern: '\pL[0-9]+'")
    assert load_config(folder).incidents.incident_id_pattern == r"\pL[0-9]+"


@pytest.mark.parametrize("name", ["libraries.csv", "districts.csv", "categories.csv"])
def test_a_list_that_cannot_be_empty_is_told_apart_from_one_that_can(
    folder: Path, name: str
) -> None:
    header = (folder / name).read_text(encoding="utf-8").splitlines()[0]
    (folder / name).write_text(header + "\n", encoding="utf-8")
    assert any(p.startswith(f"{name}: has no rows") for p in problems_of(folder))


def test_a_municipality_with_incidents_only_needs_no_other_files(folder: Path) -> None:
    for name in ("survey", "opening_hours", "presence", "figures", "sentences", "claims"):
        (folder / f"{name}.yml").unlink()
    for name in ("normal_opening_hours", "interventions"):
        (folder / f"{name}.csv").unlink()
    config = load_config(folder)
    assert config.figures.figures == config.survey.questions == config.interventions == []
    assert len(config.libraries) == 20


def test_files_that_may_be_missing_may_be_empty_too(folder: Path) -> None:
    for name in ("survey", "opening_hours", "presence", "figures", "sentences", "claims"):
        (folder / f"{name}.yml").write_text("# nothing here\n", encoding="utf-8")
        assert name in OPTIONAL
    for name in ("normal_opening_hours", "interventions", "corrections"):
        (folder / f"{name}.csv").write_text("", encoding="utf-8")
        assert name in OPTIONAL
    assert load_config(folder).figures.figures == []


def test_a_word_is_needed_only_where_a_sentence_says_it(folder: Path) -> None:
    edit(folder / "sentences.yml", "  incidents: indmeldte hændelser\n", "")
    (problem,) = problems_of(folder)  # of changes and interventions, but not of ranks
    assert "no name for 'incidents', which vesterbro_incidents_winter, " in problem
    assert "rank" not in problem
    for kind, what in (("change", "hændelser"), ("intervention", "hændelser")):
        text = (folder / "sentences.yml").read_text(encoding="utf-8")
        before, found, after = text.partition(f"\n{kind}:\n")
        section, end, rest = after.partition("\nwords:" if kind == "intervention" else "\nshare:")
        section = section.replace("{what}", what)
        (folder / "sentences.yml").write_text(before + found + section + end + rest, "utf-8")
    load_config(folder)
    edit(folder / "sentences.yml", "  clear_rise_from_none:", "  a_rise:")
    (problem,) = problems_of(folder)  # else the bare numbers are told, with what was counted
    assert "no name for 'incidents'" in problem


def test_a_misspelt_file_name_is_found(folder: Path) -> None:
    (folder / "correction.csv").write_text(HEADER, encoding="utf-8")
    (folder / "schema").mkdir()
    (folder / "schema" / "incidents.json").write_text("{}", encoding="utf-8")
    load_config(folder)
    assert files_not_read(folder) == ["correction.csv"]


def test_every_wording_that_is_asked_for_is_one_that_the_figures_use() -> None:
    with (PACKAGED_CONFIG / "sentences.yml").open(encoding="utf-8") as file:
        packaged = file.read()
    figures = PACKAGED_CONFIG.parents[1] / "figures"
    code = "".join(path.read_text(encoding="utf-8") for path in figures.glob("*.py"))
    for wordings in WORDINGS.values():
        for wording in wordings:
            assert f"  {wording}: " in packaged
            assert f'"{wording}"' in code


def test_a_broken_cell_of_a_csv_file_is_told_with_its_line(folder: Path) -> None:
    rows = list(csv.reader((folder / "places.csv").open(encoding="utf-8"), delimiter=";"))
    with (folder / "places.csv").open("a", encoding="utf-8") as file:
        file.write('"Valby"x;valby\n')
    (problem,) = problems_of(folder)
    assert problem.startswith(f"places.csv, line {len(rows) + 1}: ")
