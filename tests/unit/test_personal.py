from __future__ import annotations

import csv
import datetime as dt
import subprocess
import sys
import unicodedata

import pytest

from orchestration.personal import screened
from orchestration.settings import PACKAGED_CONFIG

PERSONAL = [
    "010190-1234",
    "010190 1234",
    "010190_1234",
    "0101901234",
    "311299–0000",
    "010190\u20111234",  # a hyphen that breaks no line
    "010190\u22121234",  # a minus
    "010190 - 1234",
    "010190.1234",
    "01-01-90-1234",
    "01.01.90 1234",
    "01 01 90 1234",
    "01/01/90-1234",
    "mette@kk.dk",
    "a.b-c+d@sub.example-town.co.uk",
    "+45 12 34 56 78",
    "+4512345678",
    "0045 33124567",
    "33 12 45 67",
    "33124567",
    "Mette Hansen",
    "mette hansen",
    "METTE_HANSEN",
    "Mette-Hansen",
    "mette.hansen",
    "MetteHansen",
    "Hansen, Mette",
    "Jørgensen_Søren",
    "Anna K. Jensen",
    "Lars Løkke Rasmussen",
    "Karen Margrethe Østergaard",
    "Ole Bo Mikkelsen",
    "Fatima Al-Sayed",
    "Mette de la Cour",
    "Ahmed Hassan",
    "John Smith",
    "Synnøve Kanariefugl Hansen",
    "SYNNØVE KANARIEFUGL HANSEN",
    "Synno\u0308ve Kanariefugl Hansen",
    "Hansen, Synnøve Kanariefugl",
    "28-71-93-64",
    "28.71.93.64",
    "2871 9364",
    "2871-9364",
    "2871_9364",
    "2871\u20119364",
    "28_71_93_64",
    "28\u201171\u201193\u201164",
    "+45 28.71.93.64",
]

HARMLESS = [
    "Hændelser 2024 (SYNTETISK).xlsx",
    "incidents_a.csv",
    "2024-10",
    "2024-10-01",
    "20241001",
    "01102024",
    "2024100112",
    "export_20241001_20250331.xlsx",
    "incidents_2024-10-01_2025-03-31.csv",
    "202410011230",
    "10 01 20 24",
    "uge 43 2025",
    "maj-juni 2024.csv",
    "april_maj_juni.csv",
    "August September 2024",
    "antal per dag",
    "antal_per_mark",
    "vinter 2024 2025",
    "2024 2025",
    "2024-2025",
    "2024-1001",
    "24-10-15",
    "24_10_15",
    "2024_10_15",
    "2024_1015",
    "2024_2025",
    "2024-10-01_2025-03-31",
    "2024_10_01_2025_03_31",
    "20241001_20250331",
    "2024-10-01_1230",
    "20241001_1230",
    "01.10.2024 1230",
    "01-10-2024_1230",
    "24.10.2024",
    "2024-10-15-03",
    "dataset.csv",
    "Hovedbiblioteket",
    "Vesterbro Bibliotek og Kulturhus",
    "Tingbjerg Bibliotek\\Kulturhus",
    "Karens Minde",
    "Karens Minde Kulturhus",
    "Christianshavns Bibliotek",
    "Sankt Hans Torv",
    "Hans Knudsens Plads",
    "Anker Jørgensens Plads",
    "Peter Bangs Vej",
    "Rosa Parks",
    "Niels Bohr",
    "Bella Center",
    "Vanløse Allé",
    "Frederiksberg Alle",
    "Kongens Enghave",
    "Vagt og Sikring",
    "MainManager_HændelserExport",
    "Ark1",
]


@pytest.mark.parametrize("text", PERSONAL)
def test_personal_data_is_replaced_whole(text: str) -> None:
    assert screened(text) == "[…]"


@pytest.mark.parametrize("text", PERSONAL)
def test_personal_data_in_the_middle_of_a_name_is_replaced_and_the_rest_stays(text: str) -> None:
    assert screened(f"Udtræk 2024 ({text}) nr. 7.csv") == "Udtræk 2024 ([…]) nr. 7.csv"


@pytest.mark.parametrize("text", HARMLESS)
def test_dates_places_and_plain_words_stay(text: str) -> None:
    assert screened(text) == text


@pytest.mark.parametrize("name", ["places", "libraries", "districts", "categories"])
def test_no_name_of_the_packaged_configuration_is_taken_for_a_person(name: str) -> None:
    with (PACKAGED_CONFIG / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert len(cells) > 10
    assert [cell for cell in cells if screened(cell) != cell] == []


@pytest.mark.parametrize("text", ["2871_9364", "28_71_93_64", "010190_1234", "01_01_90_1234"])
def test_personal_data_between_underscores_is_replaced(text: str) -> None:
    assert screened(f"export_{text}_v2.csv") == "export_[…]_v2.csv"


def test_every_day_of_two_centuries_stays_in_both_orders() -> None:
    day, changed = dt.date(1930, 1, 1), []
    while day.year < 2050:
        for form in ("%Y%m%d", "%d%m%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y_%m_%d"):
            text = day.strftime(form)
            changed += [text] * (screened(text) != text)
        day += dt.timedelta(days=17)
    assert changed == []


def test_ten_digits_are_a_cpr_number_only_where_they_begin_with_a_day() -> None:
    assert screened("3201901234") == "3201901234"
    assert screened("320190-1234") == "320190-1234"
    assert screened("290223-1234") == "290223-1234"
    assert screened("290224-1234") == "[…]"


def test_decomposed_letters_are_compared_composed() -> None:
    assert screened(unicodedata.normalize("NFD", "Søren Ågaard")) == "[…]"


def test_text_without_personal_data_is_returned_as_it_is() -> None:
    decomposed = unicodedata.normalize("NFD", "Hændelser på Ørestad.csv")
    assert screened(decomposed) == decomposed


def test_a_given_name_alone_stays() -> None:
    assert screened("Karen.xlsx") == "Karen.xlsx"


def test_the_name_lists_are_not_loaded_with_the_module() -> None:
    code = "import sys, orchestration.personal; sys.exit('faker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
