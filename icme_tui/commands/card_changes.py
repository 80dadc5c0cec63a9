"""``icme card change``, ``cancel``, ``replace`` and ``block``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from icme_tui.commands.cardwords import FIELDS, NEXT_PACK, PROPOSAL
from icme_tui.commands.context import opened
from icme_tui.commands.output import Output
from icme_tui.commands.peoplewords import CARD_STATES
from icme_tui.commands.readers import reader_for
from icme_tui.commands.words import _

Reader = Annotated[
    str, typer.Option("--reader", metavar="ADDRESS", help=_("The reader. Else the first one of the station."))
]
Wait = Annotated[float, typer.Option(min=0, help=_("Seconds to wait for a card."))]
Why = Annotated[str, typer.Option("--reason", help=_("Why; the office reads it."))]


def change_card(ctx: typer.Context, wait: Wait = 60, reader: Reader = "") -> None:
    """Write to the card what is known of its person now: name, unit, sex, job title.

    It must lie on the reader until it is done. What was cut is finished when it is put back.

    JSON:
        uid: of the card
        number: of the card
        person: code of its holder
        fields: list of what was different: name, unit, sex, title, key_version, signature; empty where
            nothing was written
        finished: begun at an earlier try
    """
    from icme_tui.operations import changing, presenting

    out = Output(ctx)
    with opened(ctx) as station:
        device = reader_for(out, station, reader)
        try:
            done = changing.change_card(station, device, presenting.wait(device, wait))
        finally:
            device.close()
    fields = ", ".join(_(FIELDS[name]) for name in done.fields)
    out.result(
        {**done._asdict(), "fields": list(done.fields)},
        _("Written to card {number}: {fields}.").format(number=done.number, fields=fields)
        if fields
        else _("Card {number} is up to date.").format(number=done.number),
    )


def cancel_card(ctx: typer.Context, why: Why = "", wait: Wait = 60, reader: Reader = "") -> None:
    """Cancel the card on the reader: its holder is wiped, its records stay. It can be issued again.

    What was cut is finished when the same is done again. 'icme card block' is for cards that are not at hand.

    JSON:
        uid: of the card
        number: of the card; empty where nobody knows it
        person: code of its holder
        state: cancelled; a card that was lost or replaced stays so
        is_proposal: whether the office has to agree before others believe it
    """
    from icme_tui.operations import cancelling, presenting

    out = Output(ctx)
    with opened(ctx) as station:
        device = reader_for(out, station, reader)
        try:
            done = cancelling.cancel_card(station, device, presenting.wait(device, wait), why)
        finally:
            device.close()
    out.result(
        done._asdict(),
        _("Card {number} is cancelled.").format(number=done.number or done.uid),
        _(PROPOSAL) if done.is_proposal else None,
    )


def replace_card(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(help=_("Code of the person."))],
    wait: Wait = 60,
    reader: Reader = "",
) -> None:
    """Make the blank card on the reader the person's instead of the one before, which is blocked.

    What was cut is finished when the new card is put back.

    JSON:
        uid: of the new card
        number: of the new card
        person: code of its holder
        finished: begun at an earlier try
        old: number of the card that is blocked
        old_state: replaced; a card that was lost or cancelled stays so
        is_proposal: whether the office has to agree before others block the old one
    """
    from icme_tui.operations import presenting, replacing

    out = Output(ctx)
    with opened(ctx) as station:
        replacing.old_card(station, person)
        device = reader_for(out, station, reader)
        try:
            done = replacing.replace_card(station, device, presenting.wait(device, wait), person)
        finally:
            device.close()
    out.result(
        {
            **done.issued._asdict(),
            "old": done.old,
            "old_state": done.old_state,
            "is_proposal": done.is_proposal,
        },
        _("Card {number} instead of {old}.").format(number=done.issued.number, old=done.old),
        _(PROPOSAL if done.is_proposal else NEXT_PACK),
    )


def block_card(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(help=_("Number of the card, 9 digits."))],
    cancelled: Annotated[bool, typer.Option("--cancelled", help=_("It is cancelled, not lost."))] = False,
    why: Why = "",
) -> None:
    """Block a card that is not at hand: here at once, elsewhere with the office's next pack.

    JSON:
        number: of the card
        person: code of its holder
        state: lost or cancelled
        is_proposal: whether the office has to agree before others block it
    """
    from icme_tui.operations import blocking

    out = Output(ctx)
    with opened(ctx) as station:
        done = blocking.block_card(station, number, "cancelled" if cancelled else "lost", why)
    out.result(
        done._asdict(),
        _("Card {number}: {state}.").format(number=number, state=_(CARD_STATES[done.state])),
        _(PROPOSAL if done.is_proposal else NEXT_PACK),
    )


COMMANDS: dict[str, Callable[..., None]] = {
    "change": change_card,
    "cancel": cancel_card,
    "replace": replace_card,
    "block": block_card,
}
"""Verb → function, for ``icme card``."""
