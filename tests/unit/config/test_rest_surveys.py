from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.config import load_config
from orchestration.errors import ConfigError
from orchestration.settings import PACKAGED_CONFIG


def with_rest(folder: Path, text: str) -> Path:
    """The packaged configuration with a block of surveys to fetch."""
    copy = Path(shutil.copytree(PACKAGED_CONFIG, folder / "config"))
    with (copy / "survey.yml").open("a", encoding="utf-8") as file:
        file.write(text)
    return copy


def test_the_packaged_configuration_fetches_no_survey() -> None:
    assert load_config(PACKAGED_CONFIG).survey.rest == []


def test_the_commented_example_is_one_that_works(tmp_path: Path) -> None:
    text = (PACKAGED_CONFIG / "survey.yml").read_text(encoding="utf-8")
    example = text[text.index("# rest:") :].replace("# ", "").replace("#", "")
    (survey,) = load_config(with_rest(tmp_path, example)).survey.rest
    assert (survey.wave, survey.survey_id) == ("2025-02", 123456)


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ('rest: [{wave: "2025", survey_id: 1}]', "rest.0.wave"),
        ('rest: [{wave: "2025-13", survey_id: 1}]', "rest.0.wave"),
        ('rest: [{wave: "2025-02", survey_id: 0}]', "rest.0.survey_id"),
        ('rest: [{wave: "2025-02"}]', "rest.0.survey_id"),
        ('rest: [{wave: "2025-02", survey_id: 1, password: x}]', "rest.0.password"),
        (
            'rest: [{wave: "2025-02", survey_id: 1}, {wave: "2025-02", survey_id: 2}]',
            "rest lists a wave twice: 2025-02",
        ),
    ],
)
def test_a_wrong_block_is_told_with_file_and_line(tmp_path: Path, block: str, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(with_rest(tmp_path, block + "\n"))
    (problem,) = refused.value.problems
    assert problem.startswith("survey.yml, line ")
    assert told in problem
