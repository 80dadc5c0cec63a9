"""``icme reader``: how the readers of a station work."""

from __future__ import annotations

from typing import Annotated

import typer

from icme_tui.commands import typing
from icme_tui.commands.context import opened
from icme_tui.commands.output import Output
from icme_tui.commands.words import _

app = typer.Typer(help=_("How readers work."))


@app.callback()
def main() -> None:
    """How readers work."""


@app.command()
def learn(
    ctx: typer.Context,
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help=_("A reader that types, such as keyboard:."))
    ],
    cards: Annotated[
        list[str] | None,
        typer.Option(
            "--card",
            metavar="CARD",
            help=_("A card at hand: its number or its UID. More than one may be named."),
        ),
    ] = None,
    named: Annotated[
        str, typer.Option("--as", metavar="FORM", help=_("The form, where no known card is at hand."))
    ] = "",
    wait: Annotated[float, typer.Option(min=0, help=_("Seconds to wait for a card."))] = 60,
) -> None:
    """Learn how a reader that types writes the numbers of cards. It is used only after that.

    Hold the card that was named to the reader when it is asked for. Forms: hex, dec and pair (two numbers
    with a comma), and each of them -reversed, where the bytes come the other way round.

    JSON:
        address: of the reader
        form: of its numbers
    """
    from icme_tui.operations import typed

    if bool(cards) == bool(named):
        raise typer.BadParameter(_("Name a card with --card, or the form with --as."), param_hint="--card")
    out = Output(ctx)
    with opened(ctx) as station:
        form = named
        if cards:
            known = [typed.known_card(station, card) for card in cards]
            with typed.listening(address) as source:
                if address.startswith(typed.TERMINAL):
                    typing.listen(out)
                form = typed.learn(
                    source,
                    known,
                    wait,
                    lambda card: out.note(_("Card {card}, please.").format(card=card.name)),
                )
        typed.set_format(station, address, form)
    out.result(
        {"address": address, "form": form},
        _("{address} writes numbers as {form}.").format(address=address, form=form),
    )
