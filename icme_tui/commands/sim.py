"""``icme sim``: cards of the simulated reader, handled from another terminal. Needs no password."""

from __future__ import annotations

from typing import Annotated

import typer

from icme_tui.commands.context import invocation_of
from icme_tui.commands.output import Output
from icme_tui.commands.words import _, ngettext

app = typer.Typer(help=_("Cards of the simulated reader."))

MOST_CARDS = 10_000

Name = Annotated[str, typer.Argument(metavar="CARD", help=_("Name of the card."))]


@app.command("new")
def new_cards(
    ctx: typer.Context,
    name: Name,
    count: Annotated[
        int, typer.Option(min=1, max=MOST_CARDS, help=_("So many, named CARD-1, CARD-2 and so on."))
    ] = 1,
    kind: Annotated[str, typer.Option(help=_("Of this kind: 1k, 4k, ultralight, or random."))] = "1k",
) -> None:
    """Make a blank card, or several.

    An Ultralight card has nothing but its number; one of the kind random has a number as telephones draw it
    anew each time.

    JSON:
        cards: list of {name, uid}
    """
    from icme_tui.operations import simulating

    out = Output(ctx)
    folder = simulating.cards_folder(invocation_of(ctx).home)
    names = [name] if count == 1 else [f"{name}-{number}" for number in range(1, count + 1)]
    made = []
    with out.progress(_("Making cards"), len(names)) as step:
        for one in names:
            made.append(simulating.new_card(folder, one, kind))
            step()
    out.result(
        {"cards": [{"name": card.name, "uid": card.uid} for card in made]},
        out.table([_("Card"), _("UID")], [[card.name, card.uid] for card in made]),
    )


@app.command("tap")
def tap(
    ctx: typer.Context,
    name: Name,
    pull_after: Annotated[
        int | None, typer.Option(min=0, help=_("Pull it away after so many card operations."))
    ] = None,
    torn: Annotated[
        str, typer.Option(help=_("If that is in the middle of a write, leave: old, new, zero or mixed."))
    ] = "",
) -> None:
    """Put a card on the reader, in place of what lies there.

    JSON:
        card: name of the card
    """
    from icme_tui.operations import simulating

    simulating.tap(simulating.cards_folder(invocation_of(ctx).home), name, pull_after, torn)
    Output(ctx).result({"card": name}, _("{card} lies on the reader.").format(card=name))


@app.command("remove")
def remove(ctx: typer.Context) -> None:
    """Take the card off the reader.

    JSON:
        removed: whether one lay there
    """
    from icme_tui.operations import simulating

    removed = simulating.remove(simulating.cards_folder(invocation_of(ctx).home))
    text = _("The reader is free.") if removed else _("There was no card on the reader.")
    Output(ctx).result({"removed": removed}, text)


@app.command("list")
def list_cards(ctx: typer.Context) -> None:
    """List the simulated cards.

    JSON:
        cards: list of {name, uid, on_reader}
        total: how many there are
    """
    from icme_tui.operations import simulating

    out = Output(ctx)
    cards = simulating.list_cards(simulating.cards_folder(invocation_of(ctx).home))
    out.result(
        {"cards": [card._asdict() for card in cards], "total": len(cards)},
        out.table(
            [_("Card"), _("UID"), _("Reader")],
            [[card.name, card.uid, _("lies on it") if card.on_reader else ""] for card in cards],
        ),
        ngettext("{n} card.", "{n} cards.", len(cards)).format(n=len(cards)),
    )
