"""The words that label everything as synthetic, and the notice at the root of the sample."""

from __future__ import annotations

import datetime as dt

from orchestration.sample.files import SampleFile

LABEL = "SYNTETISK"
TITLE = "SYNTETISKE DATA – ikke rigtige indberetninger"
AS_OF = dt.date(2025, 11, 17)

_TEXT = f"""\
SYNTETISKE DATA

Alt i denne mappe er opdigtet af et program. Ingen indberetning, intet svar, ingen åbningstid og
ingen vagtplan er virkelig, og ingen række handler om en virkelig hændelse eller person.
Bibliotekernes navne er virkelige; tallene er det ikke.

Filerne er skrevet i kildesystemernes egne formater, så datastrømmen kan køres og prøves fra ende
til anden. De lader, som om de er modtaget senest {AS_OF:%d-%m-%Y} ({AS_OF.isoformat()}); hver fils
ændringstidspunkt er dens opdigtede eksporttidspunkt.

mainmanager/     indmeldte hændelser, overlappende eksporter
survey/          medarbejderundersøgelser, februar 2023 og februar 2025
opening_hours/   øjebliksbilleder af åbningstider
presence/        register over tilstedeværelse

Tallene må ikke citeres.
"""


def files() -> list[SampleFile]:
    """The notice."""
    exported_at = dt.datetime.combine(AS_OF, dt.time(6))
    return [SampleFile("LÆSMIG.txt", _TEXT.encode("utf-8-sig"), exported_at)]
