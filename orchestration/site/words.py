"""The site's own Danish words for codes; sentences of pages stand in the templates."""

from __future__ import annotations

FILE_STATUS = {
    "landed": "læst",
    "empty": "tom",
    "unreadable": "kan ikke læses",
    "wrong_columns": "mangler kolonner",
    "wrong_dates": "datoer kan ikke læses",
    "wrong_name": "forkert filnavn",
    "stopped": "standset, fordi den er ændret",
}

# What each reason for not using a row means, for whoever mends the export or the configuration.
REASON = {
    "too_many_cells": "Rækken har flere celler end overskriften",
    "cut_off": "Filen slutter midt i rækken",
    "ragged_row": "Rækken har flere celler end overskriften eller slutter for tidligt",
    "missing_incident_id": "Indmeldingen har intet nummer",
    "implausible_incident_id": "Indmeldingens nummer ligner ikke et nummer",
    "bad_reported_at": "Tidspunktet for indmelding mangler eller kan ikke læses",
    "bad_occurred_at": "Tidspunktet for hændelsen kan ikke læses",
    "bad_updated_at": "Tidspunktet for seneste ændring kan ikke læses",
    "implausible_date": "En dato ligger uden for det tidsrum, som opsætningen tillader",
    "missing_location": "Indmeldingen har intet sted",
    "unknown_location": "Stedet står ikke i opsætningen",
    "missing_category": "Indmeldingen har ingen kategori",
    "unknown_category": "Kategorien står ikke i opsætningen",
    "unknown_status": "Status står ikke i opsætningen",
    "bad_count": "Antallet er ikke et helt tal, der kan bruges",
    "bad_item": "Rækken mangler kategori, dato, tider eller afdeling",
    "unknown_branch": "Afdelingen står ikke i opsætningen",
    "bad_time": "Dato eller tider kan ikke læses, eller der lukkes før der åbnes",
    "unknown_answer": "Svaret er ikke blandt dem, der står i opsætningen",
    "unknown_library": "Biblioteket står ikke i opsætningen",
    "missing_library": "Rækken nævner intet bibliotek",
    "not_a_library": "Stedet er ikke et bibliotek",
    "not_completed": "Svaret er ikke gennemført",
    "ignored_category": "Kategorien er ikke husets åbningstid",
    "unknown_function": "Funktionen står ikke i opsætningen",
    "bad_dates": "Datoerne kan ikke læses, eller perioden slutter, før den begynder",
    "bad_weekdays": "Ugedagene kan ikke læses",
    "bad_times": "Klokkeslættene kan ikke læses eller er ens",
}

# A sign beside each word of evidence, so that it is told by more than colour.
EVIDENCE_SIGN = {
    "clear": "●",
    "uncertain": "◐",
    "descriptive": "○",
    "no_change": "=",
    "not_comparable": "≠",
    "too_few": "✕",
    "suppressed": "✕",
    "not_available": "✕",
}

# The catalogue's units; one that is not here is shown in English.
UNIT = {
    "days": "dage",
    "hours": "timer",
    "incidents": "hændelser",
    "incidents per 1,000 open hours": "hændelser pr. 1.000 åbningstimer",
    "respondents": "svar",
    "rows": "rækker",
    "share": "andel, 0–1",
    "see column unit": "se kolonnen unit",
    "as stated_value": "som stated_value",
    "as the measure: incidents, share (0–1) or hours": "som målet: hændelser, andel (0–1), timer",
    "per cent, incidents, hours or rank, as printed": "pct., hændelser, timer, plads, som trykt",
}

# The measures a figure can count incidents by, which reports that come late concern.
INCIDENT_MEASURES = ("incidents", "unsafe_behaviour_incidents")


def reason(code: str, otherwise: str) -> str:
    """The Danish sentence of a reason; the one of the ledger where there is none."""
    return REASON.get(code, otherwise or code)


def file_status(code: str) -> str:
    """What became of a file as a whole."""
    return FILE_STATUS.get(code, code)
