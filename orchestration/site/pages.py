"""Which pages there are, and what each template is given; no text and no layout stands here."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from orchestration.briefing import danish, tables, words
from orchestration.briefing.content import ROW_OUTCOMES, Figure, Place, SurveyResult
from orchestration.errors import DatasporError
from orchestration.site import charts
from orchestration.site import words as site_words
from orchestration.site.content import Completeness, Site
from orchestration.site.freshness import freshness
from orchestration.templates import environment

if TYPE_CHECKING:
    from orchestration.catalogue import Table

# Page, its name in the menu.
MENU = {
    "index.html": "Tal",
    "diagrammer.html": "Diagrammer",
    "friskhed.html": "Friskhed",
    "regnskab.html": "Regnskab",
    "ordbog.html": "Ordbog",
}
_FIGURE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def render(
    site: Site, catalogue: Sequence[Table], late_after_days: Mapping[str, int]
) -> dict[str, str]:
    """Every file of the site, by its path below the folder.

    Raises:
        DatasporError: a figure's id cannot be the name of a page.
    """
    folder = files("orchestration.site") / "templates"
    script = (folder / "filter.js").read_text(encoding="utf-8").strip()
    pages = environment("orchestration.site")
    pages.filters |= {"date": danish.date, "number": danish.number, "breakable": _breakable}
    pages.globals |= {
        "site": site,
        "briefing": site.briefing,
        "menu": MENU,
        "tables": tables,
        "words": words,
        "site_words": site_words,
        "danish": danish,
        "value": _value,
        "figure_range": charts.figure_range,
        "survey_range": charts.survey_range,
        "WIDTH": charts.WIDTH,
        "outcomes": ROW_OUTCOMES,
        "script": None,
        "described": {table.name for table in catalogue},
    }

    def page(template: str, path: str, **values: Any) -> str:
        root = "../" * path.count("/")
        return pages.get_template(template).render(path=path, root=root, **values)

    sources = freshness(site, late_after_days)
    drawn = charts.incidents(site.briefing, site.districts)
    written = {
        "site.css": (folder / "site.css").read_text(encoding="utf-8"),
        "index.html": page(
            "index.html.j2", "index.html", districts=_districts(site), sources=sources
        ),
        "diagrammer.html": page(
            "diagrammer.html.j2",
            "diagrammer.html",
            districts=[(name, list(g)) for name, g in groupby(drawn, key=lambda c: c.district)],
            surveys=_surveys(site),
        ),
        "friskhed.html": page(
            "friskhed.html.j2",
            "friskhed.html",
            sources=sources,
            running=_running(site),
            completeness=_completeness_by_half_year(site),
        ),
        "regnskab.html": page("regnskab.html.j2", "regnskab.html"),
        "ordbog.html": page(
            "ordbog.html.j2",
            "ordbog.html",
            catalogue=catalogue,
            # The only script, known to the page by its digest; nothing else may run.
            script=Markup(script),
            script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        ),
    }
    charted = {chart.id for chart in drawn}
    for figure in site.briefing.figures:
        if not _FIGURE_ID.fullmatch(figure.id):
            raise DatasporError(
                f"The figure id {figure.id!r} cannot be the name of a page; use letters, digits "
                "and underscores in figures.yml."
            )
        path = f"tal/{figure.id}.html"
        written[path] = page(
            "figur.html.j2",
            path,
            figure=figure,
            items=tables.items(site.briefing, figure),
            claims=[claim for claim in site.briefing.claims if claim.figure_id == figure.id],
            completeness=_completeness_of(site, figure),
            has_chart=figure.place.id in charted,
        )
    return written


def _districts(site: Site) -> list[tuple[str, list[tuple[Place, list[Figure]]]]]:
    """District name, then its places with their figures; places without a district come last."""
    found = [
        (name, [(place, site.briefing.figures_of(place)) for place in places])
        for name, places in groupby(site.briefing.places, key=lambda place: place.district_name)
    ]
    return sorted(found, key=lambda pair: not pair[0])


def _surveys(site: Site) -> list[tuple[str, list[SurveyResult]]]:
    """Question id, then the answers to it by library and wave."""
    names = site.briefing.library_names

    def order(row: SurveyResult) -> tuple[str, ...]:
        name = names.get(row.library_id, row.library_id)
        return (row.question_id, charts.in_danish(name), row.wave_id)

    rows = sorted(site.briefing.surveys, key=order)
    return [(question, list(g)) for question, g in groupby(rows, key=lambda r: r.question_id)]


def _value(figure: Figure) -> str:
    """The figure's value in words, a rise with its sign."""
    text = tables.value(figure)
    is_change = figure.unit in ("percent", "percentage_points") and not figure.is_hidden
    return f"+{text}" if is_change and figure.value and figure.value > 0 else text


def _running(site: Site) -> dict[str, Any] | None:
    """The half-year that is not over on the day of the run."""
    for period in site.briefing.periods.values():
        if period.has_begun and not period.is_complete:
            days = (period.ends_on - period.starts_on).days + 1
            gone = (site.as_of - period.starts_on).days if site.as_of else 0
            return {"period": period, "days": days, "gone": min(max(gone, 0), days)}
    return None


def _completeness_of(site: Site, figure: Figure) -> tables.Table | None:
    """How complete the counts behind a figure of incidents are."""
    if figure.is_hidden or figure.measure not in site_words.INCIDENT_MEASURES:
        return None
    is_library = figure.place.kind == "library"
    rows = [
        row
        for row in site.completeness
        if row.half_year_id in (figure.half_year_from, figure.half_year_to)
        and (
            row.library_id == figure.place.id
            if is_library
            else site.districts.get(row.library_id) == figure.place.name
        )
    ]
    if not rows:
        return None
    place = figure.place.name if is_library else f"bibliotekerne i bydelen {figure.place.name}"
    caption = f"Indmeldte hændelser i alt, {place}"
    return _completeness_table(site, rows, caption, by_library=not is_library)


def _completeness_by_half_year(site: Site) -> list[tables.Table]:
    """A table for each half-year, the latest first."""
    return [
        _completeness_table(
            site, list(rows), site.briefing.period_label(half_year_id), by_library=True
        )
        for half_year_id, rows in groupby(site.completeness, key=lambda row: row.half_year_id)
    ]


def _completeness_table(
    site: Site, rows: Sequence[Completeness], caption: str, *, by_library: bool
) -> tables.Table:
    """Rows of one half-year by library, or of one library by half-year."""
    final = {row.period.id for row in site.briefing.libraries if not row.is_provisional}
    names = site.briefing.library_names

    def count(value: float | None, *, is_known: bool = True) -> str:
        return danish.DASH if value is None or not is_known else danish.number(value)

    def cells(row: Completeness) -> tuple[str, ...]:
        period = site.briefing.periods.get(row.half_year_id)
        return (
            names.get(row.library_id, row.library_id)
            if by_library
            else site.briefing.period_label(row.half_year_id),
            count(row.at_end, is_known=period is not None and period.is_complete),
            count(row.at_maturity, is_known=row.half_year_id in final),
            count(row.now),
            danish.DASH if row.expected is None else danish.number(row.expected, 1),
            danish.DASH
            if row.expected_low is None or row.expected_high is None
            else f"{count(row.expected_low)} til {count(row.expected_high)}",
            danish.measured(row.share, "share"),
            danish.date(row.complete_on) if row.complete_on else "nu",
        )

    rows = sorted(rows, key=lambda row: charts.in_danish(names.get(row.library_id, "")))
    return tables.Table(
        caption=caption,
        headers=(
            *("Bibliotek" if by_library else "Halvår", "Ved halvårets slut"),
            *("Da tallet blev endeligt", "Nu", "Ventet i alt", "95 %-interval"),
            *("Andel indmeldt", "Fuldstændig"),
        ),
        rows=tuple(cells(row) for row in rows),
        numeric=frozenset(range(1, 7)),
    )


def _breakable(text: str) -> Markup:
    """The text, which may be broken after an underscore; copied, it is unchanged."""
    return Markup("_<wbr>").join(escape(part) for part in text.split("_"))
