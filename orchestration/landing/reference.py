"""The tables that the configuration gives the working warehouse: columns, and what they are."""

from __future__ import annotations

REFERENCE_COLUMNS = {
    "source_file": {
        "source": "varchar",
        "source_file_id": "varchar",
        "file_name": "varchar",
        "exported_at": "timestamp",
        "export_order": "integer",
        "status": "varchar",
        "reason": "varchar",
        "rows_read": "integer",
        "description_rows": "integer",
        "rows_not_data": "integer",
        "notes": "varchar",
    },
    "correction": {
        "correction_id": "varchar",
        "source_file_id": "varchar",
        "corrected_column": "varchar",
        "reason": "varchar",
        "decided_on": "date",
        "rows_corrected": "integer",
    },
    "library": {
        "library_id": "varchar",
        "isil": "varchar",
        "library_name": "varchar",
        "district_id": "integer",
    },
    "district": {
        "district_id": "integer",
        "district_name": "varchar",
    },
    "category": {
        "category_id": "varchar",
        "category_name_da": "varchar",
        "category_name_en": "varchar",
        "is_unsafe_behaviour": "boolean",
    },
    "normal_hours": {
        "library_id": "varchar",
        "valid_from": "date",
        "iso_weekday": "integer",
        "self_service_hours": "double",
    },
    "survey_question": {
        "question_id": "varchar",
        "question_text_da": "varchar",
    },
    "intervention": {
        "intervention_id": "varchar",
        "library_id": "varchar",
        "starts_on": "date",
        "ends_on": "date",
        "label_da": "varchar",
    },
    "calendar": {
        "on_date": "date",
        "day_number": "integer",
        "iso_weekday": "integer",
        "iso_week_id": "varchar",
        "is_holiday": "boolean",
    },
    "run": {
        "as_of": "date",
        "maturity_days": "integer",
        "minimum_respondents": "integer",
        "municipality": "varchar",
        "is_sample": "boolean",
        "fingerprint": "varchar",
        "run_id": "varchar",
        "made_with": "varchar",
    },
}
REFERENCE_TABLES = {
    "source_file": "The source files present at this run, with their lines of the ledger.",
    "correction": "Rows that declared corrections changed, by correction and source file.",
    "library": "Libraries of the configuration.",
    "district": "Districts of the configuration.",
    "category": "Incident categories of the configuration.",
    "normal_hours": "Normal self-service hours of the configuration.",
    "survey_question": "Survey questions of the configuration.",
    "intervention": "Interventions of the configuration.",
    "calendar": "Every date that rows may have, with weekday, ISO week and holiday.",
    "run": "One row: the day the run pretends it is, and the configured rules.",
}
