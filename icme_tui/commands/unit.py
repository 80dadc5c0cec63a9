"""``icme unit``: hospitals and departments."""

from __future__ import annotations

from typing import Annotated

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.output import Output
from icme_tui.commands.peoplewords import TYPES
from icme_tui.commands.words import N_, _, ngettext

app = typer.Typer(help=_("Hospitals and departments."))

Code = Annotated[str, typer.Argument(metavar="UNIT", help=_("Code of the unit."))]
_OF_TYPES = N_("department, hospital, authority, school or other.")


@app.command("add")
def add_unit(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help=_("Name of the unit."))],
    type: Annotated[str, typer.Option(help=_(_OF_TYPES))] = "department",
    parent: Annotated[str, typer.Option(help=_("Code of the unit above it."))] = "",
) -> None:
    """Add a unit.

    JSON:
        unit: code of the unit
    """
    from icme_tui.operations import units

    out = Output(ctx)
    with opened(ctx) as station:
        code = units.add_unit(station, name, type, parent)
    out.result({"unit": code}, _("Unit {unit}.").format(unit=code))


@app.command("edit")
def edit_unit(
    ctx: typer.Context,
    code: Code,
    name: Annotated[str | None, typer.Option(help=_("Name of the unit."))] = None,
    type: Annotated[str | None, typer.Option(help=_(_OF_TYPES))] = None,
    parent: Annotated[str | None, typer.Option(help=_("Code of the unit above it; empty for none."))] = None,
    close: Annotated[
        bool, typer.Option("--close", help=_("Take it out of the tree; it must be empty."))
    ] = False,
) -> None:
    """Change what is given of a unit.

    JSON:
        unit: code of the unit
        changed: whether anything has changed
    """
    from icme_tui.operations import units

    out = Output(ctx)
    with opened(ctx) as station, station.writing():
        changed = units.edit_unit(station, code, name, type, parent)
        if close:
            units.close_unit(station, code)
    out.result({"unit": code, "changed": changed or close}, _("Unit {unit}.").format(unit=code))


@app.command("list")
def list_units(ctx: typer.Context) -> None:
    """Show the tree of units with the people in them.

    JSON:
        units: list of {unit, name, type, parent, depth, people, people_below}
        total: how many there are
        without_unit: people in no unit
    """
    from icme_tui.operations import units

    out = Output(ctx)
    with opened(ctx) as station:
        tree = units.unit_tree(station)
        without = units.people_without_unit(station)
    out.result(
        {
            "units": [
                {
                    "unit": line.code, "name": line.name, "type": line.type, "parent": line.parent,
                    "depth": line.depth, "people": line.people, "people_below": line.people_below,
                }
                for line in tree
            ],
            "total": len(tree),
            "without_unit": without,
        },
        out.table(
            [_("Unit"), _("Code"), _("Type"), _("People"), _("With those below")],
            [
                ["  " * line.depth + line.name, line.code, _(TYPES.get(line.type, line.type)), line.people,
                 line.people_below]
                for line in tree
            ],
            right=(3, 4),
        ),
        ngettext("{n} unit.", "{n} units.", len(tree)).format(n=len(tree)),
    )  # fmt: skip
