"""The recovery sheet is read back from its file, from what somebody typed, and from its printed QR codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.bundles import age
from icme_tui.bundles.keys import SigningKey
from icme_tui.codes import IcmeError
from icme_tui.commands.keywords import sheet_notes
from icme_tui.operations import keysheet, qr
from icme_tui.operations.keysheet import Sheet
from tests.support.tools import output_of, tool

DIGITS = "12345 " * 5 + "67890"
SHEET = Sheet(age.Identity.generate(), SigningKey.from_seed(bytes(range(32))), bytes(range(16)), DIGITS)
TEXT = keysheet.text(SHEET, "OFFICE", "cme.example", sheet_notes())


def same(one: Sheet, other: Sheet) -> bool:
    return (one.recovery.secret(), one.next_key.public, one.card_seed, one.office) == (
        other.recovery.secret(),
        other.next_key.public,
        other.card_seed,
        other.office,
    )


def test_it_comes_back_from_its_file() -> None:
    assert same(keysheet.parse(TEXT), SHEET)


def test_it_fits_a_terminal_and_shows_nothing_of_itself() -> None:
    assert max(len(line) for line in TEXT.splitlines()) <= 80
    secrets = (SHEET.recovery.secret(), SHEET.card_seed.hex(), "ICME")
    assert not any(secret in repr(SHEET) for secret in secrets)


def test_it_comes_back_from_what_was_typed() -> None:
    found = keysheet.parse("ICME-OFFICE-1 " + SHEET.office + "\n" + _only_secrets())
    assert same(found, SHEET)


def _only_secrets() -> str:
    """As somebody types it: small letters, blanks for hyphens, 0 and 1 for O and I, lines where it suits."""
    lines = [line.removeprefix("# ") for line in TEXT.splitlines() if not set(line) & set("▀▄█")]
    at = next(number for number, line in enumerate(lines) if line.startswith("ICME-NEXT"))
    card = next(number for number, line in enumerate(lines) if line.startswith("ICME-CARD"))
    following = "\n".join(lines[at : at + 4]).split("#")[0]
    last = "\n".join(lines[card : card + 3])
    mangled = [part.lower().replace("-", "  ") for part in (following, last)]
    return "\n".join((SHEET.recovery.secret().lower(), *mangled))


@given(st.data())
def test_a_letter_that_was_misread_is_noticed(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["ICME-NEXT-KEY-1", "ICME-CARD-KEY-1"]))
    lines = TEXT.splitlines()
    at = next(number for number, line in enumerate(lines) if name in line) + 1
    row = lines[at]
    places = [i for i, letter in enumerate(row) if letter.isalnum()]
    place = data.draw(st.sampled_from(places))
    others = sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") - {row[place]})
    letter = data.draw(st.sampled_from(others))
    lines[at] = row[:place] + letter + row[place + 1 :]
    with pytest.raises(IcmeError, match="SHEET_BAD"):
        keysheet.parse("\n".join(lines))


@pytest.mark.parametrize("part", ["AGE-SECRET-KEY-1", "ICME-NEXT-KEY-1", "ICME-CARD-KEY-1"])
def test_a_part_that_is_missing_is_named(part: str) -> None:
    with pytest.raises(IcmeError) as refusal:
        keysheet.parse(TEXT.replace(part, "cut"))
    assert refusal.value.code == "SHEET_BAD"
    assert refusal.value.detail["part"] == part


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_sheet_or_refused(typed: str) -> None:
    with pytest.raises(IcmeError):
        keysheet.parse(typed)


def picture(lines: list[str], *, on_dark: bool) -> bytes:
    """The printed lines as a picture (netpbm P1), eight dots a module: black where there is ink on paper."""
    ink = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    width = max(map(len, lines))
    rows = []
    for line in lines:
        halves = [ink[letter] for letter in line.ljust(width)]
        rows += [[half[0] ^ on_dark for half in halves], [half[1] ^ on_dark for half in halves]]
    dots = [[dot for dot in row for _ in range(8)] for row in rows for _ in range(8)]
    text = "\n".join(" ".join(map(str, row)) for row in dots)
    return f"P1\n{len(dots[0])} {len(dots)}\n{text}\n".encode()


@pytest.mark.integration
@pytest.mark.parametrize("on_dark", [False, True])
def test_a_scanner_reads_what_was_printed(tmp_path: Path, on_dark: bool) -> None:
    tool("zbarimg")
    secret = SHEET.recovery.secret()
    file = tmp_path / "code.pbm"
    file.write_bytes(picture(qr.lines(secret, on_dark=on_dark), on_dark=on_dark))
    assert output_of("zbarimg", "-q", "--raw", file).decode().strip() == secret


@pytest.mark.integration
def test_the_codes_of_the_sheet_hold_what_stands_beside_them(tmp_path: Path) -> None:
    tool("zbarimg")
    blocks: list[list[str]] = [[]]
    for line in TEXT.splitlines():
        if set(line) & set("▀▄█"):
            blocks[-1].append(line.removeprefix("# "))
        elif blocks[-1]:
            blocks.append([])
    scanned = []
    for number, block in enumerate(each for each in blocks if each):
        file = tmp_path / f"{number}.pbm"
        file.write_bytes(picture([*[""] * 2, *block, *[""] * 2], on_dark=False))
        scanned.append(output_of("zbarimg", "-q", "--raw", file).decode().strip())
    assert same(keysheet.parse(f"ICME-OFFICE-1 {SHEET.office}\n" + "\n".join(scanned)), SHEET)


def test_a_half_block_is_two_modules() -> None:
    lines = qr.lines("A" * 20)
    assert len({len(line) for line in lines}) == 1
    assert set("".join(lines)) <= set(" ▀▄█")
    assert lines[0].strip() == "", "the quiet zone"
    assert set("".join(qr.lines("A" * 20, on_dark=True))[0]) == {"█"}
    with pytest.raises(ValueError, match="large"):
        qr.lines("A" * 5000)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))
def test_any_secret_comes_back(card: bytes, seed: bytes) -> None:
    sheet = SHEET._replace(card_seed=card, next_key=SigningKey.from_seed(seed))
    found = keysheet.parse(keysheet.text(sheet, "OFFICE", "cme.example"))
    assert same(found, sheet)


@pytest.mark.integration
def test_age_takes_the_sheet_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "sheet.txt"
    file.write_text(TEXT)
    cipher = age.encrypt(b"hello", [SHEET.recovery.public])
    assert output_of("age", "-d", "-i", file, stdin=cipher) == b"hello"
