"""Checking bundles without a station: what would this receiver do with these files, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from icme_tui.bundles import age, stick
from icme_tui.bundles.check import Checked, check
from icme_tui.bundles.held import Remembered
from icme_tui.bundles.trust import PACK, Trust, parse_allowed_signers, parse_revoked
from icme_tui.codes import BundleError

Parsed = TypeVar("Parsed")


class FileResult(NamedTuple):
    """What became of one file."""

    file: Path
    result: str
    """``accept``, ``hold`` or ``quarantine``."""
    code: str
    sender: str = ""
    first: int = 0
    last: int = 0
    """Positions of its facts. Sender and positions are set once the manifest is believed."""


@dataclass(frozen=True)
class Receiver:
    """Who checks: whom he trusts and what he can open."""

    me: str
    trust: Trust
    identities: list[age.Identity] = field(repr=False)


def make_receiver(me: str, trust: Path, identity: Path, revoked: Path | None = None) -> Receiver:
    """Read the files that say whom to trust and what to open.

    ``trust`` is an ``allowed_signers`` file, ``identity`` one of ``age-keygen``, ``revoked`` a list of
    public keys (form: ``bundles.trust.parse_revoked``).

    Raises BundleError: ``FILE_MISSING``, ``FILE_UNREADABLE``, ``FILE_NOT_TEXT``,
    ``TRUST_BAD``, ``REVOKED_BAD``, ``IDENTITY_BAD``.
    """
    signers = _parsed(trust, parse_allowed_signers)
    withdrawn = _parsed(revoked, parse_revoked) if revoked is not None else {}
    return Receiver(me, Trust(signers, withdrawn), _parsed(identity, age.parse_identities))


def check_files(
    receiver: Receiver, files: list[Path], after: list[Path], now_ms: int
) -> Iterator[FileResult]:
    """Judge each of ``files`` for itself, on the state of a receiver that took in ``after`` before.

    ``now_ms`` is Unix milliseconds. Raises BundleError: ``FILE_MISSING``, ``FILE_NOT_REGULAR``,
    ``FILE_UNREADABLE``; ``AFTER_NOT_ACCEPTED`` (``file``, ``reason``: its own code).
    """
    held = _take_in(receiver, after, now_ms)
    for path in files:
        yield _summary(path, _judge(receiver, path, held, now_ms))


def _take_in(receiver: Receiver, after: list[Path], now_ms: int) -> Remembered:
    held = Remembered()
    for path in after:
        checked = _judge(receiver, path, held, now_ms)
        manifest, content = checked.manifest, checked.content
        if checked.result != "accept" or manifest is None or content is None:
            raise BundleError("AFTER_NOT_ACCEPTED", file=str(path), reason=checked.code)
        if manifest.kind == PACK:
            held.take_pack(manifest.snapshot or 0)
        else:
            log = manifest.log
            head_before = bytes.fromhex(log.head_before)
            held.take(manifest.from_, manifest.epoch, log.first, head_before, content.hashes)
    return held


def _judge(receiver: Receiver, path: Path, held: Remembered, now_ms: int) -> Checked:
    try:
        data = stick.read(path)
    except BundleError as error:
        if error.code != "FILE_TOO_LARGE":
            raise
        return Checked("quarantine", "CONTAINER")
    return check(data, receiver.trust, receiver.identities, receiver.me, held, now_ms)


def _summary(path: Path, checked: Checked) -> FileResult:
    manifest = checked.manifest
    if manifest is None:
        return FileResult(path, checked.result, checked.code)
    log = manifest.log
    return FileResult(path, checked.result, checked.code, manifest.from_, log.first, log.last)


def _parsed(path: Path, parse: Callable[[str], Parsed]) -> Parsed:
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except BundleError as error:
        raise BundleError(error.code, **error.detail, file=str(path)) from None
    except FileNotFoundError:
        raise BundleError("FILE_MISSING", file=str(path)) from None
    except UnicodeDecodeError:
        raise BundleError("FILE_NOT_TEXT", file=str(path)) from None
    except OSError as error:
        raise BundleError("FILE_UNREADABLE", file=str(path), reason=error.strerror or "") from error
