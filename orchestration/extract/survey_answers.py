"""What a respondent's answers mean for the figures, whatever survey system they were given in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from orchestration.config import Config
from orchestration.config.model import Question, match_key
from orchestration.extract.rows import Outcome, Reason, frame

NOT_COMPLETED = Reason("not_completed", "the answer was not completed")
RAGGED_ROW = Reason(
    "ragged_row", "the row has more cells than the header, or ends before the status of the answer"
)

# The text of an answer: empty where nothing was answered, None where a code has no label.
AnswerText = str | None


@dataclass(frozen=True)
class Respondent:
    """The only things that are taken out of a respondent's row.

    Attributes:
        row_number: the row in the file or sheet.
        is_completed: whether the survey system calls the answer completed.
        library: the text that names the library.
        answers: question id to the text of the answer.
        is_ragged: the row does not fit the header, so that no cell of it can be trusted.
    """

    row_number: int
    is_completed: bool
    library: AnswerText
    answers: Mapping[str, AnswerText]
    is_ragged: bool = False


def landed_answers(
    respondents: Iterable[Respondent], wave_id: str, source_file_id: str, config: Config
) -> dict[str, pd.DataFrame]:
    """A row of ``survey_response`` for each respondent, of ``survey_answer`` for what counts."""
    places = config.place_to_library()
    questions = [_Scale.of(question) for question in config.survey.questions]
    responses: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for respondent in respondents:
        where = {
            "source_file_id": source_file_id,
            "sheet": "",
            "row_number": respondent.row_number,
            "wave_id": wave_id,
        }
        place = match_key(respondent.library or "")
        outcome, reason = _judge(respondent, questions, places, config.survey.library_variable)
        responses.append(
            where
            | {
                "library_id": places.get(place),
                "outcome": outcome,
                "reason_code": reason and reason.code,
                "reason": reason and reason.text,
            }
        )
        if outcome == "usable":
            answers.extend(
                where | {"question_id": scale.question_id, "is_favourable": is_favourable}
                for scale in questions
                if (is_favourable := scale.rate(respondent.answers[scale.question_id])) is not None
            )
    return {
        "survey_response": frame("survey_response", responses),
        "survey_answer": frame("survey_answer", answers),
    }


@dataclass(frozen=True)
class _Scale:
    """A question's answers as match keys."""

    question_id: str
    answers: frozenset[str]
    favourable: frozenset[str]
    not_counted: frozenset[str]

    @classmethod
    def of(cls, question: Question) -> _Scale:
        def keys(texts: list[str]) -> frozenset[str]:
            return frozenset(map(match_key, texts))

        return cls(
            question.question_id,
            keys(question.answers),
            keys(question.favourable),
            keys([*question.not_counted, ""]),
        )

    def rate(self, text: AnswerText) -> bool | None:
        """Whether an answer is favourable; None where it is out of the denominator."""
        key = match_key(text or "")
        return None if key in self.not_counted else key in self.favourable

    def refusal(self, text: AnswerText) -> Reason | None:
        """Why the answer to this question cannot be used, if so."""
        if text is None:
            return Reason(
                "unknown_answer", f"the code of the answer to {self.question_id} has no label"
            )
        if match_key(text) in self.answers | self.not_counted:
            return None
        return Reason(
            "unknown_answer",
            f"the answer to {self.question_id} is not among those in survey.yml",
        )


def _judge(
    respondent: Respondent,
    questions: list[_Scale],
    places: Mapping[str, str | None],
    library: str,
) -> tuple[Outcome, Reason | None]:
    """The outcome of a respondent's row, and why it is not usable."""
    place = match_key(respondent.library or "")
    if respondent.is_ragged:
        return "quarantined", RAGGED_ROW
    if not respondent.is_completed:
        return "excluded", NOT_COMPLETED
    if respondent.library is None:
        return "quarantined", Reason("unknown_library", f"the code of {library} has no label")
    if not place:
        return "quarantined", Reason(
            "missing_library", f"the completed answer names no library ({library} is empty)"
        )
    if place not in places:
        return "quarantined", Reason(
            "unknown_library", f"the answer to {library} is not in places.csv"
        )
    if places[place] is None:
        return "excluded", Reason(
            "not_a_library", f"the answer to {library} is a place that is not a library"
        )
    refusals = (scale.refusal(respondent.answers[scale.question_id]) for scale in questions)
    reason = next((refusal for refusal in refusals if refusal), None)
    return ("quarantined", reason) if reason else ("usable", None)
