"""Project numbers in their many spellings."""

from __future__ import annotations

import pytest

from icme_tui.rules.projectnumber import normalise, parse


@pytest.mark.parametrize(
    "text",
    [
        "2021-04-08-186(国)",
        "2021-04-08-186（国）",
        "２０２１－０４－０８－１８６（国）",
        " 2021–04—08−186 (国) ",
        "2021‐04‑08-186\u200b(国)",
    ],
)
def test_one_spelling(text: str) -> None:
    number = parse(text)
    assert number.text == "2021-04-08-186(国)"
    assert (number.year, number.discipline, number.sub_discipline) == (2021, "04", "08")
    assert (number.sequence, number.level, number.temporary) == ("186", "national", False)


def test_bracket_may_be_missing() -> None:
    assert parse("2017-09-02-144").level == ""
    assert parse("2017-09-02-1440").sequence == "1440"


def test_a_provincial_number_without_dashes() -> None:
    number = parse("20251801018")
    assert (number.year, number.discipline, number.sub_discipline, number.sequence) == (
        2025,
        "18",
        "01",
        "018",
    )


def test_temporary_numbers_begin_with_l() -> None:
    assert parse("l2024-17").temporary
    assert parse("l2024-17").text == "L2024-17"


@pytest.mark.parametrize(
    "text", ["", "  ", "苏继教2014-9", "2021-4-8-186(国)", "1999-04-08-186(国)", "٢٠٢١-04-08-186"]
)
def test_other_forms_are_text(text: str) -> None:
    number = parse(text)
    assert number.year is None
    assert number.text == normalise(text)
    assert normalise(number.text) == number.text
