"""``icme person``: people one by one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.codes import RuleError
from icme_tui.commands.context import opened
from icme_tui.commands.output import FAILED, Output
from icme_tui.commands.peoplewords import CARD_STATES, LABELS, finding_sentence
from icme_tui.commands.words import _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.people import PersonCheck
    from icme_tui.station import Station

app = typer.Typer(help=_("People one by one."))

MOST_LISTED = 1000
MAX_ID_FILE = 200
"""Characters read of a file with an ID number."""

Code = Annotated[str, typer.Argument(metavar="PERSON", help=_("Code of the person."))]
IdFile = Annotated[
    Path | None,
    typer.Option(
        "--idno-file",
        metavar="FILE",
        help=_("File with the ID number: it does not belong on a command line."),
    ),
]
Name = Annotated[str | None, typer.Option(help=_("Name."))]
Unit = Annotated[str | None, typer.Option(help=_("Name or code of the unit."))]
Title = Annotated[str | None, typer.Option(help=_("Title by certificate; 无 for none."))]
EmployedTitle = Annotated[str | None, typer.Option(help=_("Title at which the person is employed."))]
EmployedOn = Annotated[str | None, typer.Option(metavar="DAY", help=_("Employed at it since."))]
Education = Annotated[str | None, typer.Option(help=_("Such as 本科."))]
Degree = Annotated[str | None, typer.Option(help=_("Such as 硕士."))]
Specialty = Annotated[str | None, typer.Option(help=_("Specialty."))]
Phone = Annotated[str | None, typer.Option(help=_("Telephone number."))]


@app.command("add")
def add_person(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help=_("Name."))],
    unit: Annotated[str, typer.Option(help=_("Name or code of the unit."))],
    title: Title = None,
    idno_file: IdFile = None,
    employed_title: EmployedTitle = None,
    employed_on: EmployedOn = None,
    education: Education = None,
    degree: Degree = None,
    specialty: Specialty = None,
    phone: Phone = None,
) -> None:
    """Add a person. The ID number is asked at the terminal, or read from a file; sex and birth follow.

    JSON:
        person: code of the person; null where something is wrong
        errors: list of {field, code, value, message}
        warnings: the same
    """
    values = _given(
        name=name, unit=unit, title=title, employed_title=employed_title, employed_on=employed_on,
        education=education, degree=degree, specialty=specialty, phone=phone,
    )  # fmt: skip
    values["idno"] = _id_number(idno_file, ask=True)
    _save(ctx, values, "")


@app.command("edit")
def edit_person(
    ctx: typer.Context,
    code: Code,
    name: Name = None,
    unit: Unit = None,
    title: Title = None,
    idno_file: IdFile = None,
    employed_title: EmployedTitle = None,
    employed_on: EmployedOn = None,
    education: Education = None,
    degree: Degree = None,
    specialty: Specialty = None,
    phone: Phone = None,
    left: Annotated[bool | None, typer.Option("--left/--back", help=_("Has left, or is back."))] = None,
) -> None:
    """Change a person: what is given; an empty text takes a value away.

    JSON:
        person: code of the person; null where something is wrong
        errors: list of {field, code, value, message}
        warnings: the same
    """
    values = _given(
        name=name, unit=unit, title=title, employed_title=employed_title, employed_on=employed_on,
        education=education, degree=degree, specialty=specialty, phone=phone,
    )  # fmt: skip
    if idno_file is not None:
        values["idno"] = _id_number(idno_file, ask=False)
    _save(ctx, values, code, left)


@app.command("list")
def list_people(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(help=_("Name, initials in pinyin, code, card number, end of the ID number.")),
    ] = None,
    unit: Annotated[str, typer.Option(help=_("Only those of this unit and below it: its code."))] = "",
    without_card: Annotated[
        bool, typer.Option("--without-card", help=_("Only those without a card."))
    ] = False,
    rank: Annotated[
        int | None,
        typer.Option(min=0, max=5, help=_("Only this rank of title: 1 senior to 5 assistant, 0 none.")),
    ] = None,
    left: Annotated[bool, typer.Option("--left", help=_("Those who have left."))] = False,
    first: Annotated[int, typer.Option(min=1, help=_("Number of the first one shown."))] = 1,
    most: Annotated[int, typer.Option(min=1, max=MOST_LISTED, help=_("So many at the most."))] = 100,
) -> None:
    """List people by their initials.

    JSON:
        people: list of {person, name, unit, title, idno, has_card, state}; ID numbers masked
        total: how many there are
    """
    from icme_tui.operations import people, units

    out = Output(ctx)
    with opened(ctx) as station:
        of_units = units.with_those_below(units.unit_tree(station), unit) if unit else None
        query = people.query_of(
            station, " ".join(words or ()), units=of_units, without_card=without_card, rank=rank, gone=left
        )
        found, total = people.people_page(station, query, first - 1, most)
    out.result(
        {
            "people": [
                {
                    "person": one.code, "name": one.name, "unit": one.unit, "title": one.title,
                    "idno": one.idno, "has_card": one.has_card, "state": one.state,
                }
                for one in found
            ],
            "total": total,
        },
        out.table(
            [_("Code"), _("Name"), _("Unit"), _("Job title"), _("ID number"), _("Card")],
            [
                [one.code, one.name, one.unit, one.title, one.idno, _("yes") if one.has_card else _("no")]
                for one in found
            ],
        ),
        ngettext("{n} person.", "{n} people.", total).format(n=total),
    )  # fmt: skip


@app.command("show")
def show_person(ctx: typer.Context, code: Code) -> None:
    """Show a person and the cards. ID and telephone number are masked.

    JSON:
        person: code
        values: the fields as people read them
        unit: code of the unit
        cards: list of {number, uid, state}
        state: empty, left, or merged
    """
    from icme_tui.operations import people

    out = Output(ctx)
    with opened(ctx) as station:
        view = people.person_view(station, code)
    cards = [f"{card.number} {_(CARD_STATES.get(card.state, card.state))}" for card in view.cards]
    out.result(
        {
            "person": view.code,
            "values": view.values,
            "unit": view.unit_code,
            "cards": [card._asdict() for card in view.cards],
            "state": view.state,
        },
        out.pairs(
            [
                (_("Code"), view.code),
                *((_(LABELS[key]), value) for key, value in view.values.items() if value),
                (_("Cards"), ", ".join(cards) or _("none")),
            ]
        ),
    )


def _given(**values: str | None) -> dict[str, str]:
    return {key: value for key, value in values.items() if value is not None}


def _id_number(path: Path | None, *, ask: bool) -> str:
    """Raises RuleError ``ID_FILE`` for a file that cannot be read."""
    if path is not None:
        try:
            with path.open(encoding="utf-8") as file:
                return file.readline(MAX_ID_FILE).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise RuleError("ID_FILE", file=str(path)) from error
    if ask and sys.stdin.isatty():
        print(f"{_('ID number')}: ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()
    return ""


def _save(ctx: typer.Context, values: dict[str, str], code: str, left: bool | None = None) -> None:
    from icme_tui.operations import people

    out = Output(ctx)
    with opened(ctx) as station:
        check = people.check_person(station, values, code)
        saved = None if check.errors else _written(station, check, left)
    shown = [
        f"{_(LABELS[finding.field])}: {' '.join(finding.value.split())} {finding_sentence(finding)}"
        for finding in check.findings
    ]
    out.result(
        {
            "person": saved,
            "errors": [_as_json(finding) for finding in check.errors],
            "warnings": [_as_json(finding) for finding in check.findings if finding.severity == "warning"],
        },
        *shown,
        _("Nothing was written.") if saved is None else _("Person {person}.").format(person=saved),
    )
    if saved is None:
        raise typer.Exit(FAILED)


def _written(station: Station, check: PersonCheck, left: bool | None) -> str:
    from icme_tui.operations import people

    with station.writing():
        saved = people.save_person(station, check)
        if left is not None:
            people.set_left(station, saved, left)
    return saved


def _as_json(finding: Any) -> dict[str, Any]:
    return {
        "field": finding.field,
        "code": finding.code,
        "value": finding.value,
        "message": finding_sentence(finding),
    }
