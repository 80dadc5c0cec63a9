"""``icme station``: what this station is, and its settings."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.output import Output
from icme_tui.commands.words import _

app = typer.Typer(help=_("What this station is, and its settings."))


class Language(StrEnum):
    """What ``language`` takes."""

    EN = "en"
    ZH_CN = "zh_CN"
    SYSTEM = "system"


class Switch(StrEnum):
    """What ``signals`` and ``bell`` take."""

    ON = "on"
    OFF = "off"


class Profile(StrEnum):
    """What ``profile`` takes."""

    LEAN = "lean"
    FULL = "full"
    TERMINAL = "terminal"


@app.command()
def show(ctx: typer.Context) -> None:
    """Show code, number, digits, pack and readers.

    JSON:
        role: office or venue
        code: code of the station
        name: its name
        domain: of the deployment
        number: station number; null before the first pack
        unit: its unit
        place: where it stands
        epoch: the one it writes in
        fingerprint: 30 digits of its key
        office: code of its office
        pack: number of the pack in force, or null
        pack_at: when the office wrote it, in UTC
        pack_expires: when it gets old
        pack_days: its age, or null
        facts: lines of the journal
        home: the home folder
        readers: addresses of readers
    """
    from icme_tui.operations import describing

    out = Output(ctx)
    with opened(ctx) as station:
        found, readers = describing.describe(station), list(station.readers)
    out.result(
        {**found._asdict(), "readers": readers},
        out.pairs(
            [
                (_("Code"), found.code),
                (_("Called"), found.name),
                (_("Domain"), found.domain),
                (_("Number"), found.number),
                (_("Unit"), found.unit),
                (_("Place"), found.place),
                (_("Digits"), found.fingerprint),
                (_("Epoch"), found.epoch),
                (_("Facts"), found.facts),
                (_("Pack"), found.pack),
                (_("Home folder"), found.home),
                (_("Readers"), " ".join(readers)),
            ]
        ),
    )


@app.command()
def readers(
    ctx: typer.Context,
    addresses: Annotated[
        list[str],
        typer.Argument(
            metavar="ADDRESS…", help=_("The one in use first, such as pcsc: or pn532:/dev/ttyUSB0.")
        ),
    ],
) -> None:
    """Name the readers of this station.

    One program serves all of them at a door, each by itself.

    JSON:
        readers: their addresses
    """
    from icme_tui.operations import settings

    out = Output(ctx)
    with opened(ctx) as station:
        settings.set_readers(station, addresses)
    out.result({"readers": addresses}, _("Readers: {list}").format(list=" ".join(addresses)))


@app.command()
def signals(
    ctx: typer.Context,
    chosen: Annotated[Switch, typer.Argument(metavar="SWITCH", help=_("on or off."))],
    reader: Annotated[
        str, typer.Option(metavar="ADDRESS", help=_("Only this reader. Else every reader."))
    ] = "",
) -> None:
    """Choose whether readers beep and show a light.

    The sound tells accepted, refused and put back apart for the queue, where nobody sees the screen. It comes
    after the swipe is stored.

    JSON:
        quiet: addresses of the readers that make no sound; all for every reader
    """
    from icme_tui.operations import settings

    out = Output(ctx)
    with opened(ctx) as station:
        quiet = settings.set_signals(station, chosen is Switch.ON, reader)
    said = _("Without sound and light: {list}").format(list=" ".join(quiet))
    out.result({"quiet": list(quiet)}, said if quiet else _("All readers beep and show a light."))


@app.command()
def bell(
    ctx: typer.Context,
    chosen: Annotated[Switch, typer.Argument(metavar="SWITCH", help=_("on or off."))],
) -> None:
    """Choose whether the terminal rings with every outcome.

    For readers that cannot beep, such as a PN532. Over SSH it rings at your own desk.

    JSON:
        bell: whether it rings
    """
    from icme_tui.operations import settings

    out = Output(ctx)
    with opened(ctx) as station:
        settings.set_bell(station, chosen is Switch.ON)
    said = _("The terminal rings.") if chosen is Switch.ON else _("The terminal does not ring.")
    out.result({"bell": chosen is Switch.ON}, said)


@app.command()
def language(
    ctx: typer.Context,
    chosen: Annotated[Language, typer.Argument(metavar="LANGUAGE", help=_("en, zh_CN or system."))],
) -> None:
    """Choose the language of this station.

    JSON:
        language: en, zh_CN or system
    """
    from icme_tui.operations import settings

    out = Output(ctx)
    with opened(ctx) as station:
        settings.set_language(station, "" if chosen is Language.SYSTEM else chosen.value)
    out.result({"language": chosen.value}, _("Language: {language}").format(language=chosen.value))


@app.command()
def profile(
    ctx: typer.Context,
    chosen: Annotated[Profile, typer.Argument(metavar="PROFILE", help=_("lean, full or terminal."))],
) -> None:
    """Choose whether the full-screen program spares the line.

    JSON:
        profile: lean, full or terminal
    """
    from icme_tui.operations import settings

    out = Output(ctx)
    with opened(ctx) as station:
        settings.set_profile(station, "" if chosen is Profile.TERMINAL else chosen.value)
    out.result({"profile": chosen.value}, _("Profile: {profile}").format(profile=chosen.value))


@app.command()
def watch(
    ctx: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help=_("Where bundles come in, such as a share."))
    ] = None,
    off: Annotated[bool, typer.Option("--off", help=_("Watch none from now on."))] = False,
) -> None:
    """Choose the folder that this station watches for bundles, or show it.

    The screen Transfer looks into it while it is open; 'icme import' without a file takes in what lies there.

    JSON:
        folder: the folder, or empty
    """
    from icme_tui.operations import watching

    out = Output(ctx)
    with opened(ctx) as station:
        if folder is not None or off:
            watching.set_folder(station, None if off else folder)
        found = watching.watched_folder(station)
    out.result(
        {"folder": found},
        _("Watched: {folder}").format(folder=found) if found else _("No folder is watched."),
    )
