"""The tables of the web page and the memo as finished Danish text; the workbook has its own."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.briefing import danish, words
from orchestration.briefing.content import ROW_OUTCOMES, Briefing, Figure, LedgerLine, Place

OUTCOME_HEADERS = {
    "read": "Læst",
    "loaded": "Talt med",
    "superseded": "Erstattet af nyere",
    "duplicate": "Dublet",
    "void": "Annulleret",
    "excluded": "Skal ikke tælles med",
    "quarantined": "Karantæne",
}


@dataclass(frozen=True)
class Table:
    """Rows of text under headers; the first cell of a row is its heading.

    ``numeric`` holds the positions of columns of numbers; ``has_total`` marks the last row as sum.
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    has_total: bool = False


def value(figure: Figure) -> str:
    """The figure's value in words, or why there is none."""
    if figure.is_hidden:
        return words.HIDDEN_VALUE[figure.evidence]
    return danish.measured(figure.value, figure.unit)


def basis(briefing: Briefing, figure: Figure) -> str:
    """What the value was computed from: ``fra 124 til 62``, or nothing where it adds nothing."""
    if figure.is_hidden:
        return ""
    if figure.unit == "rank":
        incidents = briefing.incidents_behind(figure)
        return "" if incidents is None else _count(incidents, "hændelse", "hændelser")
    start = danish.observed(figure.value_from, figure.unit)
    end = danish.observed(figure.value_to, figure.unit)
    if figure.unit in ("percent", "percentage_points") and figure.value_from is not None:
        return f"fra {start} til {end}"
    return ""


def interval(figure: Figure) -> str:
    """The figure's 95 % interval, or a dash."""
    if figure.is_hidden:
        return danish.DASH
    return danish.interval(figure.ci_low, figure.ci_high, figure.unit)


def period(briefing: Briefing, figure: Figure) -> str:
    """The half-year of a figure, or ``vinterhalvåret 2022/2023 til 2024/2025``."""
    names = dict.fromkeys(name for name in (figure.half_year_from, figure.half_year_to) if name)
    labels = [briefing.period_label(name) for name in names]
    if len(labels) == 2:
        (season, _, _), (other, _, years) = (label.rpartition(" ") for label in labels)
        labels[1] = years if season == other else labels[1]
    return " til ".join(labels)


def small_print(briefing: Briefing, figure: Figure) -> list[tuple[str, str]]:
    """Term and text of everything that stands under a figure's sentence, caveats apart."""
    word, meaning = words.EVIDENCE.get(figure.evidence, (words.evidence(figure.evidence), ""))
    computed, limits = basis(briefing, figure), interval(figure)
    return [
        ("Dataspor", figure.id),
        ("Periode", period(briefing, figure)),
        ("Værdi", f"{value(figure)} ({computed})" if computed else value(figure)),
        ("95 %-interval", limits if limits != danish.DASH else "ikke beregnet"),
        ("Status", words.maturity(figure.maturity)),
        ("Evidens", f"{word}. {meaning}".strip()),
    ]


def figures(briefing: Briefing) -> Table:
    """All figures, one a row."""
    return Table(
        caption="Alle tal i udgivelsen",
        headers=("Tal", "Dataspor", "Værdi", "95 %-interval", "Evidens", "Status"),
        rows=tuple(
            (
                figure.label,
                figure.id,
                value(figure),
                interval(figure),
                words.evidence(figure.evidence),
                words.maturity(figure.maturity),
            )
            for figure in briefing.figures
        ),
        numeric=frozenset({2, 3}),
    )


def evidence() -> Table:
    """The words for evidence and what they mean."""
    return Table(
        caption="Sådan læses evidensen",
        headers=("Evidens", "Betydning"),
        rows=tuple(words.EVIDENCE.values()),
    )


def items(briefing: Briefing, figure: Figure) -> Table | None:
    """The numbers by which a figure was judged; none for a hidden one."""
    rows = [item for item in briefing.evidence if item.figure_id == figure.id]
    if not rows or figure.is_hidden:
        return None
    return Table(
        caption=f"Evidensen bag {figure.id}",
        headers=("Mål", "Halvår", "Værdi", "95 %-interval", "Bemærkning"),
        rows=tuple(
            (
                item.label,
                briefing.period_label(item.half_year_id) or danish.DASH,
                danish.item(item.value, item.unit),
                f"{danish.item(item.low, item.unit)} til {danish.item(item.high, item.unit)}"
                if item.low is not None and item.high is not None
                else danish.DASH,
                item.note or danish.DASH,
            )
            for item in rows
        ),
        numeric=frozenset({2, 3}),
    )


def claims(briefing: Briefing) -> Table | None:
    """What earlier briefings stated, judged by the figures of this release."""
    if not briefing.claims:
        return None
    return Table(
        caption="Udsagnene, holdt op mod tallene i denne udgivelse",
        headers=("Udsagn", "Dataspor", "Vurdering", "Hvorfor"),
        rows=tuple(
            (
                claim.text,
                claim.figure_id,
                words.JUDGEMENT.get(claim.judgement, claim.judgement),
                claim.reason,
            )
            for claim in briefing.claims
        ),
    )


def ledger(briefing: Briefing) -> Table:
    """Files and rows of each source system, with the sum."""

    def row(name: str, line: LedgerLine) -> tuple[str, ...]:
        counts = (line.files, *(line.rows[outcome] for outcome in ROW_OUTCOMES))
        return (name, *(danish.number(count) for count in counts))

    lines = [row(words.source(line.source), line) for line in briefing.ledger]
    return Table(
        caption="Rækker i kildefilerne og hvad der blev af dem",
        headers=("Kilde", "Filer", *(OUTCOME_HEADERS[name] for name in ROW_OUTCOMES)),
        rows=(*lines, row("I alt", briefing.ledger_total)),
        numeric=frozenset(range(1, 2 + len(ROW_OUTCOMES))),
        has_total=True,
    )


def ledger_sentences(briefing: Briefing) -> list[str]:
    """What the ledger shows, in words."""
    total = briefing.ledger_total
    read = danish.number(total.rows["read"])
    sentences = [
        f"Udgivelsen bygger på {_count(total.files, 'kildefil', 'kildefiler')} med i alt "
        f"{read} {'række' if total.rows['read'] == 1 else 'rækker'}."
    ]
    if all(line.balances for line in briefing.ledger):
        sentences.append("Regnskabet stemmer: hver læst række er gjort op på præcis én måde.")
    else:
        sentences.append("Regnskabet stemmer ikke: der er læste rækker, som ikke er gjort op.")
    if total.unusable_files:
        sentences.append(
            f"{_count(total.unusable_files, 'fil', 'filer')} kunne ikke bruges og er ikke med."
        )
    if total.rows["excluded"]:
        sentences.append(
            f"{_count(total.rows['excluded'], 'række', 'rækker')} skal ikke tælles med: stedet er "
            "ikke et bibliotek, svaret er ikke gennemført, eller kategorien er ikke husets "
            "åbningstid."
        )
    if quarantined := total.rows["quarantined"]:
        they = "den" if quarantined == 1 else "de"
        sentences.append(
            f"{_count(quarantined, 'række', 'rækker')} er i karantæne, fordi {they} ikke kunne "
            f"bruges; {they} er ikke talt med i noget tal."
        )
    return sentences


def districts(briefing: Briefing, place: Place) -> Table | None:
    """All districts in the half-years in which this district's rank is a figure."""
    wanted = {
        figure.half_year_to
        for figure in briefing.figures_of(place)
        if figure.unit == "rank" and not figure.is_hidden
    }
    rows = [row for row in briefing.districts if row.period.id in wanted]
    if not rows:
        return None
    periods = list(dict.fromkeys(row.period for row in rows))
    cells = {(row.district_id, row.period.id): row for row in rows}
    names = {row.district_id: row.district_name for row in rows}
    latest = periods[-1].id

    def order(district_id: str) -> tuple[int, str]:
        row = cells.get((district_id, latest))
        return (row.rank if row and row.rank else len(names) + 1, names[district_id])

    def text(district_id: str, half_year_id: str) -> str:
        row = cells.get((district_id, half_year_id))
        if row is None or row.incidents is None:
            return danish.DASH
        rank = f" (nr.{danish.NBSP}{row.rank})" if row.rank else ""
        return f"{danish.number(row.incidents)}{rank}"

    return Table(
        caption="Indmeldte hændelser på bibliotekerne i hver bydel, med placering",
        headers=("Bydel", *(_capitalised(period.label) for period in periods)),
        rows=tuple(
            (names[district_id], *(text(district_id, period.id) for period in periods))
            for district_id in sorted(names, key=order)
        ),
        numeric=frozenset(range(1, 1 + len(periods))),
    )


def _count(count: int, one: str, many: str) -> str:
    return f"{danish.number(count)} {one if count == 1 else many}"


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
