"""The process that starts two commands at once: imports everything once, then forks both.

Started by the test beside it; prints one JSON line a pair. The second command begins at the same
moment as the first, before it, or so much later that the pairs meet evenly over the whole of a run.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from orchestration.cli import main as dataspor
from tests.long.children import begun, loaded_by
from tests.pipeline.installation import AS_OF, Place

SECONDS = 600  # that no command takes
TOGETHER = 0.2  # seconds within which two commands begin at the same moment
HEADERS = "Nr.;Oprettet;Ejendom;Kategori\n"
RUN = ("run", "--as-of", AS_OF)
SECOND = {
    "run": RUN,
    "close": ("close", "2025-04"),
    "purge": ("purge", "--older-than", "0"),
}


def export(place: Place, number: int) -> None:
    """The one export there is: so many incidents in sommerhalvåret 2025, newer than the last."""
    folder = place.sources / "mainmanager"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    rows = (f"{n};01-06-2025 12:00;Vesterbro Bibliotek;Vold\n" for n in range(number))
    path = folder / f"export{number:03}.csv"
    path.write_text(HEADERS + "".join(rows), encoding="utf-8")
    moment = 1_750_000_000 + number
    os.utime(path, (moment, moment))


def in_place(place: Place, arguments: tuple[str, ...]) -> None:
    """Carry out a command in this process, which it may end."""
    with place.environment():
        dataspor(list(arguments))


def started(place: Place, arguments: tuple[str, ...], after: float, printed: Path) -> int:
    """Begin a command in a child some seconds from now; the child's number."""

    def action() -> None:
        time.sleep(after)
        in_place(place, arguments)

    with printed.open("w") as output:
        return begun(action, output.fileno(), SECONDS)


def in_child(question: Callable[[], object], note: Path) -> object:
    """An answer from a child, so that this process never opens a database."""
    with note.with_suffix(".log").open("w") as output:
        child = begun(lambda: note.write_text(json.dumps(question())), output.fileno(), SECONDS)
    _, status = os.waitpid(child, 0)
    return json.loads(note.read_text()) if status == 0 else "cannot be read"


def pairs(place: Place, second: str, times: int) -> None:
    """Start a run and a second command together so often, and say what came of each pair."""
    dice = random.Random(second)
    notes = [place.folder / f"{name}.txt" for name in ("first", "second", "answer")]
    lasts = alone(place, notes[0])
    for index in range(times):
        export(place, number := index + 3)
        # half of them at the same moment, the others spread over what a run takes here and now
        is_together = index % 2 == 0
        if is_together:
            later = dice.uniform(0, TOGETHER)
        else:
            later = lasts * (index - 1 + 2 * dice.random()) / times
        first_waits = is_together and dice.random() < 0.5
        waits = (later, 0.0) if first_waits else (0.0, later)
        commands = (RUN, SECOND[second])
        children = [started(place, *both) for both in zip(commands, waits, notes, strict=False)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        told = [note.read_text(encoding="utf-8") for note in notes[:2]]
        seen = in_child(lambda: state(place), notes[2])
        line = {"second": second, "number": number, "codes": codes, "seen": seen}
        line["temporary"] = temporary(place)
        line["later"] = round(later / lasts, 2)
        line["refused"] = [text[-600:] for code, text in zip(codes, told, strict=True) if code]
        line["stack"] = any("Traceback" in text for text in told)
        print(json.dumps(line), flush=True)


def alone(place: Place, note: Path) -> float:
    """The seconds of a run that nothing disturbs, the second one here: the first has more to do."""
    export(place, 1)
    loaded_by(lambda: in_place(place, RUN), SECONDS)
    export(place, 2)
    before = time.monotonic()
    _, status = os.waitpid(started(place, RUN, 0, note), 0)
    if status:
        raise SystemExit(f"undisturbed, a run fails: {note.read_text(encoding='utf-8')}")
    return time.monotonic() - before


def state(place: Place) -> dict[str, object]:
    """What is published, and what the releases hold."""
    from orchestration.half_year import HalfYear
    from orchestration.releases.release import revisions
    from tests.pipeline.installation import ledger_gaps

    known = revisions(place.settings, HalfYear.parse("2025-04"))
    return {
        "incidents": place.value("select sum(incidents) from marts.fct_incident_half_year"),
        "gaps": len(ledger_gaps(place)),
        "releases": len(known),
        "altered": [name for release in known for name in release.altered()],
    }


def temporary(place: Place) -> list[str]:
    """What a command left behind that was meant to go."""
    return [
        str(path.relative_to(place.home))
        for pattern in ("**/*.part", "**/.work-*", "**/*.tmp", "**/*.new")
        for path in place.home.glob(pattern)
    ]


if __name__ == "__main__":
    from tests.long.loaded import have_dbt_parse

    have_dbt_parse()  # so that children need not
    for name in SECOND:
        (folder := Path(sys.argv[1], name)).mkdir()
        pairs(Place(folder), name, int(sys.argv[2]))
