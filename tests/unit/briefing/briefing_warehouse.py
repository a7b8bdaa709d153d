"""A small warehouse with the contract's tables, for the briefing's tests: invented numbers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb

from orchestration.half_year import HalfYear

AS_OF = dt.date(2025, 11, 17)
HOSTILE = '=HYPERLINK("http://example.invalid";"x") <script>alert(1)</script> $x$ & æøå'
_TABLES = {
    "dim_library": "library_id varchar, isil varchar, library_name varchar, district_id integer, "
    "district_name varchar",
    "dim_half_year": "half_year_id varchar, season varchar, label_da varchar, starts_on date, "
    "ends_on date, days integer, is_complete boolean",
    "dim_incident_category": "category_id varchar, category_name_da varchar, "
    "category_name_en varchar",
    "dim_intervention": "intervention_id varchar, library_id varchar, starts_on date, "
    "ends_on date, label_da varchar",
    "fct_library_half_year": "half_year_id varchar, library_id varchar, incidents bigint, "
    "unsafe_behaviour_incidents bigint, open_hours double, staffed_hours double, "
    "self_service_hours double, restricted_self_service_hours double, "
    "opening_days_known integer, incidents_per_1000_open_hours double, guard_hours double, "
    "night_host_hours double, relation_worker_hours double, maturity varchar",
    "fct_district_half_year": "half_year_id varchar, district_id integer, district_name varchar, "
    "incidents bigint, incident_rank bigint",
    "fct_survey_half_year": "half_year_id varchar, wave_id varchar, library_id varchar, "
    "question_id varchar, respondents bigint, favourable bigint, favourable_share double, "
    "ci_low double, ci_high double, suppressed boolean",
    "fct_status_figure": "figure_id varchar, label_da varchar, statement_da varchar, "
    "measure varchar, scope_kind varchar, scope_id varchar, half_year_from varchar, "
    "half_year_to varchar, value_from double, value_to double, value double, unit varchar, "
    "ci_low double, ci_high double, evidence varchar, maturity varchar, caveats varchar, "
    "as_of date",
    "meta_source_file": "source_file_id varchar, source varchar, file_name varchar, "
    "status varchar, rows_read bigint, rows_loaded bigint, rows_superseded bigint, "
    "rows_duplicate bigint, rows_void bigint, rows_excluded bigint, rows_quarantined bigint",
    "meta_quarantine": "source_file_id varchar, row_number bigint, reason_code varchar, "
    "reason varchar",
    "dim_survey_question": "question_id varchar, question_text_da varchar",
    "meta_run": "key varchar, value varchar",
}
_NAN = float("nan")
_INFINITE = float("inf")
_SAFE = "Medarbejdere, der føler sig meget trygge eller trygge, når de går på arbejde"
_INCIDENTS = {
    "vesterbro": (124, 71, 103, 60, 62, 42, 9),
    "blaagaarden": (88, 61, 97, 70, 91, 66, 17),
    "noerrebro": (40, 33, 45, 36, 41, 30, 6),
}
_UNSAFE = {
    "vesterbro": (46, 24, 31, 19, 17, 12, 2),
    "blaagaarden": (30, 22, 35, 26, 33, 21, 5),
    "noerrebro": (14, 10, 15, 11, 12, 8, 1),
}


def write_warehouse(path: Path, *, sample: bool | None = True, hostile: bool = False) -> Path:
    """Write the warehouse.

    Args:
        path: the DuckDB file to make.
        sample: what ``meta_run`` says; None leaves the table out.
        hostile: put text that looks like a formula and like markup into every name and label.
    """
    rows = _rows(hostile)
    rows["meta_run"] = [("sample", str(bool(sample)).lower()), ("as_of", AS_OF.isoformat())]
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for table, columns in _TABLES.items():
            if table == "meta_run" and sample is None:
                continue
            connection.execute(f"create table marts.{table} ({columns})")
            if rows.get(table):
                marks = ", ".join("?" for _ in rows[table][0])
                connection.executemany(f"insert into marts.{table} values ({marks})", rows[table])
    return path


def write_empty_warehouse(path: Path) -> Path:
    """The contract's tables without a row."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for table, columns in _TABLES.items():
            connection.execute(f"create table marts.{table} ({columns})")
    return path


def run_on(path: Path, day: dt.date) -> None:
    """Let the warehouse be of a run on another day."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update marts.meta_run set value = ? where key = 'as_of'", [day.isoformat()]
        )
        connection.execute("update marts.fct_status_figure set as_of = ?", [day])
        connection.execute("update marts.dim_half_year set is_complete = ends_on < ?", [day])


def published_figures(path: Path) -> list[dict[str, Any]]:
    """The status figures as the warehouse has them."""
    with duckdb.connect(str(path), read_only=True) as connection:
        cursor = connection.execute("select * from marts.fct_status_figure")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _rows(hostile: bool) -> dict[str, list[tuple[Any, ...]]]:
    odd = f" {HOSTILE}" if hostile else ""
    return {
        "dim_library": [
            ("vesterbro", "DK-710119", f"{HOSTILE}Vesterbro" if hostile else
             "Vesterbro Bibliotek og Kulturhus", 4, "Vesterbro-Kongens Enghave"),
            ("blaagaarden", "DK-710104", "Blågårdens Bibliotek", 3, "Nørrebro"),
            ("noerrebro", "DK-710111", "Nørrebro Bibliotek", 3, "Nørrebro"),
            ("valby", "DK-710117", "Valby Bibliotek", 5, "Valby"),
        ],
        "dim_half_year": _half_years(),
        "dim_incident_category": [
            ("unsafe_behaviour", "Utryghedsskabende adfærd", "Unsafe behaviour")
        ],
        "dim_survey_question": [("tryg", "Hvor tryg føler du dig, når du går på arbejde?")],
        "dim_intervention": [
            ("relation_workers_vesterbro", "vesterbro", dt.date(2023, 1, 1), None,
             f"Relationsmedarbejdere på Vesterbro{odd}"),
            ("relation_workers_blaagaarden", "blaagaarden", dt.date(2025, 1, 1), None,
             "Relationsmedarbejdere på Blågården"),
            ("night_hosts_blaagaarden_2025", "blaagaarden", dt.date(2025, 10, 20),
             dt.date(2026, 3, 31), "Natteværter på Blågården"),
            ("relation_workers_noerrebro", "noerrebro", dt.date(2025, 1, 1), None,
             "Relationsmedarbejdere på Nørrebro"),
            ("long_ago", "noerrebro", dt.date(2015, 1, 1), dt.date(2016, 1, 1), "Længe siden"),
        ],
        "fct_library_half_year": list(_library_half_years()),
        "fct_district_half_year": _districts(),
        "fct_survey_half_year": _surveys(),
        "fct_status_figure": _figures(odd if not hostile else HOSTILE),
        "meta_source_file": [
            ("a" * 64, "mainmanager", "hændelser_2024.xlsx", "landed", 1310, 1002, 61, 190, 22, 31,
             4),
            ("b" * 64, "mainmanager", "hændelser_2025.csv", "landed", 702, 640, 20, 25, 9, 8, 0),
            ("c" * 64, "mainmanager", "ødelagt.xlsx", "unreadable", 0, 0, 0, 0, 0, 0, 0),
            ("d" * 64, "survey", "2025-02", "landed", 71, 66, 0, 0, 5, 0, 0),
            ("e" * 64, "opening_hours", "2025-01-13.json", "landed", 4210, 4106, 0, 0, 0, 104, 0),
            ("f" * 64, "presence", "tilstedeværelse.csv", "landed", 24, 24, 0, 0, 0, 0, 0),
        ],
        "meta_quarantine": [("a" * 64, 17, "unknown_location", "ukendt sted")],
    }  # fmt: skip


def _ids() -> list[HalfYear]:
    half_years = [HalfYear.parse("2022-10")]
    while len(half_years) < 7:
        half_years.append(half_years[-1].next)
    return half_years


def _half_years() -> list[tuple[Any, ...]]:
    return [
        (h.id, h.season, h.label_da, h.starts_on, h.ends_on,
         (h.ends_on - h.starts_on).days + 1, h.ends_on < AS_OF)
        for h in _ids()
    ]  # fmt: skip


def _library_half_years() -> list[tuple[Any, ...]]:
    rows = []
    for library, counts in _INCIDENTS.items():
        for position, (half_year, incidents) in enumerate(zip(_ids(), counts, strict=True)):
            opened = restricted = guards = hosts = workers = None
            if position >= 3:
                opened = 2480.0 - 20 * position
                restricted = 0.0
            if library == "blaagaarden":
                restricted = {4: 96.5, 5: 12.0, 6: 0.0}.get(position, restricted)
                guards = {4: 310.0, 5: 40.0}.get(position)
                hosts = {4: 132.0, 5: 0.0, 6: 276.0}.get(position)
                workers = {4: 440.5, 5: 890.0, 6: 180.0}.get(position)
            days = None if opened is None else half_year.days
            staffed = None if opened is None else 1040.0
            self_service = None if opened is None else opened - 1040 - (restricted or 0)
            rows.append(
                (half_year.id, library, incidents, _UNSAFE[library][position], opened, staffed,
                 self_service, restricted, days,
                 _NAN if opened is None else incidents / opened * 1000, guards,
                 hosts, workers, "final" if position < 6 else "provisional")
            )  # fmt: skip
    rows.append(("2024-10", "valby", 5, 1, *[None] * 9, "final"))
    return sorted(rows)


def _districts() -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for half_year, counts in (
        ("2023-10", {3: 142, 4: 103, 5: 12}),
        ("2024-10", {3: 132, 4: 62, 5: 5}),
    ):
        names = {3: "Nørrebro", 4: "Vesterbro-Kongens Enghave", 5: "Valby"}
        rows += [
            (half_year, district, names[district], count, rank)
            for rank, (district, count) in enumerate(counts.items(), start=1)
        ]
    return rows


def _surveys() -> list[tuple[Any, ...]]:
    return [
        ("2022-10", "2023-02", "vesterbro", "tryg", 33, 22, 22 / 33, 0.496, 0.803, False),
        ("2024-10", "2025-02", "vesterbro", "tryg", 35, 32, 32 / 35, 0.776, 0.970, False),
        ("2024-10", "2025-02", "blaagaarden", "tryg", 18, 14, 14 / 18, 0.548, 0.910, False),
        ("2024-10", "2025-02", "noerrebro", "tryg", 4, 3, 0.75, 0.3, 0.95, True),
        ("2022-10", "2023-02", "vesterbro", "kompetence", 33, 18, 18 / 33, 0.38, 0.70, False),
        ("2024-10", "2025-02", "vesterbro", "kompetence", 35, 27, 27 / 35, 0.61, 0.879, False),
        ("2024-10", "2025-02", "valby", "kompetence", 10, 5, 0.5, 0.24, 0.76, False),
    ]


def _figures(odd: str) -> list[tuple[Any, ...]]:
    counted = (
        "Hændelser tælles efter den dato, de fandt sted; 6 hændelser er indmeldt mere end 14 dage "
        "efter, at de fandt sted"
    )
    return [
        ("vesterbro_incidents_winter", f"{odd}Indmeldte hændelser på Vesterbro, vinterhalvår",
         f"{odd}Antallet af indmeldte hændelser på Vesterbro Bibliotek er halveret fra "
         "vinterhalvåret 2022/2023 til vinterhalvåret 2024/2025 (fra 124 til 62).",
         "incidents", "library", "vesterbro", "2022-10", "2024-10", 124.0, 62.0, -50.0,
         "percent", -63.4, -31.8, "clear", "final", odd + counted, AS_OF),
        ("vesterbro_unsafe_behaviour_winter",
         "Utryghedsskabende adfærd på Vesterbro, vinterhalvår",
         "Antallet af hændelser med utryghedsskabende adfærd på Vesterbro er faldet i hvert skridt "
         "fra vinterhalvåret 2022/2023 til vinterhalvåret 2024/2025, i alt med 63 pct.",
         "unsafe_behaviour_incidents", "library", "vesterbro", "2022-10", "2024-10", 46.0, 17.0,
         -63.04347826086957, "percent", -79.1, -34.6, "clear", "final", "", AS_OF),
        ("vesterbro_incidents_summer", "Indmeldte hændelser på Vesterbro, sommerhalvår",
         "Antallet af indmeldte hændelser på Vesterbro var 71 i sommerhalvåret 2023 og 42 i "
         "sommerhalvåret 2025; forskellen er ikke større, end tilfældige udsving kan give.",
         "incidents", "library", "vesterbro", "2023-04", "2025-04", 71.0, 42.0,
         -40.845070422535215, "percent", -61.0, _INFINITE, "uncertain", "final",
         "Åbningstiden var 3 pct. kortere i sommerhalvåret 2025", AS_OF),
        ("vesterbro_staff_safe", f"{_SAFE}, Vesterbro",
         "91 pct. af medarbejderne på Vesterbro følte sig meget trygge eller trygge, når de gik på "
         "arbejde, i vinterhalvåret 2024/2025 mod 67 pct. i vinterhalvåret 2022/2023.",
         "tryg", "library", "vesterbro", "2022-10", "2024-10", 22 / 33, 32 / 35,
         24.761904761904763, "percentage_points", 4.9, 42.6, "clear", "final", "", AS_OF),
        ("vesterbro_staff_competent",
         "Medarbejdere med kompetencer til at håndtere utryghedsskabende adfærd, Vesterbro",
         "77 pct. af medarbejderne på Vesterbro oplevede i høj grad at have kompetencer mod "
         "55 pct. tidligere; forskellen er ikke statistisk sikker.",
         "kompetence", "library", "vesterbro", "2022-10", "2024-10", 18 / 33, 27 / 35, 22.6,
         "percentage_points", -0.4, 42.7, "uncertain", "final", None, AS_OF),
        ("blaagaarden_staff_safe", f"{_SAFE}, Blågården",
         "78 pct. af medarbejderne på Blågården følte sig meget trygge eller trygge, når de gik på "
         "arbejde, i vinterhalvåret 2024/2025.",
         "tryg", "library", "blaagaarden", None, "2024-10", None, 14 / 18, 14 / 18, "share", 0.548,
         0.910, "descriptive", "final", "", AS_OF),
        ("noerrebro_staff_safe", f"{_SAFE}, Nørrebro Bibliotek",
         "Andelen på Nørrebro Bibliotek vises ikke, fordi for få har svaret.",
         "tryg", "library", "noerrebro", None, "2024-10", None, 0.75, 0.75, "share", 0.3, 0.95,
         "suppressed", "final", "", AS_OF),
        ("noerrebro_district_rank_2023_10",
         "Nørrebros plads blandt bydelene efter indmeldte hændelser, vinterhalvåret 2023/2024",
         "Nørrebro var bydelen med flest indmeldte hændelser i vinterhalvåret 2023/2024 "
         "(142 hændelser).",
         "incidents", "district", "3", None, "2023-10", None, 1.0, 1.0, "rank", 1.0, 1.0,
         "clear", "final", "Kun hændelser på biblioteker er talt med", AS_OF),
        ("noerrebro_district_rank_2024_10",
         "Nørrebros plads blandt bydelene efter indmeldte hændelser, vinterhalvåret 2024/2025",
         "Nørrebro var bydelen med flest indmeldte hændelser i vinterhalvåret 2024/2025 "
         "(132 hændelser).",
         "incidents", "district", "3", None, "2024-10", None, 1.0, 1.0, "rank", _NAN, _NAN,
         "clear", "final", "Kun hændelser på biblioteker er talt med", AS_OF),
        ("blaagaarden_restricted_hours_2024_10",
         "Indskrænket selvbetjent åbningstid på Blågården, vinterhalvåret 2024/2025",
         "Indskrænkningen af den selvbetjente åbningstid på Blågården var 96,5 timer i "
         "vinterhalvåret 2024/2025 (uge 46-51).",
         "restricted_self_service_hours", "library", "blaagaarden", None, "2024-10", None, 96.5,
         96.5, "hours", None, None, "descriptive", "final", "", AS_OF),
        ("blaagaarden_presence_2024_10",
         "Ekstra tilstedeværelse (Vagt og Sikring, Natteværter) på Blågården",
         "Den ekstra tilstedeværelse på Blågården kan ikke opgøres: der er ingen data.",
         "guard_hours+night_host_hours", "library", "blaagaarden", None, "2024-10", None, None,
         _NAN, "hours", None, None, "not_available", "final", "", AS_OF),
        ("blaagaarden_night_hosts_2025_10",
         "Natteværter på Blågården, vinterhalvåret 2025/2026",
         "Tilstedeværelsen af Natteværter på Blågården er planlagt til 276 timer i "
         "vinterhalvåret 2025/2026 (fra uge 43).",
         "night_host_hours", "library", "blaagaarden", None, "2025-10", None, 276.0, 276.0,
         "hours", None, None, "descriptive", "provisional", "Timerne er planlagte", AS_OF),
    ]  # fmt: skip
