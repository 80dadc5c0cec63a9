"""The lines of a roster's dry run: what is new, changed, missing and wrong."""

from __future__ import annotations

from icme_tui.commands.peoplewords import LABELS, finding_sentence
from icme_tui.commands.rosterwords import AS_TEXT, AS_TEXT_HELPS
from icme_tui.commands.words import N_, _
from icme_tui.operations.roster import Entry, Finding, RosterPlan
from icme_tui.rules.people.idnumber import mask
from icme_tui.screens.glyphs import clean
from icme_tui.screens.widgets.pagedlist import Row

KINDS = {
    "new": N_("new"),
    "changed": N_("changed"),
    "missing": N_("missing"),
    "error": N_("errors"),
    "warning": N_("warnings"),
}


def lists_of(plan: RosterPlan) -> tuple[dict[str, list[Row]], dict[str, str]]:
    """The lines of each kind, and by key what a line says in full."""
    lists = {
        "new": [_new(entry) for entry in plan.new],
        "changed": [_changed(entry) for entry in plan.changed],
        "missing": [
            Row(f"m{one.person}", ["", one.name, f"{one.unit} {one.masked_idno} {one.person}"])
            for one in plan.missing
        ],
    }
    names = {entry.row: entry.name for entry in (*plan.new, *plan.changed)}
    full: dict[str, str] = {}
    for kind, findings in (("error", plan.errors), ("warning", plan.warnings)):
        lists[kind] = []
        for number, finding in enumerate(findings):
            key = f"{kind}{number}"
            lists[kind].append(_found(key, finding, names))
            full[key] = _in_full(finding)
    return lists, full


def _new(entry: Entry) -> Row:
    unit = entry.unit + (" +" if entry.creates_unit else "")
    return Row(f"n{entry.row}", [entry.row, entry.name, f"{unit} {mask(entry.idno)}"])


def _changed(entry: Entry) -> Row:
    changes = "; ".join(
        f"{_(LABELS.get(change.field, change.field))}: {change.old or '-'} > {change.new or '-'}"
        for change in entry.changes
    )
    return Row(f"c{entry.row}", [entry.row, entry.name, changes])


def _found(key: str, finding: Finding, names: dict[int, str]) -> Row:
    what = f"{finding.heading} {finding.value}".strip()
    said = finding_sentence(finding)
    kind = "bad" if finding.severity == "error" else "warn"
    return Row(key, [finding.row, names.get(finding.row, ""), f"{what}: {said}" if what else said], kind)


def _in_full(finding: Finding) -> str:
    where = (
        _("Column {column} ({heading}): {value}").format(
            column=finding.column, heading=clean(finding.heading), value=clean(finding.value)
        )
        if finding.column
        else ""
    )
    helped = f"\n\n{_(AS_TEXT)}" if finding.code in AS_TEXT_HELPS else ""
    return f"{where}\n{finding_sentence(finding)}{helped}".strip()
