"""``icme card link`` and ``unlink``: cards of which only the number is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from icme_tui.commands.cardwords import LINK_NEXT_PACK, LINK_PROPOSAL
from icme_tui.commands.context import opened
from icme_tui.commands.output import Output
from icme_tui.commands.readers import reader_for
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.operations.linking import Linked
    from icme_tui.station import Station

Reader = Annotated[
    str, typer.Option("--reader", metavar="ADDRESS", help=_("The reader. Else the first one of the station."))
]
Wait = Annotated[float, typer.Option(min=0, help=_("Seconds to wait for a card."))]
Why = Annotated[str, typer.Option("--reason", help=_("Why; the office reads it."))]


def link_card(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[UID] PERSON",
            help=_("Number of the card in hex, and code of the person. Without a number hold the card up."),
        ),
    ],
    why: Why = "",
    wait: Wait = 60,
    reader: Reader = "",
) -> None:
    """Let any card swipe for a person or a guest by its number. Nothing is written to the card.

    A card that was linked before is relinked. Cards whose number changes each time, such as telephones, are
    refused.

    JSON:
        uid: of the card
        person: code of the person or guest
        before: whose it was; empty for nobody's
        is_proposal: whether the office has to agree before others believe it
    """
    from icme_tui.operations import linking

    if len(words) > 2:
        raise typer.BadParameter(_("One number and one person, please."), param_hint="UID")
    out = Output(ctx)
    with opened(ctx) as station:
        uid = words[0] if len(words) == 2 else _held_up(out, station, reader, wait)
        _tell(out, linking.link_card(station, uid, words[-1], why))


def unlink_card(
    ctx: typer.Context,
    uid: Annotated[
        str,
        typer.Argument(metavar="[UID]", help=_("Number of the card in hex. Without it hold the card up.")),
    ] = "",
    why: Why = "",
    wait: Wait = 60,
    reader: Reader = "",
) -> None:
    """Let a card that was linked be nobody's from now on.

    JSON:
        uid: of the card
        person: empty
        before: whose it was
        is_proposal: whether the office has to agree before others believe it
    """
    from icme_tui.operations import linking

    out = Output(ctx)
    with opened(ctx) as station:
        uid = uid or _held_up(out, station, reader, wait)
        _tell(out, linking.unlink_card(station, uid, why))


def _held_up(out: Output, station: Station, reader: str, wait: float) -> str:
    from icme_tui.operations import presenting

    device = reader_for(out, station, reader)
    try:
        return presenting.hex_of(presenting.wait(device, wait).uid)
    finally:
        device.close()


def _tell(out: Output, done: Linked) -> None:
    told = (
        _("Card {uid} swipes for {person}.") if done.person else _("Card {uid} is nobody's any more.")
    ).format(uid=done.uid, person=done.person)
    out.result(done._asdict(), told, _(LINK_PROPOSAL if done.is_proposal else LINK_NEXT_PACK))


COMMANDS: dict[str, Callable[..., None]] = {"link": link_card, "unlink": unlink_card}
"""Verb → function, for ``icme card``."""
