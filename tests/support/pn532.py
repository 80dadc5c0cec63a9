"""A PN532 at the other end of a real pseudo terminal: bytes in, bytes out, a card in its field.

It takes frames apart and puts them together by itself, so that no mistake of the driver is made twice. Like
the chip it polls for ever until it is told otherwise, sleeps until it is woken, forgets a card whose key was
refused until it is listed again, and sends its last answer again when it is asked to.
"""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple

from icme_tui.cards.layout import BLOCK_SIZE
from icme_tui.codes import CardError
from icme_tui.devices import shelf
from icme_tui.devices.mifare import Classic1K, new_memory
from icme_tui.devices.simulated import torn

Fault = Literal[
    "no ack", "nack", "flipped", "always flipped", "half", "silent", "noise", "error frame", "asleep",
    "pulled", "pulled after", "status 02", "short read", "reset", "duplicate", "no answer",
    "late", "refused and pulled", "other chip", "slow",
]  # fmt: skip
"""What happens to a command. ``pulled``: the card leaves before it; ``pulled after``: once it is done."""

ACK = bytes.fromhex("0000FF00FF00")
NACK = bytes.fromhex("0000FFFF0000")
ERROR = bytes.fromhex("0000FF01FF7F8100")
LIST, EXCHANGE = 0x4A, 0x40
UID = bytes.fromhex("04A1B2C3")
SLOW_S = 0.06
"""How late everything comes from a host's USB that is busy."""
_REFUSALS = {"AUTH_REFUSED": b"\x14", "ACCESS_DENIED": b"\x13", "NOT_AUTHENTICATED": b"\x14"}


def frame(body: bytes) -> bytes:
    """A frame around TFI and what follows it."""
    return bytes([0, 0, 0xFF, len(body), 256 - len(body) & 0xFF]) + body + bytes([-sum(body) & 0xFF, 0])


class Laid(NamedTuple):
    """A card in the field."""

    tap: str
    """Another one for every time that a card is put there."""
    chip: Classic1K
    uid: bytes
    atqa: bytes = b"\x00\x04"
    sak: int = 0x08
    tail: bytes = b""
    """What follows the UID in the list, such as an ATS."""
    pull_after: int | None = None
    torn: shelf.Torn | None = None


class Bench:
    """Cards in memory, put into the field by a test."""

    def __init__(self) -> None:
        self.laid: Laid | None = None
        self._taps = 0

    def put(self, uid: bytes = UID, memory: bytearray | None = None, **kind: object) -> Classic1K:
        """Put a card into the field; a new, empty one unless its memory is given."""
        self._taps += 1
        chip = Classic1K(memory if memory is not None else new_memory(uid[-4:]), lambda block, data: None)
        self.laid = Laid(str(self._taps), chip, uid, **kind)  # type: ignore[arg-type]
        return chip

    def look(self) -> Laid | None:
        return self.laid

    def take(self) -> None:
        self.laid = None


class Shelf:
    """The folder of simulated cards, so that ``icme sim`` and other processes put cards into the field."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: Laid | None = None

    def look(self) -> Laid | None:
        present = shelf.on_reader(self.folder)
        if present is None:
            self._last = None
        elif self._last is None or self._last.tap != present.tap:
            chip = shelf.load(self.folder, present.card)
            self._last = Laid(present.tap, chip, chip.uid, pull_after=present.pull_after, torn=present.torn)
        return self._last

    def take(self) -> None:
        shelf.remove(self.folder)
        self._last = None


@dataclass
class Simulator:
    """A module behind ``device``, in a thread of its own. A context manager."""

    cards: Bench | Shelf = field(default_factory=Bench)
    faults: dict[int, Fault] = field(default_factory=dict)
    """By the number of the command, from 0 on; see ``commands``."""
    card_faults: dict[int, Fault] = field(default_factory=dict)
    """By the number of the command to a card, see ``card_commands``."""
    asleep: bool = True
    heard: list[bytes] = field(default_factory=list)
    """Every command, from its code on."""
    signs: list[str] = field(default_factory=list)
    """ACK and NACK of the host."""
    card_commands: int = 0

    def __post_init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.device = os.ttyname(self._slave)
        self._stop_read, self._stop_write = os.pipe()
        self._lock = threading.Lock()
        self._retries_for_ever = True
        self._auto_rats = True
        self._selected: Laid | None = None
        self._operations = 0
        self._tap = ""
        self._answer = b""
        self._fault: Fault | None = None
        self._late = b""
        self.unplugged = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        return f"pn532:{self.device}"

    @property
    def commands(self) -> int:
        return len(self.heard)

    def __enter__(self) -> Simulator:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.write(self._stop_write, b"x")
        self._thread.join()
        for handle in (self._stop_read, self._stop_write):
            os.close(handle)
        self._hang_up()

    def unplug(self) -> None:
        """Pull the cable."""
        with self._lock:
            self.unplugged = True
            self._hang_up()

    def switch_off_and_on(self) -> None:
        """The module loses its power, its serial adapter does not."""
        with self._lock:
            self._forget()

    def say(self, data: bytes) -> None:
        """Send bytes that nobody asked for."""
        self._send(data)

    def _forget(self) -> None:
        self.asleep = self._retries_for_ever = self._auto_rats = True
        self._selected = None

    def _hang_up(self) -> None:
        for handle in (self._slave, self._master):
            if handle >= 0:
                os.close(handle)
        self._slave = self._master = -1

    def _serve(self) -> None:
        stream = b""
        while True:
            master = self._master
            ready, _, _ = select.select([self._stop_read, *([master] if master >= 0 else [])], [], [], 0.05)
            if self._stop_read in ready:
                return
            if master not in ready:
                continue
            with self._lock:
                if self._master < 0:
                    continue
                try:
                    stream += os.read(self._master, 4096)
                except OSError:
                    continue
                stream = self._take(stream)

    def _take(self, stream: bytes) -> bytes:
        """Act on the whole frames of a stream; what is left of it."""
        while True:
            if self.asleep and (woken := stream.find(b"\x55\x55")) >= 0:
                self.asleep = False
                stream = stream[woken + 2 :]
            begin = stream.find(b"\x00\xff")
            if begin < 0 or len(stream) < begin + 4:
                return stream
            head, rest = stream[begin + 2 : begin + 4], stream[begin + 4 :]
            if head in (b"\x00\xff", b"\xff\x00"):
                stream = rest
                self._signed(head == b"\x00\xff")
                continue
            length = head[0]
            assert (head[0] + head[1]) & 0xFF == 0, "the host sent a wrong length"
            if len(rest) < length + 1:
                return stream
            body, check, stream = rest[:length], rest[length], rest[length + 1 :]
            assert (sum(body) + check) & 0xFF == 0, "the host sent a wrong sum"
            assert body[0] == 0xD4
            if not self.asleep:
                self._command(body[1:])

    def _signed(self, positive: bool) -> None:
        self.signs.append("ACK" if positive else "NACK")
        if not positive:
            self._send(self._damaged_again())

    def _damaged_again(self) -> bytes:
        return flipped(self._answer) if self._fault == "always flipped" else self._answer

    def _command(self, command: bytes) -> None:
        number = len(self.heard)
        self.heard.append(command)
        to_card = command[0] == EXCHANGE
        self._fault = self.faults.pop(number, None)
        if to_card:
            self._fault = self.card_faults.pop(self.card_commands, self._fault)
            self.card_commands += 1
        fault = self._fault
        if fault == "asleep":
            self._forget()
            return
        if fault == "silent":
            return
        if fault == "nack":
            self._send(NACK)
            return
        if fault == "reset":
            self._forget()
            self.asleep = False
        if fault == "slow":
            time.sleep(SLOW_S)
        if fault == "pulled":
            self.cards.take()
        self._send(self._late)
        self._late = b""
        if fault != "no ack":
            self._send((b"\x13\x00\xff\x20\x07" if fault == "noise" else b"") + ACK)
        if fault == "error frame":
            self._send(ERROR)
            return
        answer = self._carry_out(command[0], command[1:])
        if answer is None or fault == "no answer":
            return
        if fault == "refused and pulled":
            self.cards.take()
            answer = b"\x14"
        if fault == "other chip":
            answer = b"\x07\x01"
        if fault == "pulled after":
            self.cards.take()
            answer = b"\x01" if to_card else answer
        if fault == "status 02":
            answer = b"\x02"
        if fault == "short read":
            answer = answer[:-1]
        self._answer = frame(bytes([0xD5, command[0] + 1]) + answer)
        if fault == "late":
            self._late = self._answer
            return
        self._send(
            {
                "flipped": flipped(self._answer),
                "always flipped": flipped(self._answer),
                "half": self._answer[: len(self._answer) // 2],
                "noise": b"\x00\xff\x01\xaa" + self._answer,
                "duplicate": self._answer + self._answer,
            }.get(fault or "", self._answer)
        )

    def _carry_out(self, code: int, data: bytes) -> bytes | None:
        """The answer behind its code; None where there is none."""
        if code == 0x02:
            return bytes.fromhex("32010607")
        if code == 0x14:
            return b""
        if code == 0x12:
            self._auto_rats = bool(data[0] & 0x10)
            return b""
        if code == 0x32:
            if data[0] == 0x05:
                self._retries_for_ever = data[3] == 0xFF
            elif data[0] == 0x01 and not data[1] & 1:
                self._selected = None
            return b""
        if code == LIST:
            return self._list()
        if code == EXCHANGE:
            return self._exchange(data)
        return b"\x12"

    def _list(self) -> bytes | None:
        laid = self.cards.look()
        self._selected = laid
        if laid is None:
            return None if self._retries_for_ever else b"\0"
        if laid.tap != self._tap:
            self._tap, self._operations = laid.tap, 0
        laid.chip.select()
        return b"\x01\x01" + laid.atqa + bytes([laid.sak, len(laid.uid)]) + laid.uid + laid.tail

    def _exchange(self, data: bytes) -> bytes:
        target, command = data[0], data[1:]
        laid, present = self._selected, self.cards.look()
        if laid is None or target != 1:
            return b"\x27"
        if present is None or present.tap != laid.tap:
            self._selected = None
            return b"\x01"
        if self._auto_rats and laid.sak & 0x20:
            return b"\x13"
        if laid.chip.halted:
            return b"\x01"
        due = laid.pull_after is not None and self._operations >= laid.pull_after
        self._operations += 1
        try:
            if due:
                self._tear(laid, command)
                self.cards.take()
                return b"\x01"
            return b"\x00" + perform(laid, command)
        except CardError as error:
            return _REFUSALS[error.code]

    def _tear(self, laid: Laid, command: bytes) -> None:
        if command[0] == 0xA0 and laid.torn is not None:
            old, new = laid.chip.peek(command[1]), laid.chip.written(command[1], command[2:])
            laid.chip.put(command[1], torn(old, new, laid.torn))

    def _send(self, data: bytes) -> None:
        if self._master >= 0:
            os.write(self._master, data)


def perform(laid: Laid, command: bytes) -> bytes:
    """What a card answers to a command. Raises CardError."""
    code, block = command[0], command[1]
    if code in (0x60, 0x61):
        assert len(command) == 12
        if command[8:] != laid.uid[-4:]:
            raise CardError("AUTH_REFUSED")
        laid.chip.authenticate(block, "A" if code == 0x60 else "B", command[2:8])
        return b""
    if code == 0x30:
        assert len(command) == 2
        return laid.chip.read(block)
    assert code == 0xA0
    assert len(command) == 2 + BLOCK_SIZE
    laid.chip.write(block, command[2:])
    return b""


def flipped(data: bytes) -> bytes:
    """With a bit in the middle the other way."""
    middle = len(data) - 3
    return data[:middle] + bytes([data[middle] ^ 0x10]) + data[middle + 1 :]
