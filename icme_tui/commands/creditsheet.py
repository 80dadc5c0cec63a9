"""Credits as a spreadsheet: a sheet of the people's years and one of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icme_tui.commands.rulewords import CLASSES, LEVELS, ROLES
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _
from icme_tui.operations.tables import Table

if TYPE_CHECKING:
    from icme_tui.operations.crediting import CreditReport, PersonYear


def credit_tables(report: CreditReport) -> list[Table]:
    """The sheets of a report. Credits are numbers, not hundredths."""
    title = _("By person, whole years ({policy})").format(policy=report.policy.id)
    return [
        Table(
            _("People"),
            [
                _("Code"), _("Name"), _("Year"), "Ⅰ", "Ⅱ", _("Counted"), _("Earned"), _("Hours"), _("Target"),
                _("Missing"),
            ],
            [_person(one, report) for one in report.people],
            title,
        ),
        Table(
            _("One by one"),
            [
                _("Code"), _("Name"), _("Day"), _("Course"), _("Level"), _("Role"), _("Class"), _("Minutes"),
                _("Earned"), _("After project cap"), _("Counted"), _("Why not"),
            ],
            [
                [
                    row.person,
                    report.names.get(row.person, ""),
                    row.day,
                    report.titles.get(row.course, row.course),
                    _(LEVELS.get(row.level, row.level)),
                    _(ROLES[row.role]),
                    CLASSES[row.cls],
                    row.minutes,
                    row.gross_c / 100,
                    row.after_project_c / 100,
                    row.after_year_c / 100,
                    sentence(row.reason) if row.reason else "",
                ]
                for row in report.rows
            ],
        ),
    ]  # fmt: skip


def _person(one: PersonYear, report: CreditReport) -> list[str | int | float]:
    totals = one.totals
    target = next((target for target in report.policy.target if target.id == one.target), None)
    return [
        totals.person,
        one.name,
        totals.year,
        totals.class_1_c / 100,
        totals.class_2_c / 100,
        totals.counted_c / 100,
        totals.gross_c / 100,
        round(totals.minutes / 60, 1),
        "-" if target is None else target.total_c / 100,
        " ".join(sentence(code) for code in one.missing) or ("" if target is None else _("reached")),
    ]
