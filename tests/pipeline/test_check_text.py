"""The text checker: nothing to say of a text that is right, and every mutation of it is told."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from docx import Document

from orchestration.briefing import write_briefing
from orchestration.claims.check import check_text
from orchestration.claims.read_text import Sentence, read_sentences
from orchestration.config import load_config
from orchestration.errors import UsageError
from orchestration.publish import read_figures
from orchestration.settings import PACKAGED_CONFIG
from tests.pipeline.installation import Place

TEXT = Path(__file__).parent / "texts" / "dataspor_2025.txt"
CONFIG = load_config(PACKAGED_CONFIG)


@pytest.fixture(scope="module")
def figures(sample_run: Place) -> pd.DataFrame:
    return read_figures(sample_run.settings)


@pytest.fixture(scope="module")
def documents(sample_run: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    write_briefing(sample_run.settings.published_warehouse, "2025-04", folder)
    return folder


def wrong(sentences: list[Sentence], figures: pd.DataFrame) -> list[str]:
    return [f"{f.sentence} | {f.what}" for f in check_text(sentences, figures, CONFIG).findings]


def test_a_text_in_the_words_of_the_briefing_is_borne_out(figures: pd.DataFrame) -> None:
    checked = check_text(read_sentences(TEXT), figures, CONFIG)
    assert [f"{f.sentence} | {f.what}" for f in checked.findings] == []
    assert checked.claims >= 11


@pytest.mark.parametrize("name", ["briefing.html", "briefing.docx"])
def test_the_generated_documents_are_borne_out(
    documents: Path, figures: pd.DataFrame, name: str
) -> None:
    checked = check_text(read_sentences(documents / name), figures, CONFIG)
    assert [f"{f.sentence} | {f.what}" for f in checked.findings] == []
    assert checked.claims >= len(figures)


def test_the_same_text_as_a_word_document_is_borne_out(
    figures: pd.DataFrame, tmp_path: Path
) -> None:
    document = Document()
    for block in TEXT.read_text(encoding="utf-8").split("\n\n"):
        style = None if block.strip().endswith(".") else "Heading 2"
        document.add_paragraph(block.strip(), style=style)
    document.save(str(tmp_path / "memo.docx"))
    assert wrong(read_sentences(tmp_path / "memo.docx"), figures) == []


# --- mutations ----------------------------------------------------------------------------------

_SWAPS = {
    "direction": [
        ("faldet", "steget"),
        ("Flere medarbejdere", "Færre medarbejdere"),
        ("en halvering", "en fordobling"),
        ("halveret", "fordoblet"),
        ("lavere", "højere"),
    ],
    "superlative": [("flest", "færrest")],
    "denial": [
        ("er faldet", "er ikke faldet"),
        ("var den bydel", "var ikke den bydel"),
        ("var bydelen", "var ikke bydelen"),
    ],
    "place": [
        ("Vesterbro Bibliotek og Kulturhus", "Valby Bibliotek"),
        ("Blågårdens Bibliotek", "Sundby Bibliotek"),
        ("Nørrebro Bibliotek", "Blågårdens Bibliotek"),
        ("Nørrebro var", "Valby var"),
    ],
    "measure": [
        ("hændelser kategoriseret som utryghedsskabende adfærd", "indmeldte hændelser"),
        ("hændelser med utryghedsskabende adfærd", "indmeldte hændelser"),
        ("indmeldte hændelser", "hændelser med utryghedsskabende adfærd"),
    ],
    "period": [
        ("2022/2023", "2021/2022"),
        ("2023/2024", "2022/2023"),
        ("24/2025", "23/2024"),
        ("2024/2025", "2025/2026"),
        ("fra 2023 til 2025", "fra 2022 til 2025"),
        ("i 2023", "i 2022"),
        ("vinteren 2025", "vinteren 2026"),
        ("sommerhalvåret 2023", "sommerhalvåret 2024"),
        ("sommerhalvåret 2025", "sommerhalvåret 2024"),
    ],
}
_INVENTED = [
    "På Valby Bibliotek er antallet af indmeldte hændelser faldet med {} pct.",
    "På Husum Bibliotek føler {} pct. af medarbejderne sig trygge.",
    "Antallet af indmeldte hændelser på Sundby Bibliotek faldt fra {} til 3.",
    "Den selvbetjente åbningstid på Valby Bibliotek var indskrænket i {} timer.",
]
_NUMBERS = re.compile(
    r"\d+(?= pct\.| timer| hændelser)|(?<=fra )\d+(?= til \d+\))|(?<=til )\d+(?=\))"
)


def number_changed(text: str, dice: random.Random) -> str | None:
    found = list(_NUMBERS.finditer(text))
    if not found:
        return None
    one = dice.choice(found)
    changed = int(one[0]) + dice.choice((-9, -4, -1, 1, 2, 7, 30))
    return text[: one.start()] + str(max(0, changed)) + text[one.end() :]


def ends_swapped(text: str, _dice: random.Random) -> str | None:
    found = list(_NUMBERS.finditer(text))
    if len(found) != 2:
        return None
    one, other = found
    between = text[one.end() : other.start()]
    return text[: one.start()] + other[0] + between + one[0] + text[other.end() :]


def swapped(kind: str) -> Callable[[str, random.Random], str | None]:
    def mutate(text: str, dice: random.Random) -> str | None:
        there = [(old, new) for old, new in _SWAPS[kind] if old in text]
        if not there:
            return None
        old, new = dice.choice(there)
        return text.replace(old, new, 1)

    return mutate


MUTATIONS = {"number": number_changed, "ends": ends_swapped}
MUTATIONS |= {kind: swapped(kind) for kind in _SWAPS}


def mutations(sentences: list[Sentence], seeds: range) -> list[tuple[str, list[Sentence]]]:
    """Each seed one change in a text's last sentence, or an invented claim after it.

    What comes after a sentence says nothing of it.
    """
    found = []
    for seed in seeds:
        dice = random.Random(seed)
        if seed % 10 == 0:
            text = dice.choice(_INVENTED).format(dice.randrange(11, 95))
            found.append((text, [*sentences, Sentence(text, "Tilføjet")]))
            continue
        while True:
            at = dice.randrange(len(sentences))
            kind = dice.choice(list(MUTATIONS))
            changed = MUTATIONS[kind](sentences[at].text, dice)
            if changed is not None and changed != sentences[at].text:
                break
        mutated = Sentence(changed, sentences[at].heading)
        found.append((f"{kind}: {changed}", [*sentences[:at], mutated]))
    return found


def body_of(sentences: list[Sentence]) -> list[Sentence]:
    """Without headings, whose change leaves no wrong sentence."""
    return [sentence for sentence in sentences if sentence.text != sentence.heading]


def test_every_mutation_of_the_text_is_told(figures: pd.DataFrame) -> None:
    sentences = body_of(read_sentences(TEXT))
    assert wrong(sentences, figures) == []
    missed = [
        told for told, mutated in mutations(sentences, range(200)) if not wrong(mutated, figures)
    ]
    assert missed == []


def test_every_mutation_of_the_generated_briefing_is_told(
    documents: Path, figures: pd.DataFrame
) -> None:
    told = set(figures.statement_da)
    sentences = [s for s in read_sentences(documents / "briefing.html") if s.text in told]
    assert len(sentences) == len(figures)
    missed = [
        text for text, mutated in mutations(sentences, range(300)) if not wrong(mutated, figures)
    ]
    assert missed == []


def test_a_plain_claim_on_an_uncertain_figure_is_told(figures: pd.DataFrame) -> None:
    uncertain = figures.copy()
    uncertain.loc[uncertain.figure_id == "vesterbro_incidents_summer", "evidence"] = "uncertain"
    (found,) = wrong(body_of(read_sentences(TEXT)), uncertain)
    assert "the evidence is uncertain" in found


def test_a_file_that_is_no_text_is_told_in_a_sentence(tmp_path: Path) -> None:
    for name, content in (("a.pdf", b"%PDF"), ("b.docx", b"not a zip")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UsageError, match=name):
            read_sentences(tmp_path / name)


def test_the_command_ends_with_exit_1_and_names_sentence_and_figure(
    sample_run: Place, tmp_path: Path
) -> None:
    assert sample_run.dataspor("check-text", str(TEXT)).exit_code == 0
    wrong_text = tmp_path / "wrong.txt"
    wrong_text.write_text(TEXT.read_text("utf-8").replace("63 pct.", "73 pct."), "utf-8")
    answer = sample_run.dataspor("check-text", str(wrong_text))
    assert answer.exit_code == 1
    assert "vesterbro_unsafe_behaviour_winter: '73 pct.' is stated; the figure says 63" in (
        answer.told
    )
    assert sample_run.dataspor("check-text", str(tmp_path / "none.txt")).exit_code == 2
