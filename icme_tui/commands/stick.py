"""``icme stick``: removable drives on a machine that mounts nothing by itself."""

from __future__ import annotations

from typing import Annotated

import typer

from icme_tui.codes import BundleError
from icme_tui.commands.drivewords import size_words
from icme_tui.commands.output import Output
from icme_tui.commands.words import _

app = typer.Typer(help=_("List, mount and eject removable drives."))

Which = Annotated[
    str,
    typer.Argument(metavar="[DEVICE]", help=_("Device, label or folder; may be left out if there is one.")),
]


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List removable drives, and what is mounted under /media, /run/media and /mnt.

    JSON:
        drives: list of {device, disk, label, model, system, bytes, read_only, folder}; folder is empty where
            it is not mounted
        mounted: list of {folder, read_only}: all that exports and imports offer, also what was mounted
            otherwise
    """
    from icme_tui.operations import drives

    out = Output(ctx)
    found, mounted = drives.drives(), drives.mounted()
    others = [each for each in mounted if str(each.folder) not in {drive.folder for drive in found}]
    rows = [
        [each.device, each.label, each.model, size_words(each.bytes), each.folder or _("not mounted")]
        for each in found
    ]
    rows += [["", "", "", "", str(each.folder)] for each in others]
    out.result(
        {
            "drives": [each._asdict() for each in found],
            "mounted": [{"folder": str(each.folder), "read_only": each.read_only} for each in mounted],
        },
        out.table([_("Device"), _("Label"), _("Model"), _("Size"), _("Folder")], rows, right=(3,))
        if rows
        else _("Nothing is put in."),
    )


@app.command()
def mount(ctx: typer.Context, device: Which = "") -> None:
    """Mount a removable drive, and say in which folder it is.

    JSON:
        device: its device
        folder: where it is mounted
    """
    from icme_tui.operations import drives

    out = Output(ctx)
    try:
        drive = drives.find(device)
        folder = drives.mount(drive)
    except BundleError as error:
        _help(out, error)
        raise
    out.result(
        {"device": drive.device, "folder": str(folder)},
        _("{device} is mounted: {folder}").format(device=drive.device, folder=folder),
    )


@app.command()
def eject(ctx: typer.Context, device: Which = "") -> None:
    """Write out what is still in memory, unmount a drive, and say that it may be pulled out.

    JSON:
        disk: the whole drive
        folders: where it was mounted
        is_off: whether its current is off too; card readers keep it, which does no harm
    """
    from icme_tui.operations import drives

    out = Output(ctx)
    try:
        done = drives.eject(drives.find(device))
    except BundleError as error:
        _help(out, error)
        raise
    out.result(done._asdict(), _("{disk} may be pulled out.").format(disk=done.disk))


def _help(out: Output, error: BundleError) -> None:
    """What an administrator can copy, beside the sentence of the error."""
    if error.code in ("DRIVE_DENIED", "UDISKS_MISSING"):
        from icme_tui.operations import drives

        for line in drives.help_lines(error.code):
            out.note(line)
