"""The simulated reader over a folder of cards."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from icme_tui.cards.access import TRANSPORT_KEY
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices import shelf
from icme_tui.devices.opening import open_reader, require_address
from icme_tui.devices.port import CardSeen
from icme_tui.devices.simulated import NO_TIME, USB_READER, SimulatedReader

NEW = b"new bytes of 16."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("zhang", "wang"):
        shelf.new_card(tmp_path / "cards", name)
    return tmp_path / "cards"


def on(folder: Path, name: str = "zhang", **how: object) -> SimulatedReader:
    """A reader with a card on it, selected."""
    shelf.tap(folder, name, **how)  # type: ignore[arg-type]
    reader = SimulatedReader(folder, NO_TIME)
    assert reader.wait_for_card(0) is not None
    return reader


def test_a_card_is_seen_where_it_lies_and_gone_when_it_is_taken(folder: Path) -> None:
    reader = SimulatedReader(folder, NO_TIME)
    assert reader.wait_for_card(0) is None
    assert reader.wait_for_removal(0)
    shelf.tap(folder, "zhang")
    assert reader.wait_for_card(0) == CardSeen(shelf.uid_for("zhang"), "mifare-classic-1k")
    assert not reader.wait_for_removal(0)
    assert shelf.remove(folder)
    assert not shelf.remove(folder)
    with pytest.raises(CardError, match="CARD_GONE"):
        reader.read(4)
    assert reader.wait_for_removal(0)


def test_another_tap_is_another_presentation(folder: Path) -> None:
    reader = on(folder)
    shelf.tap(folder, "zhang")
    with pytest.raises(CardError, match="CARD_GONE"):
        reader.authenticate(4, "A", TRANSPORT_KEY)
    assert reader.wait_for_removal(0)


def test_what_is_written_is_there_for_the_next_reader(folder: Path) -> None:
    reader = on(folder)
    reader.authenticate(4, "A", TRANSPORT_KEY)
    reader.write(4, NEW)
    other = on(folder)
    other.authenticate(4, "A", TRANSPORT_KEY)
    assert other.read(4) == NEW
    assert other.operations == 2


def test_after_a_wrong_key_the_reader_selects_the_card_again(folder: Path) -> None:
    reader = on(folder)
    with pytest.raises(CardError, match="AUTH_REFUSED"):
        reader.authenticate(4, "A", b"wrong!")
    reader.authenticate(4, "A", TRANSPORT_KEY)
    assert reader.read(4) == bytes(16)


def test_a_card_can_be_pulled_after_some_operations(folder: Path) -> None:
    reader = on(folder, pull_after=2)
    reader.authenticate(4, "A", TRANSPORT_KEY)
    reader.read(4)
    with pytest.raises(CardError, match="CARD_GONE"):
        reader.write(4, NEW)
    assert shelf.on_reader(folder) is None
    assert (folder / "zhang.mfd").read_bytes()[64:80] == bytes(16)
    assert reader.wait_for_removal(0)


@pytest.mark.parametrize(
    ("kind", "left"), [("old", bytes(16)), ("new", NEW), ("zero", bytes(16)), ("mixed", NEW[:8] + bytes(8))]
)
def test_a_write_can_be_torn(folder: Path, kind: str, left: bytes) -> None:
    reader = on(folder, pull_after=1, torn=kind)
    reader.authenticate(4, "A", TRANSPORT_KEY)
    with pytest.raises(CardError, match="CARD_GONE"):
        reader.write(4, NEW)
    assert (folder / "zhang.mfd").read_bytes()[64:80] == left


def test_a_write_that_the_card_would_refuse_is_not_torn(folder: Path) -> None:
    reader = on(folder, pull_after=0, torn="new")
    with pytest.raises(CardError, match="NOT_AUTHENTICATED"):
        reader.write(4, NEW)
    assert (folder / "zhang.mfd").read_bytes()[64:80] == bytes(16)


def test_a_card_lives_on_when_the_program_is_killed(folder: Path) -> None:
    """What was written before the kill is there; nothing else changed."""
    shelf.tap(folder, "wang")
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from icme_tui.devices.simulated import NO_TIME, SimulatedReader\n"
        "reader = SimulatedReader(Path(sys.argv[1]), NO_TIME); reader.wait_for_card(0)\n"
        "reader.authenticate(4, 'A', b'\\xff' * 6); reader.write(4, b'new bytes of 16.')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    before = (folder / "wang.mfd").read_bytes()
    done = subprocess.run([sys.executable, "-c", script, str(folder)], check=False)
    assert done.returncode == -9
    assert (folder / "wang.mfd").read_bytes() == before[:64] + NEW + before[80:]


def test_cards_are_listed_by_name_with_uids_that_are_always_the_same(folder: Path) -> None:
    assert shelf.list_cards(folder) == [
        ("wang", shelf.uid_for("wang")),
        ("zhang", shelf.uid_for("zhang")),
    ]
    uids = {shelf.uid_for(f"card{i}") for i in range(5000)}
    assert len(uids) > 4998
    assert not {uid[0] for uid in uids} & {0x00, 0x08, 0x88}


def test_names_and_files(folder: Path) -> None:
    shelf.tap(folder, "zhang")
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert shelf.new_card(folder, "given", bytes(range(4))) == bytes(range(4))
    for name, code in (("zhang", "SIM_EXISTS"), ("../x", "SIM_NAME"), (".x", "SIM_NAME")):
        with pytest.raises(ReaderError, match=code):
            shelf.new_card(folder, name)
    with pytest.raises(ReaderError, match="SIM_UNKNOWN"):
        shelf.tap(folder, "nobody")


def test_readers_are_opened_by_address(folder: Path) -> None:
    reader = open_reader(f"sim:{folder}?pace=0")
    shelf.tap(folder, "zhang")
    assert reader.wait_for_card(0) is not None
    reader.close()
    assert isinstance(open_reader(f"sim:{folder}"), SimulatedReader)
    for address in ("", "sim:", "usb:1", "sim:cards?pace=fast"):
        with pytest.raises(ReaderError, match="READER_ADDRESS"):
            open_reader(address)


def test_the_default_timing_is_a_good_usb_reader() -> None:
    assert 2 * USB_READER.authenticate + 6 * USB_READER.read + 4 * USB_READER.write == pytest.approx(0.1)


def test_a_reader_is_given_to_one_program_at_a_time(tmp_path: Path) -> None:
    shelf.new_card(tmp_path, "card")
    address = f"sim:{tmp_path}?pace=0"
    first = open_reader(address)
    with pytest.raises(ReaderError, match="READER_IN_USE") as refused:
        open_reader(address)
    assert refused.value.detail == {"reader": f"sim:{tmp_path.name}"}
    require_address(address)
    first.close()
    second = open_reader(address)
    del second
    open_reader(address).close()
