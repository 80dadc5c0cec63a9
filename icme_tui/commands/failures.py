"""What a person, or a program with ``--json``, is told when a command does not succeed."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from icme_tui.codes import IcmeError
from icme_tui.commands.context import Invocation
from icme_tui.commands.output import FAILED, USAGE, visible, write_json
from icme_tui.commands.words import _

INTERRUPTED = 130
"""Exit code after Ctrl+C: 128 and the number of SIGINT."""


def _sentence(code: str, detail: dict[str, Any]) -> str:
    from icme_tui.commands.sentences import sentence  # a command that succeeds needs none of them

    return sentence(code, detail)


def _tell(invocation: Invocation, code: str, detail: dict[str, Any], message: str) -> None:
    told = False
    if invocation.json:
        with contextlib.suppress(OSError):  # standard output is full or gone: a person may still see why
            write_json({"error": {"code": code, "detail": detail, "message": message}})
            told = True
    if not told:
        print(f"{visible(message)} [{code}]", file=sys.stderr)


def report_error(error: IcmeError, invocation: Invocation) -> int:
    """A refusal or failure with a reason code."""
    _tell(invocation, error.code, error.detail, _sentence(error.code, error.detail))
    return FAILED


def report_usage(wrong: Any, invocation: Invocation) -> int:
    """A command line that cannot be understood. ``wrong`` is a ``typer.TyperException``."""
    from icme_tui.commands.usage import usage_message, usage_text

    if invocation.json:
        _tell(invocation, "USAGE", {}, usage_message(wrong))
    elif type(wrong).__name__ == "NoArgsIsHelpError":
        print(wrong.format_message(), file=sys.stderr)
    else:
        print(usage_text(wrong), file=sys.stderr)
    return USAGE


def report_interrupt(invocation: Invocation) -> int:
    """Ctrl+C, or the end of input at a question."""
    if invocation.json:
        _tell(invocation, "INTERRUPTED", {}, _sentence("INTERRUPTED", {}))
    else:
        print(f"\n{_sentence('INTERRUPTED', {})}", file=sys.stderr)
    return INTERRUPTED


def report_system(error: OSError, invocation: Invocation) -> int:
    """The operating system refused something that no operation has a code for."""
    detail = _refused(error)
    _tell(invocation, "SYSTEM", detail, _sentence("SYSTEM", detail))
    return FAILED


def report_not_text(invocation: Invocation) -> int:
    """A part of the command line holds bytes that are no text."""
    _tell(invocation, "NOT_TEXT", {}, _sentence("NOT_TEXT", {}))
    return USAGE


def report_unexpected(error: Exception, invocation: Invocation) -> int:
    """A fault of the program: one sentence, and where it happened in a file of the home folder (where there
    is none, of the user's state folder).

    The file holds the places in the code and the kinds of the errors. Messages and values stay out: they
    could hold a person's data or a secret.
    """
    detail = _fault(error, invocation.home)
    _tell(invocation, "INTERNAL", detail, _sentence("INTERNAL", detail))
    return FAILED


def sentence_of(error: BaseException, home: Path) -> str:
    """What a person is told of any error; a fault of the program is written down as well."""
    if isinstance(error, IcmeError):
        return _sentence(error.code, error.detail)
    if isinstance(error, OSError):
        return _sentence("SYSTEM", _refused(error))
    return _sentence("INTERNAL", _fault(error, home))


def _refused(error: OSError) -> dict[str, str]:
    return {"reason": error.strerror or "", "file": str(error.filename) if error.filename else "-"}


def _fault(error: BaseException, home: Path) -> dict[str, str]:
    return {"kind": type(error).__name__, "file": _write_places(error, home) or _("nowhere")}


def _write_places(error: BaseException, home: Path) -> str:
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None and len(lines) < 400:
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines += [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(current.__traceback__)]
        current = current.__cause__ or current.__context__
    folder = home / "logs"
    if not folder.is_dir():
        from platformdirs import user_state_path

        folder = user_state_path("icme", appauthor=False) / "logs"
    path = folder / f"fault-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.txt"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return ""
    return str(path)
