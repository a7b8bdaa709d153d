from orchestration.unmapped.shapes import fitting_formats, shape_of, suggestion


def test_a_shape_tells_how_a_text_is_written_and_not_what_it_says() -> None:
    assert shape_of("3/14/2024 2:05 PM") == "99/99/9999 99:99 PM"
    assert shape_of("12/4/2024  11:45 am") == "99/99/9999 99:99 PM"
    assert shape_of("14. marts 2024") == "99. a 9999"
    assert shape_of("Pam Amsen 0101801234") == "a a 9999999999"
    assert len(shape_of("7 x, " * 100)) == 40


def test_a_format_is_told_by_a_day_above_12() -> None:
    assert fitting_formats(["3/4/2024 2:05 PM", "3/14/2024 2:05 AM"]) == ["%m/%d/%Y %I:%M %p"]
    assert fitting_formats(["3/4/2024 2:05", "14/3/2024 22:05"]) == ["%d/%m/%Y %H:%M"]
    assert fitting_formats(["2024/03/04"]) == ["%Y/%m/%d"]
    assert fitting_formats(["31.12.99 23.59.59"]) == ["%d.%m.%y %H.%M.%S"]
    assert fitting_formats(["2:05PM"]) == ["%I:%M%p"]


def test_what_the_texts_do_not_tell_is_not_guessed() -> None:
    told = suggestion(["3/4/2024", "5/6/2024"], [])
    assert told == 'the texts do not tell which: "%d/%m/%Y" or "%m/%d/%Y"'
    assert suggestion(["13/14/2024", "3/4/2024"], []) == ""
    assert suggestion(["3/14/2024", "14/3/2024"], []) == ""
    assert suggestion(["14 marts 2024"], []) == ""
    assert suggestion([], []) == ""


def test_a_format_that_contradicts_a_configured_one_takes_its_place() -> None:
    told = suggestion(["3/14/2024"], ["%Y-%m-%d", "%d/%m/%Y", "excel"])
    assert told == '"%m/%d/%Y" instead of "%d/%m/%Y"'
