"""Whatever a card, a reader or the service answers: a presentation raises nothing but its own errors, and an
error never looks like success."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.cards import access
from icme_tui.codes import CardError, ReaderError
from icme_tui.devices.mifare import Classic1K, new_memory
from icme_tui.devices.pcsc import presentation
from icme_tui.devices.pcsc.apdu import Answer, KeyWay
from icme_tui.devices.pcsc.presentation import Presentation
from icme_tui.devices.pcsc.profiles import TRIED, profile_of
from icme_tui.devices.pcsc.reader import PcscReader
from icme_tui.devices.pcsc.scard import TIMEOUT, ReaderState, StatusError
from icme_tui.devices.pcsc.watch import Watch
from icme_tui.devices.traffic import Traffic

KNOWN = {
    "CARD_GONE", "CARD_RESET", "CARD_ANSWER", "AUTH_REFUSED", "NOT_AUTHENTICATED", "ACCESS_DENIED",
    "READER_LOST", "READER_KEYS",
}  # fmt: skip
GOOD = b"\x90\x00"

answers = st.one_of(
    st.sampled_from([GOOD, b"\x63\x00", b"\x69\x82", b"\x6d\x00", b"", b"\x90", bytes(16) + GOOD]),
    st.binary(max_size=20),
    st.sampled_from([0x80100069, 0x80100068, 0x8010001D, 0x80100016, -1, 0x80100001, 0x12345678]).map(
        StatusError
    ),
)
scripts = st.lists(answers, max_size=25)
works = st.lists(st.sampled_from(["authenticate", "read", "write", "write"]), min_size=1, max_size=5)


class Scripted:
    """A connection that answers what a list says, then that the card has gone."""

    def __init__(self, script: list[bytes | StatusError]) -> None:
        self._script = [b"\x04\x00\x00\x01" + GOOD, *script]
        self.ended = 0

    def transmit(self, command: bytes) -> bytes:
        answer = self._script.pop(0) if self._script else StatusError(0x80100069)
        if isinstance(answer, StatusError):
            raise answer
        return answer

    def reset(self) -> None:
        if self._script and isinstance(self._script[0], StatusError):
            raise self._script.pop(0)

    def end(self, reset: bool) -> None:
        self.ended += 1


class Ways:
    known: KeyWay | None = None

    def to_try(self) -> tuple[KeyWay, ...]:
        return TRIED

    def worked(self, way: KeyWay) -> None:
        self.known = way


QUIET = Traffic(SimpleNamespace(isEnabledFor=lambda level: False))  # type: ignore[arg-type]


def present(script: list[bytes | StatusError]) -> tuple[Presentation, Scripted]:
    card = Scripted(script)
    return Presentation(card, "reader", Ways(), QUIET), card  # type: ignore[arg-type]


def do(shown: Presentation, what: str) -> None:
    acts: dict[str, Callable[[], object]] = {
        "authenticate": lambda: shown.authenticate(7, "A", bytes(6)),
        "read": lambda: shown.read(4),
        "write": lambda: shown.write(4, bytes(16)),
    }
    acts[what]()


def require_own_errors(script: list[bytes | StatusError], todo: list[str]) -> None:
    shown, card = present(script)
    codes = set()
    for what in todo:
        try:
            do(shown, what)
        except (CardError, ReaderError) as error:
            codes.add(error.code)
    assert codes <= KNOWN
    if shown.is_cut:
        assert card.ended == 1
    shown.end()
    shown.end()
    assert card.ended == 1


@given(scripts, works)
def test_any_answer_ends_in_an_error_of_ours_or_in_success(
    script: list[bytes | StatusError], todo: list[str]
) -> None:
    require_own_errors(script, todo)


def test_the_control_an_answer_that_is_not_looked_at_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presentation.apdu, "parse", lambda raw: Answer(raw[:-2], raw[-2] << 8 | raw[-1]))
    with pytest.raises(IndexError):
        require_own_errors([GOOD, GOOD, b""], ["authenticate", "read"])


@given(answers.filter(lambda answer: answer != bytes(16) + GOOD))
def test_only_sixteen_bytes_and_success_are_a_read(answer: bytes | StatusError) -> None:
    shown, _card = present([answer])
    if isinstance(answer, bytes) and len(answer) == 18 and answer[-2:] == GOOD:
        assert shown.read(4) == answer[:16]
    else:
        with pytest.raises(CardError):
            shown.read(4)


@given(answers.filter(lambda answer: answer[-2:] != GOOD if isinstance(answer, bytes) else True))
def test_no_failure_is_taken_for_a_write(answer: bytes | StatusError) -> None:
    shown, _card = present([answer])
    with pytest.raises(CardError):
        shown.write(4, bytes(16))


class ByType:
    """A reader of SCM or Identiv: P2 60 is for keys A, 61 for keys B; some know 60 only."""

    def __init__(self, slots: tuple[int, ...] = (0x60, 0x61)) -> None:
        self.chip = Classic1K(new_memory(b"\x04\x00\x00\x01"), lambda block, data: None)
        self.chip.put(7, access.trailer(KEY_A, access.OURS, 0x69, KEY_B))
        self.slots = slots
        self.keys: dict[int, bytes] = {}
        self.escaped: list[bytes] = []
        self.seen: list[bytes] = []

    def transmit(self, command: bytes) -> bytes:
        self.seen.append(command)
        if command[1] == 0xCA:
            return self.chip.uid + GOOD
        if command[1] == 0x82:
            if command[2] != 0 or command[3] not in self.slots:
                return b"\x69\x88"
            self.keys[command[3]] = command[5:]
            return GOOD
        if command[1] == 0x86 and command[9] == 0x01:
            kind = command[8] if len(self.slots) > 1 else 0x60
            try:
                self.chip.authenticate(
                    command[7], "A" if command[8] == 0x60 else "B", self.keys.get(kind, b"")
                )
            except CardError:
                return b"\x69\x86"
            return GOOD
        return b"\x6d\x00"

    def escape(self, command: bytes) -> bytes:
        self.escaped.append(command)
        return b""

    def reset(self) -> None:
        self.chip.select()

    def end(self, reset: bool) -> None:
        pass


KEY_A, KEY_B = b"key  A", b"key  B"


@pytest.mark.parametrize("slots", [(0x60, 0x61), (0x60,)])
@pytest.mark.parametrize("ways", [TRIED, profile_of("uTrust 3700 F CL Reader").ways])
def test_keys_of_both_types_open_a_card_at_a_reader_that_keeps_them_apart(
    slots: tuple[int, ...], ways: tuple[KeyWay, ...]
) -> None:
    card, known = ByType(slots), Ways()
    known.to_try = lambda: ((known.known,) if known.known else ()) + ways  # type: ignore[method-assign]
    shown = Presentation(card, "reader", known, QUIET)  # type: ignore[arg-type]
    for key_type, key in (("A", KEY_A), ("B", KEY_B), ("A", KEY_A), ("B", KEY_B)):
        shown.authenticate(7, key_type, key)  # type: ignore[arg-type]
    for key_type, key in (("A", KEY_B), ("B", KEY_A)):
        with pytest.raises(CardError, match="AUTH_REFUSED"):
            shown.authenticate(7, key_type, key)  # type: ignore[arg-type]


def test_commands_that_a_card_would_take_for_its_own_never_go_to_the_card() -> None:
    card = ByType()
    reader = PcscReader.__new__(PcscReader)
    reader._shown = Presentation(card, "reader", Ways(), QUIET)  # type: ignore[arg-type]
    reader._profile = profile_of("ACS ACR1252 1S CL Reader [PICC] 00 00")
    reader._traffic, reader._is_mute = QUIET, False
    asked = list(card.seen)
    reader.signal("accepted")
    assert (card.escaped, card.seen) == ([bytes.fromhex("E0000028010A")], asked)


def test_a_service_that_counts_readers_is_not_asked_without_a_pause() -> None:
    """That of Windows tells the number of readers at once, until it is given back."""
    asked: list[int] = []

    def changes(known: list[tuple[str, int]], timeout_s: float) -> list[ReaderState]:
        (name, state), (plug, count) = known
        asked.append(count)
        if state and count == 2 << 16:
            time.sleep(timeout_s)
            raise StatusError(TIMEOUT)
        return [ReaderState(name, 0x12, b""), ReaderState(plug, 2 << 16 | 0x02, b"")]

    watch = Watch.__new__(Watch)
    watch.reader, watch._known, watch._plugged = "reader", 0, 0
    watch._context = SimpleNamespace(changes=changes)  # type: ignore[assignment]
    watch.look()
    assert watch.change(time.monotonic() + 0.02) is None
    assert len(asked) <= 3
