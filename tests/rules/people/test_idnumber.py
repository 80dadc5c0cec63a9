"""ID numbers: what is mended, what is refused, and what is shown."""

from __future__ import annotations

import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.rules.people import idnumber
from icme_tui.rules.people.idnumber import IdNumber, mask, read_id_number, sex

TODAY = date(2026, 9, 25)
GOOD = "34020219811018951X"

REGIONS = st.sampled_from(["110101", "320102", "340202", "440103", "310101"])
BIRTHS = st.dates(date(1930, 1, 1), date(2008, 1, 1))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    body = f"{draw(REGIONS)}{draw(BIRTHS):%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return body + idnumber.check_digit(body)


def code_of(cell: object) -> str:
    return read_id_number(cell, TODAY).error  # type: ignore[arg-type]


def test_the_numbers_of_the_standard() -> None:
    # GB 11643-1999, and its usual examples: a woman and a man.
    assert read_id_number("11010519491231002X", TODAY).number == "11010519491231002X"
    assert sex("11010519491231002X") == 2
    assert read_id_number("440524188001010014", TODAY).error == "ID_DATE"  # sound, but 146 years old
    assert sex("440524188001010014") == 1


@pytest.mark.parametrize(
    "written",
    [
        "34020219811018951x",
        "　３４０２０２１９８１１０１８９５１Ｘ ",
        "'34020219811018951X",
        '="34020219811018951X"',
        "340202-19811018-951X",
        "340202 19811018 951X",
        "34020219811018951X\t\u200b\ufeff",
    ],
)
def test_what_people_write_is_normalised(written: str) -> None:
    assert read_id_number(written, TODAY) == IdNumber(GOOD)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "ID_MISSING"),
        (3.20102198001019e17, "ID_ROUNDED"),
        (320102198001010190, "ID_ROUNDED"),
        ("3.20102198001019E+17", "ID_SCIENTIFIC"),
        ("3.20102E+17", "ID_SCIENTIFIC"),
        ("3.2e17", "ID_SCIENTIFIC"),
        ("310101197301109000", "ID_ZEROED"),
        ("320102196610159221", "ID_CHECK"),
        ("34020219811318951X", "ID_DATE"),
        ("3402022981101895X", "ID_FORM"),
        ("340202198110189", "ID_DATE"),
        ("=HYPERLINK(1)", "ID_FORM"),
        ("E1234567", "ID_FORM"),
        ("٣٤٠٢٠٢١٩٨١١٠١٨٩٥١٣", "ID_FORM"),
        (True, "ID_FORM"),
    ],
)
def test_what_is_refused(cell: object, code: str) -> None:
    found = read_id_number(cell, TODAY)  # type: ignore[arg-type]
    assert (found.number, found.error) == ("", code)


def test_a_number_of_fifteen_digits_gets_its_century_and_check_digit() -> None:
    found = read_id_number("340202811018951", TODAY)
    assert found == IdNumber(GOOD, "", ("ID_OLD_FORM",))
    assert read_id_number(340202811018951.0, TODAY) == found  # a spreadsheet keeps fifteen digits


def test_a_region_that_is_not_known_is_a_warning() -> None:
    body = "99999919811018951"
    found = read_id_number(body + idnumber.check_digit(body), TODAY)
    assert found.warnings == ("ID_REGION",)
    assert not found.error


@pytest.mark.parametrize("region", ["810000", "830000", "932682"])
def test_residence_permits_are_known(region: str) -> None:
    assert idnumber.is_known_region(region)


def test_a_sound_number_that_ends_like_a_rounded_one_is_a_warning() -> None:
    body = next(
        f"320102{date(1960, 1, 1) + timedelta(days=day):%Y%m%d}{first}00"
        for day in range(5000)
        for first in range(1, 10)
        if idnumber.check_digit(f"320102{date(1960, 1, 1) + timedelta(days=day):%Y%m%d}{first}00") == "0"
    )
    assert read_id_number(body + "0", TODAY).warnings == ("ID_ZEROS",)


@given(numbers(), st.integers(0, 17), st.sampled_from(string.digits))
def test_no_single_wrong_digit_passes(number: str, place: int, digit: str) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    if wrong != number:
        assert read_id_number(wrong, TODAY).error


@given(numbers(), st.integers(0, 15))
def test_no_two_digits_change_places(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        assert read_id_number(swapped, TODAY).error


def test_a_wrong_weight_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control of the two properties: with a sum of digits for a check digit, changes of place pass."""
    monkeypatch.setattr(idnumber, "check_digit", lambda body: str(sum(map(int, body)) % 10))
    body = "32010219810315012"
    number = body + idnumber.check_digit(body)
    swapped = number[:15] + number[16] + number[15] + number[17:]
    assert swapped != number
    assert not read_id_number(swapped, TODAY).error


@given(numbers())
def test_full_width_and_blanks_change_nothing(number: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert read_id_number(f" {wide[:6]}　{wide[6:]}\n", TODAY) == read_id_number(number, TODAY)


def test_masks() -> None:
    assert mask(GOOD) == "3402**********951X"
    assert mask("12345") == "12***"
    assert mask("1") == "*"
    assert mask("") == ""


@given(st.text(min_size=3, max_size=40))
def test_a_mask_hides_the_middle_and_keeps_the_length(text: str) -> None:
    shown = mask(text)
    assert len(shown) == len(text)
    assert shown.count("*") >= min(len(text) - 2, max(4, len(text) - 8))


def test_a_number_is_not_in_a_repr() -> None:
    assert GOOD not in repr(read_id_number(GOOD, TODAY))
