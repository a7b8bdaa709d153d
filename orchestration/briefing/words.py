"""The briefing's own Danish words and paragraphs; figures bring their sentences with them."""

from __future__ import annotations

import textwrap

from orchestration.briefing.content import Period
from orchestration.briefing.danish import DASH

TITLE = "Dataspor"
BANNER = "Syntetiske data"
BANNER_TEXT = (
    "Tallene er beregnet på opdigtede eksempeldata og siger intet om virkelige biblioteker. "
    "De må ikke citeres."
)
NO_FIGURES = "Udgivelsen indeholder ingen tal."
CHART_ZERO = "Nul eller ingen data i alle viste halvår: {measures}."
CHART_DAYS_KNOWN = (
    "Åbningstiden kendes kun for en del af dagene i {half_years}; timerne er dem, der kendes."
)
DAYS_KNOWN = "{half_year} ({days} af {of_days} dage)"
CHART_CUT = "Diagrammet viser de seneste {count} halvår."

# The word of each evidence, and what it means to the reader.
EVIDENCE: dict[str, tuple[str, str]] = {
    "clear": ("tydelig", "Forskellen er større, end tilfældige udsving kan forklare."),
    "uncertain": (
        "usikker",
        "Forskellen kan skyldes tilfældige udsving; den kan ikke bruges som tegn på en ændring.",
    ),
    "no_change": ("ingen ændring", "Tallet er det samme i begge perioder."),
    "not_comparable": (
        "kan ikke sammenlignes",
        "Perioderne er ikke opgjort på samme måde eller under samme vilkår.",
    ),
    "too_few": ("for få til at vurdere", "Der er for få hændelser eller svar til en vurdering."),
    "suppressed": (
        "vises ikke",
        "Så få har svaret, at enkeltpersoner kunne genkendes. Derfor vises tallet ikke.",
    ),
    "not_available": ("ikke opgjort", "Der er ingen data, som tallet kan beregnes af."),
    "descriptive": (
        "beskrivende",
        "Tallet beskriver én periode; det siger ikke noget om en ændring.",
    ),
}
HIDDEN_VALUE = {"suppressed": "vises ikke (for få svar)", "not_available": "ikke opgjort"}
MATURITY = {"final": "endelig", "provisional": "foreløbig"}
UNIT = {
    "percent": "pct. (ændring)",
    "percentage_points": "procentpoint",
    "share": "andel",
    "rank": "placering (1 = flest)",
    "hours": "timer",
}
SOURCE = {
    "mainmanager": "Hændelser (MainManager)",
    "survey": "Spørgeskema (SurveyXact)",
    "opening_hours": "Åbningstider (bibliotekernes hjemmeside)",
    "presence": "Tilstedeværelse (register)",
}

# Measures of a library in a half-year, in the order in which they are shown.
INCIDENT_MEASURES = {
    "incidents": "Indmeldte hændelser",
    "unsafe_behaviour_incidents": "Heraf utryghedsskabende adfærd",
}
OPENING_MEASURES = {
    "open_hours": "Åbningstid i alt (timer)",
    "staffed_hours": "Heraf betjent åbningstid (timer)",
    "self_service_hours": "Heraf selvbetjent åbningstid (timer)",
    "restricted_self_service_hours": "Indskrænket selvbetjent åbningstid (timer)",
}
PRESENCE_MEASURES = {
    "guard_hours": "Vagt og Sikring (timer)",
    "night_host_hours": "Natteværter (timer)",
    "relation_worker_hours": "Relationsmedarbejdere (timer)",
}

_PLANNED = (
    "Planlagt tilstedeværelse er talt med på de dage, hvor der ikke er registreret faktisk "
    "tilstedeværelse."
)
# How to read each kind of chart, for somebody who knows no statistics.
READING = {
    "incidents": "Hver søjle er et halvår. Stregen på søjlen viser, hvor meget tallet kan svinge "
    "ved tilfældigheder alene. Om en forskel er tydelig, står ved tallet.",
    "months": "Hver prik er en måned. Det grå bånd er den variation, der er normal her; en måned "
    "uden for båndet er usædvanlig og værd at undersøge.",
    "opening_hours": "Hver søjle er timer i et halvår.",
    "presence": "Hver søjle er timer i et halvår, hvor mindst én var til stede. " + _PLANNED,
    "survey": "Mærket er andelen, der svarede positivt. Stregen viser, hvor den kan ligge, når man "
    "tager højde for, at få har svaret.",
}
# Of the same share, the figure's interval may know the staff's number; the survey's never does.
SURVEY_INTERVALS = (
    "Intervallerne i undersøgelserne er beregnet af svarene alene. Hvor det er kendt, hvor mange "
    "der kunne svare, tager intervallet ved selve tallet højde for det og er derfor smallere."
)
CLAIMS = "Udsagn i tidligere orienteringer"
JUDGEMENT = {
    "supported": "understøttet",
    "supported_with_caveat": "understøttet med forbehold",
    "not_supported": "ikke understøttet",
    "not_checkable": "kan ikke efterprøves",
}
EVIDENCE_UNIT = {
    "ratio": "forhold",
    "count": "antal",
    "share": "andel",
    "p_value": "p-værdi",
    "per_1000_hours": "pr. 1.000 timer",
}

METHOD: list[tuple[str, str]] = [
    (
        "Halvår",
        "Vinterhalvåret går fra 1. oktober til 31. marts og sommerhalvåret fra 1. april til "
        "30. september. Vintre sammenlignes med vintre og somre med somre, fordi brugen af "
        "bibliotekerne skifter med årstiden.",
    ),
    (
        "Indmeldte hændelser",
        "En indmeldt hændelse er én indmelding i MainManager, som ikke er annulleret. Den tælles i "
        "det halvår, hvor den fandt sted, også når den er indmeldt senere. Flere udgaver af samme "
        "indmelding tæller som én. Bydelenes tal omfatter kun hændelser på biblioteker.",
    ),
    (
        "Undersøgelser",
        "Andelen er beregnet blandt medarbejdere, der har gennemført undersøgelsen og svaret på "
        "spørgsmålet; blanke svar og svar, som opsætningen holder ude, tæller ikke med. Grupper, "
        "der er så små, at enkeltpersoner kunne genkendes, vises ikke.",
    ),
    (
        "Åbningstid og tilstedeværelse",
        "Den betjente åbningstid er den tid, hvor der er personale; resten er selvbetjent. "
        "Indskrænket åbningstid er selvbetjent åbningstid, som normalt tilbydes, men ikke blev "
        "det; helligdage regnes ikke med. Tilstedeværelse er de timer, hvor mindst én af den "
        "nævnte funktion var på biblioteket. " + _PLANNED,
    ),
    (
        "95 %-interval",
        "Intervallet viser, hvor meget et tal kan svinge ved tilfældigheder alene. Et bredt "
        "interval betyder, at tallet bygger på få hændelser eller få svar. Et interval om en "
        "ændring, som rummer nul, kan ikke bruges til at sige, om der er sket en stigning eller "
        "et fald. Intervaller om ændringer i antal tager højde for, at hændelser svinger mere end "
        "rene tilfældigheder, målt på de biblioteker, der ingen indsats har haft.",
    ),
    (
        "Kontroldiagram",
        "Middel og grænser er beregnet af månederne selv: tre standardafvigelser fra middel, gjort "
        "bredere efter, hvor meget nabomåneder svinger (Laneys u-diagram). Omkring tre af tusind "
        "måneder falder udenfor ved en tilfældighed.",
    ),
    (
        "Årsag",
        "Tallene viser, hvad der er sket, ikke hvorfor. Et fald kan hænge sammen med indsatsen, "
        "men også med andre forhold, for eksempel kortere åbningstid eller ændret praksis for at "
        "indmelde. Kendte forhold står under forbehold.",
    ),
    (
        "Endelige og foreløbige tal",
        "Et halvårs tal er foreløbige, indtil halvåret er slut, og sene indmeldinger har haft tid "
        "til at komme ind. En udgivelse ændres ikke bagefter; en ny beregning bliver en ny "
        "udgivelse, hvor det fremgår, hvad der er flyttet og hvorfor.",
    ),
    (
        "Spor",
        "Hvert tal har et navn, for eksempel {example}. Med kommandoen »dataspor trace« og navnet "
        "vises de rækker i kildefilerne, som tallet er talt op af.",
    ),
]


def method(example: str | None) -> list[tuple[str, str]]:
    """The method note as headings and paragraphs; ``example`` is the id of a figure."""
    return [(head, text.format(example=example or "dataspor_id")) for head, text in METHOD]


def evidence(code: str) -> str:
    """The word of an evidence; a code without one is shown as it is."""
    return EVIDENCE[code][0] if code in EVIDENCE else code or DASH


def maturity(code: str) -> str:
    """``endelig`` or ``foreløbig``."""
    return MATURITY.get(code, code or DASH)


def progress(period: Period) -> str:
    """How far a half-year is that is not over: ``i gang`` or ``ikke begyndt``; else nothing."""
    if period.is_complete:
        return ""
    return "i gang" if period.has_begun else "ikke begyndt"


def progress_lines(period: Period) -> tuple[str, ...]:
    """The same in parentheses, in lines that have room below a bar."""
    word = progress(period)
    return tuple(textwrap.wrap(f"({word})", 10)) if word else ()


def source(code: str) -> str:
    """The name of a source system."""
    return SOURCE.get(code, code)
