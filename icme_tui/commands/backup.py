"""``icme backup`` and ``icme restore``: the whole home folder in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icme_tui.clock import parse_utc
from icme_tui.commands.backupwords import after_restore
from icme_tui.commands.context import invocation_of, opened, password
from icme_tui.commands.moments import show_moment
from icme_tui.commands.output import Output
from icme_tui.commands.words import _


def backup(
    ctx: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="PLACE", help=_("A folder, such as that of a stick, or a file; else backups/.")
        ),
    ] = None,
) -> None:
    """Write a backup: store, keyring, settings and waiting files in one encrypted file.

    Others may swipe meanwhile. The file is read back from its medium, unpacked and opened before it gets its
    name. In a folder the last three backups that this store made stay. It opens with the passwords of today.

    JSON:
        file: the backup
        facts: lines of the journal in it
        bytes: size of the file
        made: when, in UTC
        removed: names of older backups that were removed from the folder
    """
    from icme_tui.operations import backing_up

    out = Output(ctx)
    with opened(ctx) as station, out.progress(_("Backing up"), backing_up.STEPS) as step:
        made = backing_up.back_up(station, to, step)
    out.result(
        {**made._asdict(), "file": str(made.file)},
        _("Backup {file}: {facts} facts, {bytes} bytes.").format(
            file=made.file, facts=made.facts, bytes=made.bytes
        ),
        _("Written, read back and opened: safe to remove."),
        _("Older ones removed: {names}").format(names=" ".join(made.removed)) if made.removed else None,
    )


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The backup, a file ending in .icmebak."))],
    replace: Annotated[
        bool,
        typer.Option("--replace", help=_("Move the station that is in the home folder aside, inside of it.")),
    ] = False,
    identity: Annotated[
        Path | None,
        typer.Option(
            metavar="SHEET", help=_("Open it with the recovery identity of the office instead of a password.")
        ),
    ] = None,
) -> None:
    """Make a home folder from a backup, and begin a new epoch in it.

    The folder is that of --home. It asks for a password of the time when the backup was made. A backup that
    is damaged, or that another station signed, is not used.

    JSON:
        home: the home folder
        role: office or venue
        code: code of the station
        made: when the backup was made, in UTC
        facts: lines of the journal in it
        epoch: the one that has begun
        aside: where the station that was here before lies now, or null
        fingerprint: 30 digits of its key
        later: bundles in outbox/ with facts that were recorded after the backup
    """
    from icme_tui.operations import recovering, restoring

    out = Output(ctx)
    invocation = invocation_of(ctx)
    restoring.require_place(invocation.home, replace=replace)
    found = restoring.read_backup(file)
    told = found.manifest
    if invocation.password_file is None and identity is None:
        out.say(
            _("Backup of {code}, made {when}.").format(code=told.code, when=show_moment(parse_utc(told.made)))
        )
    identities = recovering.read_identities(identity) if identity is not None else []
    secret = "" if identities else password(ctx)
    with out.progress(_("Restoring"), restoring.STEPS) as step:
        done = restoring.restore(
            found,
            invocation.home,
            invocation.operator,
            secret,
            identities=identities,
            replace=replace,
            unsafe_home=invocation.unsafe_home,
            step=step,
        )
    out.result(
        {**done._asdict(), "home": str(done.home), "aside": str(done.aside) if done.aside else None},
        _("{code} is restored in {home}: {facts} facts.").format(
            code=done.code, home=done.home, facts=done.facts
        ),
        _("Digits of its key: {fingerprint}").format(fingerprint=done.fingerprint),
        _("The station that was there lies in {folder}.").format(folder=done.aside) if done.aside else None,
        *after_restore(done.role, parse_utc(done.made), done.later),
    )
