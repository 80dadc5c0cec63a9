"""A real pcscd with virtual readers of its own, which can be killed and started again.

The daemon runs in a mount namespace where ``/run/pcscd`` is a folder of the test, so that nobody else's
daemon is touched; clients find it by ``PCSCLITE_CSOCK_NAME``. Where there are no namespaces (containers), it
is the machine's own folder, and tests take turns. The driver is that of vsmartcard (vpcd): each
of its slots listens on a port, and a card is a program that connects to it: messages of two bytes of length
and a body, where the bodies 0, 1, 2 and 4 mean power off, power on, reset and ATR, and others are APDUs.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest

from tests.support.vpcd_card import Pulled, StorageCard

PLAIN = "Virtual PCD"
ACS = "ACS ACR122U PICC Interface"
NAMES = (PLAIN, ACS, "ACS ACR1252 Reader SAM")
"""Names of the readers: drivers and profiles know a reader by nothing else."""

LIBRARY = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SYSTEM = Path("/run/pcscd")
"""Where the daemon's socket lies; it is compiled in."""
NAMESPACE = ("unshare", "--map-root-user", "--mount")
LONGEST_S = 15.0
SLOTS = 2
"""Of one virtual reader."""

_OFF, _ON, _RESET, _ATR = b"\x00", b"\x01", b"\x02", b"\x04"


def missing() -> str:
    """What these tests need and is not here; empty if nothing is missing."""
    try:
        import smartcard.scard  # noqa: F401
    except ImportError:
        return "pyscard"
    if shutil.which("pcscd") is None:
        return "pcscd"
    return "" if LIBRARY.exists() else "vsmartcard-vpcd"


@cache
def own_socket() -> Path:
    """Where the daemon of this process listens."""
    try:
        is_private = subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode == 0
    except OSError:
        is_private = False
    folder = Path(tempfile.mkdtemp(prefix="icme-pcscd-")) if is_private else SYSTEM
    if is_private:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "pcscd.comm"


def keep_to_own_daemon() -> None:
    """Let this process know no other daemon than its own: the library looks for the socket's name once."""
    if missing():
        return
    from smartcard import scard

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PCSCLITE_CSOCK_NAME", str(own_socket()))
        scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)


class Slot:
    """The field of one virtual reader."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.port = port
        self.gone = threading.Event()
        """The card that was put on last has been pulled, by itself or by ``take_off``."""
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def put_on(self, card: StorageCard) -> None:
        """Put a card into the field; what lay there is taken away."""
        self.take_off()
        card.seen.clear()
        self.gone.clear()
        self._line = _connected(self.port)
        self._thread = threading.Thread(target=self._serve, args=(self._line, card), daemon=True)
        self._thread.start()

    def take_off(self) -> None:
        """Take it away, if it has not been pulled."""
        line, self._line = self._line, None
        if line is not None:
            _hang_up(line)
        if self._thread is not None:
            self._thread.join(LONGEST_S)
            self._thread = None

    @property
    def is_empty(self) -> bool:
        """Nothing was put on since ``take_off``."""
        return self._thread is None

    def leave(self) -> None:
        """Take it away, and wait until the service has noticed."""
        from icme_tui.devices.pcsc.scard import Context, StatusError

        service = Context()
        (state,) = service.changes([(self.name, 0)], 0)
        before = state.counter
        self.take_off()
        deadline = time.monotonic() + LONGEST_S
        # A reset of a card that has just gone shows it as gone too; the counter says that it was noticed.
        while state.counter == before and time.monotonic() < deadline:
            with suppress(StatusError):
                (state,) = service.changes([(self.name, state.state)], 0.1)
        service.release()

    def _serve(self, line: socket.socket, card: StorageCard) -> None:
        try:
            while True:
                body = _take(line, int.from_bytes(_take(line, 2)))
                if body in (_ON, _RESET):
                    card.power()
                elif body == _ATR:
                    _send(line, card.atr)
                elif body != _OFF:
                    _send(line, card.answer(body))
        except (OSError, Pulled):
            _hang_up(line)
            self.gone.set()


def _take(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        # Without it every command costs 44 ms: the driver sends length and body apart.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        more = line.recv(count - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def _send(line: socket.socket, body: bytes) -> None:
    line.sendall(len(body).to_bytes(2) + body)


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + LONGEST_S
    while True:
        try:
            line = socket.create_connection(("127.0.0.1", port), LONGEST_S)
        except ConnectionRefusedError:  # the driver listens again a moment after a card has gone
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            line.settimeout(None)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line


class Stack:
    """pcscd and its virtual readers."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        """A virtual reader of two slots for each of ``names``."""
        self._folder = folder
        self._drivers = folder / "drivers"
        self._drivers.mkdir()
        self.socket = own_socket()
        self._run = self.socket.parent
        self._is_private = self._run != SYSTEM
        self.slots: dict[str, Slot] = {}
        for name in names:
            port = _free_ports(SLOTS, after=max((slot.port for slot in self.slots.values()), default=0))
            driver = shutil.copy(LIBRARY, self._folder / f"driver{port}.so")  # each copy serves one reader
            entry = (
                f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {driver}\n'
                f"CHANNELID 0x{port:X}\n"
            )
            (self._drivers / f"{port}").write_text(entry)
            for number in range(SLOTS):
                full = f"{name} 00 {number:02}"
                self.slots[full] = Slot(full, port + number)
        self._daemon: subprocess.Popen[bytes] | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The daemon runs, for one test at a time; this process and its children use it."""
        with pytest.MonkeyPatch.context() as patched, self._alone():
            patched.setenv("PCSCLITE_CSOCK_NAME", str(self.socket))
            if self._daemon is None:
                self.start()
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._is_private:
            yield
            return
        with (Path(tempfile.gettempdir()) / "icme-pcsc.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield
            finally:
                self.kill(signal.SIGTERM)

    def start(self) -> None:
        """Start the daemon and wait until it listens."""
        self._run.mkdir(exist_ok=True)
        for left in ("pcscd.comm", "pcscd.pid"):
            (self._run / left).unlink(missing_ok=True)
        command = ["pcscd", "--foreground", "--config", str(self._drivers)]
        if self._is_private:
            mounts = f"mount -t tmpfs none /run && mkdir {SYSTEM} && mount --bind {self._run} {SYSTEM}"
            command = [*NAMESPACE, "sh", "-c", f'{mounts} && exec "$@"', "sh", *command]
        with (self._folder / "log").open("ab") as log:
            self._daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._listens)

    def _listens(self) -> bool:
        assert self._daemon is not None
        assert self._daemon.poll() is None, (self._folder / "log").read_text()
        with socket.socket(socket.AF_UNIX) as line:
            return line.connect_ex(str(self.socket)) == 0

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the daemon; the cards lose their power."""
        if self._daemon is not None:
            self._daemon.send_signal(how)
            self._daemon.wait(LONGEST_S)
            self._daemon = None
        for slot in self.slots.values():
            slot.take_off()

    def clear(self) -> None:
        """Take every card away; the service forgets what it knew of them."""
        for slot in self.slots.values():
            if not slot.is_empty and self._daemon is not None:
                slot.leave()

    def strike(self) -> None:
        """SIGKILL for the daemon, from any thread; ``kill`` does the rest."""
        assert self._daemon is not None
        self._daemon.kill()

    def unplug(self, name: str) -> None:
        """Take a reader away, with both of its slots. Serial readers come and go when the daemon starts."""
        self._restart_with(self._entry(name), self._folder / name)

    def plug(self, name: str) -> None:
        """Bring it back."""
        self._restart_with(self._folder / name, self._entry(name))

    def _restart_with(self, entry: Path, new_place: Path) -> None:
        self.kill()
        entry.rename(new_place)
        self.start()

    def _entry(self, name: str) -> Path:
        return self._drivers / str(self.slots[f"{name} 00 00"].port)

    def close(self) -> None:
        self.kill(signal.SIGTERM)


@contextmanager
def another_client(reader: str, *, alone: bool) -> Iterator[Callable[[], None]]:
    """Another program that talks to the card, alone or beside others. What is given resets the card."""
    from smartcard import scard

    mode = scard.SCARD_SHARE_EXCLUSIVE if alone else scard.SCARD_SHARE_SHARED
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    _status, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    deadline = time.monotonic() + LONGEST_S
    while True:
        status, card, _protocol = scard.SCardConnect(context, reader, mode, protocols)
        if status == 0:
            break
        assert time.monotonic() < deadline, f"{status & 0xFFFFFFFF:X}"
        time.sleep(0.001)
    try:
        yield lambda: scard.SCardReconnect(card, mode, protocols, scard.SCARD_RESET_CARD)
    finally:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        scard.SCardReleaseContext(context)


def wait_until(true: Callable[[], object], seconds: float = LONGEST_S) -> None:
    """Until a function says so. Raises AssertionError."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def _free_ports(count: int, after: int) -> int:
    """The first of so many ports in a row that nobody uses."""
    begin = max(after + 1, 20_000 + os.getpid() % 1000 * 10)
    for first in range(begin, 60_000, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("", port))
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


@contextmanager
def running(names: tuple[str, ...] = NAMES) -> Iterator[Stack]:
    """A stack with these readers; its daemon runs in ``turn``."""
    folder = Path(tempfile.mkdtemp(prefix="icme-pcsc-"))
    stack = Stack(folder, names)
    try:
        yield stack
    finally:
        stack.close()
        shutil.rmtree(folder, ignore_errors=True)
