"""Whatever a card, a reader or the service answers: a presentation raises nothing but its own errors, and an
error never looks like success."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.codes import CardError, ReaderError
from icme_tui.devices.pcsc import presentation
from icme_tui.devices.pcsc.apdu import Answer, KeyWay
from icme_tui.devices.pcsc.presentation import Presentation
from icme_tui.devices.pcsc.profiles import TRIED
from icme_tui.devices.pcsc.scard import StatusError
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


def present(script: list[bytes | StatusError]) -> tuple[Presentation, Scripted]:
    card = Scripted(script)
    silent = Traffic(SimpleNamespace(isEnabledFor=lambda level: False))  # type: ignore[arg-type]
    return Presentation(card, "reader", Ways(), silent), card  # type: ignore[arg-type]


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
