"""Reads the incident exports back by hand and decides what each report says today."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from scipy.stats import binomtest

from orchestration.sample import names, plan

HEADERS = {
    "number": {"nr.", "nummer", "indmeldingsnr.", "sagsnr.", "id"},
    "reported": {"oprettet", "oprettelsesdato", "indmeldt", "registreret"},
    "occurred": {"hændelsestidspunkt", "hændelsesdato"},
    "clock": {"klokkeslæt"},
    "place": {"ejendom", "bygning", "lokation", "sted", "bibliotek"},
    "category": {"kategori", "hændelsestype", "type"},
    "status": {"status", "tilstand"},
    "updated": {"senest ændret", "ændret"},
    "count": {"antal"},
}
NEVER_LANDED = {"titel", "beskrivelse", "indberetter", "ansvarlig"}
DISTRICT = {
    "hovedbiblioteket": 1,
    "christianshavn": 1,
    "oebro_jagtvej": 2,
    "oesterbro": 2,
    "blaagaarden": 3,
    "noerrebro": 3,
    "vesterbro": 4,
    "sydhavnen": 4,
    "valby": 5,
    "vigerslev": 5,
    "vanloese": 6,
    "broenshoej": 7,
    "husum": 7,
    "tingbjerg": 7,
    "rentemestervej": 8,
    "sundby": 9,
    "bibliotekshuset": 9,
    "islands_brygge": 10,
    "solvang": 10,
    "oerestad": 10,
}
VOID = {"Annulleret", "Fejloprettet", "Dublet"}
LIBRARY = {text: key for key, texts in names.LIBRARIES.items() for text in texts}
CATEGORY = {text: key for key, texts in names.CATEGORIES.items() for text in texts}
EARLIEST = dt.datetime(1900, 1, 1)  # noqa: DTZ001
CSV_ENCODING = {
    "haendelser_2022-10_til_2022-12_SYNTETISK.csv": "cp1252",
    "vesterbro_2023_kopi_SYNTETISK.csv": "utf-8-sig",
    "haendelser_vinter_2023-2024_SYNTETISK.csv": "cp1252",
    "haendelser_vinter_2024-2025_SYNTETISK.csv": "utf-8-sig",
    "haendelser_2025-10_til_2025-11-16_SYNTETISK.csv": "utf-8-sig",
}


@dataclass(frozen=True)
class Export:
    path: Path
    head: list[list[Any]]
    header: list[str]
    rows: list[dict[str, Any]]
    texts: list[dict[str, Any]]
    footer: list[Any] | None


@dataclass(frozen=True)
class Version:
    number: str
    reported: dt.datetime
    occurred: dt.datetime
    library: str
    category: str
    status: str
    updated: dt.datetime | None
    count: int


def moment(value: Any) -> dt.datetime | None:
    if value in (None, ""):
        return None
    if isinstance(value, dt.datetime):
        return (value + dt.timedelta(seconds=0.5)).replace(microsecond=0)
    if isinstance(value, float):
        return moment(dt.datetime(1899, 12, 30) + dt.timedelta(days=value))  # noqa: DTZ001
    for form in ("%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%Y %H.%M", "%Y-%m-%d %H:%M"):
        try:
            return dt.datetime.strptime(value, form)  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(value)


def cells_of(path: Path) -> list[list[Any]]:
    if path.suffix == ".xlsx":
        sheet = load_workbook(path).active
        return [[cell.value for cell in row] for row in sheet.iter_rows()]
    text = path.read_bytes().decode(CSV_ENCODING[path.name])
    return list(csv.reader(text.splitlines(keepends=True), delimiter=";"))


def read(path: Path) -> Export:
    cells = cells_of(path)
    at = next(
        i for i, row in enumerate(cells) if len([c for c in row if c]) > 5
    )  # the rows above the header have one cell
    header = [str(cell).strip().casefold() for cell in cells[at]]
    body = [row for row in cells[at + 1 :] if any(row)]
    footer = None
    if re.match(r"I alt|Antal:|Udskrevet", str(body[-1][0])):
        footer = body.pop()
    field = {h: name for name, accepted in HEADERS.items() for h in accepted}
    rows = [{field[h]: c for h, c in zip(header, row, strict=True) if h in field} for row in body]
    texts = [{h: c for h, c in zip(header, row, strict=True) if h not in field} for row in body]
    return Export(path, cells[:at], [str(cell) for cell in cells[at]], rows, texts, footer)


@pytest.fixture(scope="module")
def exports(sample: Path) -> list[Export]:
    paths = sorted((sample / "mainmanager").iterdir(), key=lambda path: path.stat().st_mtime)
    return [read(path) for path in paths]


def judged(row: dict[str, Any]) -> Version | str:
    """The version a row holds, or why it is none: excluded, or what makes it unusable."""
    if row["place"] in names.NOT_LIBRARIES:
        return "excluded"
    if not row["number"]:
        return "no number"
    if row["place"] not in LIBRARY:
        return "unknown place"
    if row["category"] not in CATEGORY:
        return "unknown category"
    try:
        reported, occurred = moment(row["reported"]), moment(row["occurred"])
        count = int(row.get("count") or 1)
    except ValueError as error:
        return "bad count" if "int()" in str(error) else "bad date"
    if row.get("clock"):
        hour, minute = map(int, row["clock"].split(":"))
        occurred = occurred.replace(hour=hour, minute=minute)
    return Version(
        str(row["number"]),
        reported,
        occurred or reported,
        LIBRARY[row["place"]],
        CATEGORY[row["category"]],
        row["status"],
        moment(row.get("updated")),
        count,
    )


@pytest.fixture(scope="module")
def versions(exports: list[Export]) -> dict[str, list[Version]]:
    """All usable rows of each report, in the order of export and row."""
    found: dict[str, list[Version]] = defaultdict(list)
    for export in exports:
        for row in export.rows:
            version = judged(row)
            if isinstance(version, Version):
                found[version.number].append(version)
    return found


@pytest.fixture(scope="module")
def current(versions: dict[str, list[Version]]) -> list[Version]:
    """What each report says today; among equal times of change, the later export's row."""
    latest = []
    for rows in versions.values():
        _, best = max(enumerate(rows), key=lambda item: (item[1].updated or EARLIEST, item[0]))
        latest.append(best)
    return latest


def half_year(moment: dt.datetime) -> dt.date:
    day = moment.date()
    if day.month >= 10:
        return dt.date(day.year, 10, 1)
    return dt.date(day.year, 4, 1) if day.month >= 4 else dt.date(day.year - 1, 10, 1)


@pytest.fixture(scope="module")
def counts(current: list[Version]) -> Counter[tuple[str, dt.date, str]]:
    """Incidents by library, half-year and category."""
    totals: Counter[tuple[str, dt.date, str]] = Counter()
    for version in current:
        if version.status not in VOID:
            key = version.library, half_year(version.occurred), version.category
            totals[key] += version.count
    return totals


def total(
    counts: Counter[tuple[str, dt.date, str]],
    library: str,
    year: int,
    month: int,
    category: str | None = None,
) -> int:
    return sum(
        number
        for (lib, starts_on, cat), number in counts.items()
        if lib == library and starts_on == dt.date(year, month, 1) and category in (None, cat)
    )


def upper_bound_of_ratio(before: int, after: int) -> float:
    """Upper end of the exact 95 % interval of after / before, the two being Poisson counts."""
    share = binomtest(after, before + after).proportion_ci(0.95, "exact").high
    return share / (1 - share)


def test_vesterbro_winters_are_halved(counts: Counter[tuple[str, dt.date, str]]) -> None:
    winters = [total(counts, "vesterbro", year, 10) for year in (2022, 2023, 2024)]
    assert winters == [212, 158, 106]
    assert (winters[2] - winters[0]) / winters[0] == -0.5
    assert upper_bound_of_ratio(winters[0], winters[2]) < 0.7


def test_vesterbro_unsafe_behaviour_falls_in_each_step(
    counts: Counter[tuple[str, dt.date, str]],
) -> None:
    unsafe = [total(counts, "vesterbro", y, 10, "unsafe_behaviour") for y in (2022, 2023, 2024)]
    assert unsafe == [100, 64, 37]
    assert unsafe[0] > unsafe[1] > unsafe[2]
    assert round(100 * (unsafe[2] / unsafe[0] - 1)) == -63
    assert all(upper_bound_of_ratio(*step) < 1 for step in zip(unsafe, unsafe[1:], strict=False))


def test_vesterbro_summers_fall(counts: Counter[tuple[str, dt.date, str]]) -> None:
    summers = [total(counts, "vesterbro", year, 4) for year in (2023, 2024, 2025)]
    assert summers == [148, 118, 87]
    assert round(100 * (summers[2] / summers[0] - 1)) == -41
    assert upper_bound_of_ratio(summers[0], summers[2]) < 0.8


def test_noerrebro_is_the_first_district_after_the_first_winter(
    counts: Counter[tuple[str, dt.date, str]],
) -> None:
    def ranked(year: int) -> list[tuple[int, int]]:
        districts: Counter[int] = Counter()
        for library, district in DISTRICT.items():
            districts[district] += total(counts, library, year, 10)
        return districts.most_common(2)

    assert ranked(2022) == [(4, 245), (3, 191)]
    assert ranked(2023) == [(3, 253), (4, 186)]
    assert ranked(2024) == [(3, 265), (4, 142)]
    for year in (2023, 2024):
        (_, first), (_, second) = ranked(year)
        assert upper_bound_of_ratio(first, second) < 0.95


def test_every_planned_number_comes_out(counts: Counter[tuple[str, dt.date, str]]) -> None:
    assert set(DISTRICT) == set(plan.INCIDENTS)
    for library, planned in plan.INCIDENTS.items():
        half_years = plan.HALF_YEARS
        found = tuple(total(counts, library, day.year, day.month) for day in half_years)
        assert found == planned, library
    assert len({category for _, _, category in counts}) == 13


def test_dates_stay_inside_the_sample(versions: dict[str, list[Version]]) -> None:
    local = ZoneInfo("Europe/Copenhagen")
    for rows in versions.values():
        for version in rows:
            assert dt.datetime(2022, 10, 1) <= version.occurred <= version.reported  # noqa: DTZ001
            assert version.reported.date() <= dt.date(2025, 11, 16)
            for at in (version.occurred, version.reported):
                there_and_back = at.replace(tzinfo=local).astimezone(dt.UTC).astimezone(local)
                assert there_and_back.replace(tzinfo=None) == at, "a time the clock skips"


def test_incidents_lie_right_at_the_boundaries(current: list[Version]) -> None:
    at = {v.occurred for v in current if v.library == "vesterbro" and v.status not in VOID}
    for year in (2023, 2024, 2025):
        assert dt.datetime(year, 3, 31, 23, 59) in at  # noqa: DTZ001
        assert dt.datetime(year, 4, 1) in at  # noqa: DTZ001
        assert dt.datetime(year, 9, 30, 23, 59) in at  # noqa: DTZ001
        assert dt.datetime(year, 10, 1) in at  # noqa: DTZ001
    across = [v for v in current if half_year(v.occurred) != half_year(v.reported)]
    assert len(across) >= 12, "some are reported in the half-year after"


def test_each_file_has_its_own_headers_labels_and_footers(exports: list[Export]) -> None:
    assert len(exports) == 9
    assert len({tuple(export.header) for export in exports}) == 9
    for export in exports:
        assert export.head[0][0] == "SYNTETISKE DATA – ikke rigtige indberetninger"
        found = {h.strip().casefold() for h in export.header}
        for field in ("number", "reported", "place", "category"):
            assert len(found & HEADERS[field]) == 1, (export.path.name, field)
        assert found & NEVER_LANDED
    footers = [str(export.footer[0]) for export in exports if export.footer]
    assert {footer.split()[0] for footer in footers} == {"I", "Antal:", "Udskrevet"}
    assert any(export.footer is None for export in exports)


def test_encodings(sample: Path) -> None:
    files = {path.name for path in (sample / "mainmanager").glob("*.csv")}
    assert files == set(CSV_ENCODING)
    for name, encoding in CSV_ENCODING.items():
        content = (sample / "mainmanager" / name).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
        if encoding == "cp1252":
            with pytest.raises(UnicodeDecodeError):
                content.decode("utf-8")


def test_free_text_is_plainly_synthetic(exports: list[Export]) -> None:
    seen = set()
    for export in exports:
        for row in export.texts:
            for header, text in row.items():
                assert header in NEVER_LANDED
                assert str(text).startswith("Syntetisk ")
                seen.add(header)
    assert seen == NEVER_LANDED
    assert any("\n" in str(t) for e in exports for row in e.texts for t in row.values())


def test_workbooks_mix_date_cells_and_text(exports: list[Export]) -> None:
    kinds = defaultdict(set)
    for export in exports:
        if export.path.suffix == ".xlsx":
            for row in export.rows:
                for field in ("reported", "occurred", "updated"):
                    kinds[export.path.name, field].add(type(row.get(field)))
    assert {dt.datetime} in kinds.values()
    assert any({dt.datetime, str} <= kind for kind in kinds.values())
    assert any(float in kind for kind in kinds.values())


def test_numbers_keep_leading_zeros_and_may_be_cells_of_numbers(exports: list[Export]) -> None:
    written = [row["number"] for export in exports for row in export.rows if row["number"]]
    assert any(isinstance(number, str) and number.startswith("0") for number in written)
    assert any(isinstance(number, int) for number in written)


def test_one_file_counts_several_incidents_in_a_row(exports: list[Export]) -> None:
    with_count = [export for export in exports if "count" in export.rows[0]]
    assert len(with_count) == 1
    values = Counter(row["count"] for row in with_count[0].rows)
    assert values[1] > 0.9 * sum(values.values())
    assert values[2] and values[3]


def test_every_outcome_of_a_row_is_there(
    exports: list[Export], versions: dict[str, list[Version]], current: list[Version]
) -> None:
    outcomes = Counter(
        version
        for export in exports
        for row in export.rows
        if isinstance(version := judged(row), str)
    )
    assert outcomes == {
        "excluded": 238,
        "unknown place": 5,
        "unknown category": 5,
        "no number": 3,
        "bad date": 4,
        "bad count": 1,
    }
    assert {v.status for v in current} >= VOID
    rows = sum(len(found) for found in versions.values())
    distinct = sum(len(set(found)) for found in versions.values())
    assert rows - distinct > 1000, "duplicates"
    assert distinct - len(versions) > 500, "superseded"
    within_a_file = [len(e.rows) - len({tuple(r.values()) for r in e.rows}) for e in exports]
    assert all(within_a_file), "each file has equal rows"


def test_reexports_change_category_place_and_status(
    versions: dict[str, list[Version]], current: list[Version]
) -> None:
    changed: Counter[str] = Counter()
    for version in current:
        rows = versions[version.number]
        changed["category"] += any(row.category != version.category for row in rows)
        changed["place"] += any(row.library != version.library for row in rows)
        changed["void"] += version.status in VOID and any(row.status not in VOID for row in rows)
        changed["count"] += any(row.count != version.count for row in rows)
    assert all(changed[kind] >= 5 for kind in ("category", "place", "void", "count")), changed


def test_a_late_copy_of_old_data_loses(exports: list[Export], current: list[Version]) -> None:
    copy = next(export for export in exports if "kopi" in export.path.name)
    earlier = exports[: exports.index(copy)]
    now = {version.number: version for version in current}
    stale = [
        version
        for row in copy.rows
        if isinstance(version := judged(row), Version) and version != now[version.number]
    ]
    assert any(now[v.number].category != v.category for v in stale)
    assert all(now[v.number].updated > v.updated for v in stale)
    known = {str(row["number"]) for export in earlier for row in export.rows}
    assert {v.number for v in stale} <= known


def test_an_unusable_version_does_not_displace_a_usable_one(
    exports: list[Export], current: list[Version]
) -> None:
    numbers = {version.number: version for version in current if version.status not in VOID}
    displaced = [
        (moment(row["updated"]), numbers[row["number"]])
        for export in exports
        for row in export.rows
        if judged(row) == "unknown category" and row["number"] in numbers
    ]
    assert len(displaced) == 1
    assert displaced[0][0] > displaced[0][1].updated


def test_some_versions_have_no_time_of_change(current: list[Version]) -> None:
    without = [version for version in current if version.updated is None]
    assert {half_year(version.reported) for version in without} == {dt.date(2022, 10, 1)}
