"""What a command line says about where and as whom it acts, and the station that it opens."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icme_tui.codes import StoreError
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.station import Station

MAX_PASSWORD = 1024
"""Bytes read of a password file."""


@dataclass
class Invocation:
    """The general options of one command line."""

    given_home: Path | None = None
    given_operator: str | None = None
    given_password_file: Path | None = None
    unsafe_home: bool = False
    json: bool = False
    profile: str = ""
    """``lean`` or ``full``, where the command line says so."""
    language: str = ""
    """The language, where the command line says so."""
    greeting: str = ""
    """What the full-screen program says first."""
    open_program: Callable[[Invocation], int] | None = None
    """Opens the full-screen program on this home."""

    @property
    def home(self) -> Path:
        """``--home``, else ``ICME_HOME``, else the platform's user data folder."""
        if self.given_home is not None:
            return self.given_home
        if named := os.environ.get("ICME_HOME"):
            return Path(named)
        from platformdirs import user_data_path

        return user_data_path("icme", appauthor=False)

    @property
    def operator(self) -> str | None:
        """``--operator``, else ``ICME_OPERATOR``; None means the only operator there is."""
        return self.given_operator or os.environ.get("ICME_OPERATOR") or None

    @property
    def password_file(self) -> Path | None:
        """``--password-file``, else ``ICME_PASSWORD_FILE``."""
        if self.given_password_file is not None:
            return self.given_password_file
        named = os.environ.get("ICME_PASSWORD_FILE")
        return Path(named) if named else None


def invocation_of(ctx: Any) -> Invocation:
    """The general options that ``ctx`` (a ``typer.Context``) belongs to."""
    found = ctx.find_object(Invocation)
    return found if found is not None else Invocation()


def read_password_file(path: Path) -> str:
    """The first line of a password file.

    A file that others may read is taken, with a warning on standard error: the operator is to learn of
    it, not to stand before a locked door. Raises StoreError ``PASSWORD_FILE`` (cannot be read, or empty).
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            first = file.readline(MAX_PASSWORD + 2)
    except OSError as error:
        raise StoreError("PASSWORD_FILE", file=str(path), reason=error.strerror or "") from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        from icme_tui.commands.sentences import sentence

        print(sentence("PASSWORD_FILE_OPEN", {"file": str(path)}), file=sys.stderr)
    try:
        password = first.rstrip(b"\r\n").decode()
    except UnicodeDecodeError:
        raise StoreError("PASSWORD_FILE", file=str(path), reason=_("it is not UTF-8 text")) from None
    if not password:
        raise StoreError("PASSWORD_FILE", file=str(path), reason=_("it is empty"))
    return password


def ask_password(prompt: str, *, twice: bool = False) -> str:
    """Ask at the terminal without echo.

    Raises StoreError: ``PASSWORD_NEEDED`` (no terminal, or nothing typed), ``PASSWORD_DIFFERS``.
    """
    if not sys.stdin.isatty():
        raise StoreError("PASSWORD_NEEDED")
    import getpass

    password = getpass.getpass(f"{prompt}: ", stream=sys.stderr)
    if not password:
        raise StoreError("PASSWORD_NEEDED")
    if twice and getpass.getpass(_("Once more: "), stream=sys.stderr) != password:
        raise StoreError("PASSWORD_DIFFERS")
    return password


def password(ctx: Any, *, new: bool = False) -> str:
    """The operator's password, from the password file or asked. ``new`` asks twice."""
    invocation = invocation_of(ctx)
    if (path := invocation.password_file) is not None:
        return read_password_file(path)
    who = invocation.operator or "admin" if new else invocation.operator
    prompt = _("Password of {who}").format(who=who) if who else _("Password")
    return ask_password(prompt, twice=new)


@contextmanager
def opened(ctx: Any) -> Iterator[Station]:
    """The station of this command line, closed at the end whatever happens.

    An error of the database that got through, such as a damaged page, comes out with its reason.
    """
    with opened_as(ctx) as (station, _secret):
        yield station


@contextmanager
def opened_as(ctx: Any) -> Iterator[tuple[Station, str]]:
    """The same, with the password that opened it: for what needs it once more."""
    invocation = invocation_of(ctx)
    home = invocation.home
    if not (home / "station.toml").is_file():
        raise StoreError("NO_HOME", home=str(home.absolute()))
    secret = password(ctx)
    from icme_tui.station import open_station, reason_of

    try:
        station = open_station(home, invocation.operator, secret, unsafe_home=invocation.unsafe_home)
        try:
            _tell_begun(station)
            yield station, secret
        finally:
            station.close()
    except Exception as error:
        if (reason := reason_of(error)) is None:
            raise
        raise reason from error


def _tell_begun(station: Station) -> None:
    """A new epoch that nobody asked for is told: a copy of the home may be in use somewhere else."""
    if station.begun:
        from icme_tui.commands.backupwords import begun

        print(begun(station.begun), file=sys.stderr)
