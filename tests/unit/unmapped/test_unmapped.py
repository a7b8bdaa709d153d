"""What exports hold beyond a configuration, found in real files of every source."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from orchestration.cli import main
from orchestration.config import Config, load_config
from orchestration.errors import DatasporError
from orchestration.settings import PACKAGED_CONFIG, Settings
from orchestration.unmapped import Finding, look_for_unmapped

HEADER = "Nr.;Oprettet;Ejendom;Kategori;Status;Beskrivelse\n"
FORMS = "Completion time,Bibliotek,tryg,kompetence\n"
REGISTER = "Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde\n"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for source in ("mainmanager", "survey", "opening_hours", "presence"):
        (tmp_path / "sources" / source).mkdir(parents=True)
    return tmp_path / "sources"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED_CONFIG, tmp_path / "config"))


def found(sources: Path, config: Path | Config = PACKAGED_CONFIG) -> dict[str, list[Finding]]:
    """The findings by section."""
    folder = config if isinstance(config, Path) else PACKAGED_CONFIG
    settings = Settings(sources=sources, home=sources.parent / "home", config=folder)
    sections: dict[str, list[Finding]] = {}
    for finding in look_for_unmapped(settings, load_config(folder)).findings:
        sections.setdefault(finding.section, []).append(finding)
    return sections


def told(findings: list[Finding]) -> list[tuple[str, int, int]]:
    return [(finding.text, finding.rows, finding.files) for finding in findings]


def report(number: int, place: str = "Valby", category: str = "Vold", status: str = "Ny") -> str:
    return f"{number};0{number % 9 + 1}-02-2024;{place};{category};{status};fri tekst\n"


def test_names_are_counted_in_rows_and_files_the_most_frequent_first(sources: Path) -> None:
    first = [report(n, "Vesterbro Bib.") for n in (1, 2, 3)] + [report(4, "Vigerslev B", "Larm")]
    second = [report(5, "VESTERBRO  bib."), report(6, category="Larm, støj")]
    (sources / "mainmanager" / "a.csv").write_text(
        HEADER + "".join(first) + HEADER + "I alt;4\n", encoding="utf-8"
    )
    (sources / "mainmanager" / "b.csv").write_text(HEADER + "".join(second), encoding="utf-8")
    (sources / "mainmanager" / "copy.csv").write_text(HEADER + "".join(second), encoding="utf-8")
    sections = found(sources)
    assert told(sections["place"]) == [("Vesterbro Bib.", 4, 2), ("Vigerslev B", 1, 1)]
    assert told(sections["category"]) == [("Larm", 1, 1), ("Larm, støj", 1, 1)]
    assert sections["place"][0].paste == "Vesterbro Bib.;???"
    assert sections["place"][0].first == "mainmanager/a.csv row 2"
    assert sections["category"][1].first == "mainmanager/b.csv row 3"


def test_a_line_to_paste_is_one_that_the_configuration_reads(sources: Path, config: Path) -> None:
    text = '"Salen; ""Foyer""";'
    (sources / "mainmanager" / "a.csv").write_text(
        HEADER + '1;01-02-2024;"Salen; ""Foyer""";Vold;Ny: #1;x\n', encoding="utf-8"
    )
    (place,) = found(sources)["place"]
    assert place.paste == f"{text}???"
    with (config / "places.csv").open("a", encoding="utf-8") as file:
        file.write(place.paste.replace("???", "valby") + "\n")
    (status,) = found(sources)["other_status"]
    text = (config / "incidents.yml").read_text(encoding="utf-8")
    (config / "incidents.yml").write_text(f"{text}statuses:\n{status.paste}\n", encoding="utf-8")
    assert {"place", "status", "other_status"} & found(sources, config).keys() == set()


def test_rows_of_places_that_are_no_library_need_no_category_and_no_date(sources: Path) -> None:
    (sources / "mainmanager" / "a.csv").write_text(
        HEADER + "1;ukendt;Rådhuset;Noget;Ny;x\n" + report(2), encoding="utf-8"
    )
    assert {"category", "date", "place"} & found(sources).keys() == set()


def test_a_status_is_a_gap_only_where_statuses_are_listed(sources: Path, config: Path) -> None:
    rows = report(1, status="Ny") + report(2, status="Annulleret") + report(3, status="Lukket")
    (sources / "mainmanager" / "a.csv").write_text(HEADER + rows, encoding="utf-8")
    assert told(found(sources)["other_status"]) == [("Lukket", 1, 1), ("Ny", 1, 1)]
    with (config / "incidents.yml").open("a", encoding="utf-8") as file:
        file.write("statuses: [ny]\n")
    sections = found(sources, config)
    assert told(sections["status"]) == [("Lukket", 1, 1)]
    assert "other_status" not in sections


def test_a_corrected_name_is_mapped(sources: Path, config: Path) -> None:
    rows = report(1, "Valbby") + report(2, "Valbby")
    (sources / "mainmanager" / "a.csv").write_text(HEADER + rows, encoding="utf-8")
    (config / "corrections.csv").write_text(
        "correction_id;incident_id;match;field;old_value;new_value;reason;decided_by;decided_on\n"
        "c;1;;location;Valbby;Valby;slip;unit;2024-03-01\n",
        encoding="utf-8",
    )
    assert told(found(sources, config)["place"]) == [("Valbby", 1, 1)]


def test_dates_are_told_by_shape_with_the_format_they_are_written_in(sources: Path) -> None:
    rows = [
        f"{n};{day};Valby;Vold;Ny;x\n"
        for n, day in enumerate(
            ["3/14/2024 2:05 PM", "12/1/2024 11:05 AM", "31-02-2024", "14 marts", "01-02-2024"]
        )
    ]
    (sources / "mainmanager" / "a.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    dates = {finding.text: finding for finding in found(sources)["date"]}
    american = dates.pop("reported_at: 99/99/9999 99:99 PM")
    assert (american.rows, american.paste) == (2, '"%m/%d/%Y %I:%M %p"')
    assert american.first == "mainmanager/a.csv row 2"
    assert {text: finding.rows for text, finding in dates.items()} == {
        "reported_at: 99-99-9999": 1,
        "reported_at: 99 a": 1,
    }


def test_times_of_day_of_their_own_are_told_too(sources: Path) -> None:
    header = "Nr.;Oprettet;Hændelsesdato;Klokkeslæt;Ejendom;Kategori\n"
    rows = [
        f"{n};01-02-2024;01-02-2024;{time};Valby;Vold\n"
        for n, time in enumerate(("14:30", "2:05 PM", "0,5", "kl. 14.30", "9:5"))
    ]
    (sources / "mainmanager" / "a.csv").write_text(header + "".join(rows), encoding="utf-8")
    odd, afternoon = found(sources)["date"]
    assert (afternoon.text, afternoon.rows) == ("occurred_time: 99:99 PM", 1)
    assert afternoon.paste == '"%I:%M %p"'
    assert (odd.text, odd.rows, odd.first) == ("occurred_time: 99:99", 1, "mainmanager/a.csv row 6")


def test_without_a_known_header_the_likeliest_one_is_shown(sources: Path) -> None:
    sheet = xlsxwriter.Workbook(sources / "mainmanager" / "a.xlsx")
    rows = [["Incident log", "2024"], [], ["Ref", "Logged", "Branch", "", "Kind"]]
    rows += [["A-1", "1/2/2024", "Central", "Mette Hansen", "Noise"]] * 3
    page = sheet.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    sheet.close()
    (missing,) = found(sources)["no_header"]
    assert missing.text == "Ref | Logged | Branch | Kind"
    assert missing.first == "mainmanager/a.xlsx row 3"


def test_a_row_of_values_is_never_taken_for_a_header(sources: Path) -> None:
    (sources / "mainmanager" / "a.csv").write_text(
        "A-1;1/2/2024;Central;Noise\nA-2;1/3/2024;Central;Noise\n", encoding="utf-8"
    )
    sections = found(sources)
    assert "no_header" not in sections
    assert "no header row with" in sections["unreadable"][0].text


def test_headers_that_are_not_mapped_are_listed_without_what_stands_below(sources: Path) -> None:
    (sources / "mainmanager" / "a.csv").write_text(HEADER + report(1), encoding="utf-8")
    sections = found(sources)
    assert told(sections["column"]) == [("Beskrivelse", 0, 1)]
    assert ("updated_at", 0, 1) in told(sections["without"])
    assert "fri tekst" not in repr(sections)


@pytest.mark.parametrize("text", ["Mette Hansen", "010180-1234", "mette@example.dk", "21 34 56 78"])
def test_personal_data_is_screened_and_never_pasted(sources: Path, text: str) -> None:
    rows = report(1, f"Valby, {text}") + report(2, category=text) + report(3, status=text)
    (sources / "mainmanager" / "a.csv").write_text(HEADER + rows, encoding="utf-8")
    (sources / "presence" / "p.csv").write_text(
        REGISTER + f"Valby;{text};01-02-2024;01-02-2024;man;10;12;1;planlagt;x\n", encoding="utf-8"
    )
    sections = found(sources)
    for number, name in enumerate(("place", "category", "other_status", "function")):
        (finding,) = [finding for finding in sections[name] if "[…]" in finding.text]
        assert finding.paste == ""
        assert finding.first.endswith(f" row {number + 2 if number < 3 else 2}")
    assert text not in repr(sections)


def test_what_the_presence_register_names_is_compared(sources: Path) -> None:
    good = "Valby;Vagt;01-02-2024;uge 8 2024;man;10;12;1;planlagt;x\n"
    bad = "Hus A;Portner;2/1/2024;13/1/2024 8:00;man;10;12;1;aflyst;x\n"
    (sources / "presence" / "p.csv").write_text(
        REGISTER + good + bad + bad + "I alt;;;;;;;2;;\n", encoding="utf-8"
    )
    sections = found(sources)
    assert told(sections["place"]) == [("Hus A", 2, 1)]
    assert told(sections["function"]) == [("Portner", 2, 1)]
    assert told(sections["presence_status"]) == [("aflyst", 2, 1)]
    (date,) = sections["date"]
    assert (date.text, date.rows, date.paste) == ("to: 99/99/9999 99:99", 2, '"%d/%m/%Y %H:%M"')
    assert sections["place"][0].first == "presence/p.csv row 3"


def test_a_register_in_other_words_for_weekdays_and_times_is_not_told_as_mapped(
    sources: Path, config: Path, check: Callable[..., Result]
) -> None:
    row = "Valby;Vagt;01-02-2024;29-02-2024;{};{};12;1;planlagt;x\n"
    rows = [row.format("mon-fri", "10 AM"), row.format("Mon-Fri", "11 AM"), row.format("man", "10")]
    (sources / "presence" / "p.csv").write_text(REGISTER + "".join(rows), encoding="utf-8")
    sections = found(sources, config)
    assert told(sections["weekday"]) == [("mon-fri", 2, 1)]
    assert sections["weekday"][0].paste == ""
    (time,) = sections["date"]
    assert (time.text, time.rows, time.paste) == ("from_time: 99 PM", 2, "")
    answer = check("--strict")
    assert answer.exit_code == 1
    assert "Weekdays that are not in presence.yml" in answer.stdout
    words = config / "presence.yml"
    text = words.read_text(encoding="utf-8")
    text = text.replace("[man, mandag]", "[man, mon]").replace("[fre, fredag]", "[fre, fri]")
    words.write_text(text, encoding="utf-8")
    assert "weekday" not in found(sources, config)


def test_a_week_is_mapped_by_its_configured_word(sources: Path, config: Path) -> None:
    row = "Valby;Vagt;week 8 2024;uge 9 2024;man;10;12;1;planlagt;x\n"
    (sources / "presence" / "p.csv").write_text(REGISTER + row, encoding="utf-8")
    (date,) = found(sources, config)["date"]
    assert date.text == "from: a 99 9999"
    words = config / "presence.yml"
    text = words.read_text(encoding="utf-8")
    words.write_text(text.replace("week: [uge]", "week: [uge, Week]"), encoding="utf-8")
    assert "date" not in found(sources, config)


def test_branches_and_titles_of_opening_hours_are_compared(sources: Path) -> None:
    def item(branch: int, title: str, **more: str) -> dict[str, object]:
        return {"branch_id": branch, "category": {"title": title}, "date": "2025-01-13"} | more

    items = [
        item(101, "Åbent:"),
        item(777, "Åbent", branch_name="Nyt hus"),
        item(101, "Lektiehjælp"),
    ]
    items += [item(778, "Åbent", branch_isil_id="DK-710119")]
    (sources / "opening_hours" / "2025-01-13.json").write_text(json.dumps(items), encoding="utf-8")
    sections = found(sources)
    assert told(sections["branch"]) == [("777 Nyt hus", 1, 1)]
    assert sections["branch"][0].paste == "  777: ???"
    assert told(sections["hours_category"]) == [("Lektiehjælp", 1, 1)]


def test_of_surveys_libraries_are_named_and_answers_only_counted(sources: Path) -> None:
    rows = ["2025-02-01,Hus A,Tryg,Slet ikke", "2025-02-01,Valby,Noget helt andet,Slet ikke"]
    rows += [",Hus B,Andet,Andet", "2025-02-01,Valby,,Ved ikke"]
    (sources / "survey" / "2025-02.csv").write_text(FORMS + "\n".join(rows), encoding="utf-8")
    sections = found(sources)
    assert told(sections["place"]) == [("Hus A", 1, 1)]
    assert told(sections["answer"]) == [("tryg", 1, 1)]
    assert "helt andet" not in repr(sections)


def test_a_survey_under_a_wrong_name_is_told_and_not_read(sources: Path) -> None:
    rows = FORMS + "2025-02-01,Hus A,Tryg,Slet ikke"
    (sources / "survey" / "2025-2.csv").write_text(rows, encoding="utf-8")
    sections = found(sources)
    (finding,) = sections.pop("unreadable")
    assert finding.first == "survey/2025-2.csv"
    assert finding.text.startswith("a survey is named by the month in which it was fielded")
    assert sections == {}


def test_a_file_that_cannot_be_read_stops_nothing_else(sources: Path) -> None:
    (sources / "mainmanager" / "a.csv").write_text("", encoding="utf-8")
    (sources / "mainmanager" / "b.csv").write_text(HEADER + report(1, "Hus A"), encoding="utf-8")
    (sources / "opening_hours" / "2025-01-13.json").write_text("{", encoding="utf-8")
    sections = found(sources)
    assert {finding.first for finding in sections["unreadable"]} == {
        "mainmanager/a.csv",
        "opening_hours/2025-01-13.json",
    }
    assert told(sections["place"]) == [("Hus A", 1, 1)]


def test_nothing_is_kept_of_what_was_read(sources: Path) -> None:
    (sources / "mainmanager" / "a.csv").write_text(HEADER + report(1), encoding="utf-8")
    found(sources)
    home = sources.parent / "home"
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_what_is_made_to_read_the_exports_leaves_the_home_to_those_who_read_what_is_published(
    sources: Path,
) -> None:
    (sources / "mainmanager" / "a.csv").write_text(HEADER + report(1), encoding="utf-8")
    before = os.umask(0o022)
    try:
        found(sources)
    finally:
        os.umask(before)
    home = sources.parent / "home"
    assert home.stat().st_mode & 0o777 == 0o755
    assert (home / "archive").stat().st_mode & 0o777 == 0o700


@pytest.fixture
def check(sources: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATASPOR_SOURCES", str(sources))
    monkeypatch.setenv("DATASPOR_HOME", str(sources.parent / "home"))
    monkeypatch.setenv("DATASPOR_CONFIG", str(config))
    return lambda *options: CliRunner().invoke(main, ["config", "check", *options])


def test_unmapped_names_are_information_and_an_error_only_where_asked_for(
    sources: Path, check: Callable[..., Result]
) -> None:
    assert check("--strict").exit_code == 0  # there are no exports
    (sources / "mainmanager" / "a.csv").write_text(HEADER + report(1), encoding="utf-8")
    assert check("--strict").exit_code == 0  # only a column that is not mapped
    rows = "".join(report(n, f"Hus {n}") for n in range(1, 6))
    (sources / "mainmanager" / "b.csv").write_text(HEADER + rows, encoding="utf-8")
    plain, strict = check("--limit", "2"), check("--strict")
    assert (plain.exit_code, strict.exit_code) == (0, 1)
    assert "Hus 1;???" in plain.stdout
    assert "Hus 3" not in plain.stdout
    assert "and 3 more" in plain.stdout
    assert "Hus 5;???" in strict.stdout


def test_a_configuration_with_mistakes_is_not_compared_with_exports(
    sources: Path, config: Path, check: Callable[..., Result]
) -> None:
    (sources / "mainmanager" / "a.csv").write_text(HEADER + report(1, "Hus A"), encoding="utf-8")
    (config / "incidents.yml").unlink()
    answer = check("--strict")
    assert answer.exit_code == 2
    assert "Hus A" not in answer.output


def test_a_folder_that_cannot_be_listed_is_not_taken_for_an_empty_one(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, listed = sources / "mainmanager" / "2024", os.scandir
    locked.mkdir()

    def refusing(path: str | Path = ".") -> Iterator[os.DirEntry[str]]:
        if Path(path) == locked:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(DatasporError, match="mainmanager/2024 cannot be read"):
        found(sources)
