"""``icme roster``: people from a spreadsheet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.output import FAILED, Output
from icme_tui.commands.peoplewords import finding_sentence
from icme_tui.commands.rosterwords import (
    AS_TEXT,
    AS_TEXT_HELPS,
    FIELDS,
    FORM_SHEET,
    HINTS,
    NOTES,
    NOTES_SHEET,
    REMARKS,
)
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.roster import Applied, Entry, Finding, RosterPlan

app = typer.Typer(help=_("Import people from a spreadsheet."))

SHOWN = 40
"""Lines of one list that are shown to a person; --json and --errors-to have them all."""

SHOWN_MISSING = 20
"""Of those whom the file does not name: the list is there to be looked over, not to be acted on."""


@app.command("import")
def import_roster(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("xlsx, xls, ods or csv."))],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Show what would happen; write nothing."))
    ] = False,
    create_units: Annotated[
        bool, typer.Option("--create-units", help=_("Create the departments that are not known yet."))
    ] = False,
    under: Annotated[
        str,
        typer.Option(metavar="UNIT", help=_("New departments belong to this unit, such as the hospital.")),
    ] = "",
    sheet: Annotated[str, typer.Option(metavar="NAME", help=_("The sheet to read, where several fit."))] = "",
    errors_to: Annotated[
        Path | None,
        typer.Option(metavar="FILE.xlsx", help=_("Write the roster back with a column of findings.")),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help=_("Let --errors-to replace a file that is there already."))
    ] = False,
) -> None:
    """Import a roster: all of it, or nothing where a row has an error.

    People are matched by ID number, at a venue also by name and the end of the number. Importing the same
    file again changes nothing; nobody is removed. ID numbers are shown masked.

    JSON:
        imported: whether the people of the file are in the store now
        dry_run: whether nothing was to be written
        file: {name, format, encoding, sheet, heading_row}
        people: rows with a person
        new: list of {row, name, idno, unit}
        changed: list of {row, person, name, idno, changes}; changes is a list of {field, old, new}
        unchanged: how many are in the store as they are in the file
        missing: list of {person, name, idno, unit}: of the units in the file, and not in it; never removed
        units_to_create: names
        unknown_columns: list of {column, heading}: not read
        errors: list of {row, column, field, heading, code, value, message, detail}
        warnings: the same
        facts: how many facts were recorded
        errors_file: the workbook with findings, where one was asked for
        office_must_enter: whether this is a venue before its first pack, whose plans do not travel
    """
    from icme_tui.codes import SheetError
    from icme_tui.operations import remit, roster

    if errors_to is not None and (errors_to.suffix.lower() != ".xlsx" or _is_same(errors_to, file)):
        wrong = _("Name another file than the roster, ending in .xlsx.")
        raise typer.BadParameter(wrong, param_hint="--errors-to")
    if errors_to is not None and errors_to.exists() and not force:
        raise SheetError("SHEET_EXISTS", file=str(errors_to))
    out = Output(ctx)
    with opened(ctx) as station:
        alone = remit.is_before_pack(station)
        plan = roster.plan_import(station, file, create_units, sheet, under)
        if errors_to is not None:
            roster.write_back(plan, errors_to, _(REMARKS), finding_sentence)
        refused = bool(plan.errors)
        applied = None if dry_run or refused else roster.apply(station, plan)
    data = _as_json(plan, applied, dry_run)
    data["errors_file"] = None if errors_to is None else str(errors_to)
    data["office_must_enter"] = alone
    out.result(data, *_shown(out, plan, applied, dry_run))
    if errors_to is not None:
        said = _("The roster with findings: {file}") if plan.findings else _("No findings in {file}")
        out.say(said.format(file=errors_to))
    if alone:
        out.note(sentence("BEFORE_PACK"))
    if refused:
        raise typer.Exit(FAILED)


@app.command("template")
def write_template(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=_("The workbook to write."))],
    force: Annotated[bool, typer.Option("--force", help=_("Replace a file that is there already."))] = False,
) -> None:
    """Write an empty roster with headings, text columns for numbers, lists, and notes on a second sheet.

    JSON:
        file: the workbook
    """
    from icme_tui.codes import SheetError
    from icme_tui.operations import roster

    if file.suffix.lower() != ".xlsx":
        raise typer.BadParameter(_("The name of the workbook must end in .xlsx."), param_hint="FILE.xlsx")
    if file.exists() and not force:
        raise SheetError("SHEET_EXISTS", file=str(file))
    notes = [_(note) for note in NOTES]
    hints = {name: _(hint) for name, hint in HINTS.items()}
    roster.template(file, FORM_SHEET, NOTES_SHEET, notes, hints)
    Output(ctx).result({"file": str(file)}, _("An empty roster: {file}").format(file=file))


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _line(finding: Finding) -> str:
    """One line: where, what stands there, what is wrong and what to do."""
    where = (
        _("Row {row}, column {column} ({heading})").format(
            row=finding.row, column=finding.column, heading=finding.heading
        )
        if finding.column
        else _("Row {row}").format(row=finding.row)
    )
    value = f" '{' '.join(finding.value.split())}'" if finding.value else ""
    return f"{where}:{value} {finding_sentence(finding)} [{finding.code}]"


def _shown(out: Output, plan: RosterPlan, applied: Applied | None, dry_run: bool) -> list[Any]:
    if out.json:
        return []
    parts: list[Any] = [_source(plan)]
    parts += _list(_("Errors:"), _lines(plan.errors))
    if any(finding.code in AS_TEXT_HELPS for finding in plan.errors):
        parts.append("\n" + _(AS_TEXT))
    if len(plan.errors) > SHOWN:
        counted = Counter(finding.code for finding in plan.errors).most_common()
        parts.append(_("All errors: {list}").format(list=", ".join(f"{n} × {code}" for code, n in counted)))
    parts += _list(_("Warnings:"), _lines(plan.warnings))
    if plan.unknown_columns:
        columns = ", ".join(f"{column} {heading}" for column, heading in plan.unknown_columns)
        parts.append(_("Not read: {columns}").format(columns=columns))
    if plan.units_to_create:
        verb = _("Created departments: {units}") if applied else _("Departments to create: {units}")
        parts.append(verb.format(units=", ".join(plan.units_to_create)))
    parts += _list(_("Changed:"), [_change_line(entry) for entry in plan.changed])
    missing = [f"{one.person} {one.name} {one.masked_idno} {one.unit}" for one in plan.missing]
    parts += _list(_("Not in the file (kept): {n}").format(n=len(missing)), missing, SHOWN_MISSING)
    if dry_run:
        parts += _list(_("New:"), [_new_line(entry) for entry in plan.new])
    parts.append(_verdict(plan, applied, dry_run))
    return parts


def _lines(findings: list[Finding]) -> list[str]:
    """A line for each finding; what is the same in many rows, such as one unknown department, stands once."""
    same: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in findings:
        is_alone = not finding.value or finding.field == "idno"
        key = (finding.code, finding.column, finding.value, str(finding.row) if is_alone else "")
        same.setdefault(key, []).append(finding)
    lines: list[str] = []
    for first, *others in same.values():
        more = ""
        if others:
            n, last = len(others), others[-1].row
            more = " " + ngettext(
                "(also in row {last})", "(also in {n} more rows, the last is {last})", n
            ).format(n=n, last=last)
        lines.append(_line(first) + more)
    return lines


def _source(plan: RosterPlan) -> str:
    said = _("{file}: {people} people under the headings in row {row}").format(
        file=plan.file, people=plan.people, row=plan.heading_row
    )
    if plan.sheet:
        said += _(" of sheet '{sheet}'").format(sheet=plan.sheet)
    return f"{said} ({' '.join(part for part in (plan.format, plan.encoding) if part)})."


def _list(title: str, lines: list[str], most: int = SHOWN) -> list[str]:
    if not lines:
        return []
    more = [_("… and {n} more: --json has all.").format(n=len(lines) - most)] if len(lines) > most else []
    return [f"\n{title}", *(f"  {line}" for line in lines[:most]), *more]


def _new_line(entry: Entry) -> str:
    from icme_tui.rules.people.idnumber import mask

    return _("row {row}: {name} {idno}").format(row=entry.row, name=entry.name, idno=mask(entry.idno))


def _change_line(entry: Entry) -> str:
    changes = ", ".join(
        f"{_(FIELDS.get(change.field, change.field))} '{change.old}' → '{change.new}'"
        for change in entry.changes
    )
    return _("row {row}: {name} {person}: {changes}").format(
        row=entry.row, name=entry.name, person=entry.person, changes=changes
    )


def _verdict(plan: RosterPlan, applied: Applied | None, dry_run: bool) -> str:
    counts = _("{new} new, {changed} changed, {unchanged} unchanged, {missing} not in the file").format(
        new=len(plan.new), changed=len(plan.changed), unchanged=plan.unchanged, missing=len(plan.missing)
    )
    if plan.errors:
        rows = len({finding.row for finding in plan.errors})
        return _("Refused: {errors} errors in {rows} rows. Nothing was imported.").format(
            errors=len(plan.errors), rows=rows
        )
    if dry_run:
        return _("Would import: {counts}. Nothing was written.").format(counts=counts)
    assert applied is not None  # noqa: S101 - neither refused nor a dry run
    return _("Imported: {counts}; {facts} facts recorded.").format(counts=counts, facts=applied.facts)


def _as_json(plan: RosterPlan, applied: Applied | None, dry_run: bool) -> dict[str, Any]:
    from icme_tui.rules.people.idnumber import mask

    return {
        "imported": applied is not None,
        "dry_run": dry_run,
        "file": {
            "name": plan.file,
            "format": plan.format,
            "encoding": plan.encoding,
            "sheet": plan.sheet,
            "heading_row": plan.heading_row,
        },
        "people": plan.people,
        "new": [
            {
                "row": entry.row,
                "name": entry.name,
                "idno": mask(entry.idno),
                "unit": entry.unit,
            }
            for entry in plan.new
        ],
        "changed": [
            {
                "row": entry.row,
                "person": entry.person,
                "name": entry.name,
                "idno": mask(entry.idno),
                "changes": [change._asdict() for change in entry.changes],
            }
            for entry in plan.changed
        ],
        "unchanged": plan.unchanged,
        "missing": [
            {"person": one.person, "name": one.name, "idno": one.masked_idno, "unit": one.unit}
            for one in plan.missing
        ],
        "units_to_create": plan.units_to_create,
        "unknown_columns": [
            {"column": column, "heading": heading} for column, heading in plan.unknown_columns
        ],
        "errors": [_finding_as_json(finding) for finding in plan.errors],
        "warnings": [_finding_as_json(finding) for finding in plan.warnings],
        "facts": 0 if applied is None else applied.facts,
    }


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    return {
        "row": finding.row,
        "column": finding.column,
        "field": finding.field,
        "heading": finding.heading,
        "code": finding.code,
        "value": finding.value,
        "message": finding_sentence(finding),
        "detail": finding.detail,
    }
