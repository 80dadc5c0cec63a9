"""``icme credits``: what each person has earned, what was not counted and why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.output import Output, hundredths
from icme_tui.commands.rulewords import CLASSES, LEVELS, ROLES
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.operations.crediting import CreditReport, PersonYear
    from icme_tui.rules.credits import CreditRow


def credits(  # noqa: A001 - the word of the field
    ctx: typer.Context,
    year: Annotated[int | None, typer.Option(min=2000, max=2200, help=_("Only this credit year."))] = None,
    person: Annotated[str | None, typer.Option(help=_("Only this person, by code."))] = None,
    course: Annotated[str | None, typer.Option(help=_("Only this course, by code."))] = None,
    policy: Annotated[str | None, typer.Option(help=_("Count by these rules, such as cn-2024."))] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE.xlsx", help=_("Write a spreadsheet as well."))
    ] = None,
) -> None:
    """Show credits by person: class Ⅰ and Ⅱ, counted, and not counted with the reason.

    All credits are hundredths in JSON: 250 means 2.5 credits.

    JSON:
        policy: id of the rules
        rows: list of {person, name, year, day, project, course, session, level, role, code, class, minutes,
            gross, after_project_cap, after_year_cap, counted, reason, fixed, rate, caps}
        people: list of {person, name, year, gross, counted, class_1, class_2, minutes, not_counted_rows,
            target, target_total, reached, missing}; whole years, reached is null where the rules ask nothing
        totals.gross: of the rows
        totals.counted: of the rows
        totals.class_1: counted, class Ⅰ
        totals.class_2: counted, class Ⅱ
        totals.not_counted: number of rows by reason
        file: the spreadsheet that was written, else null
        flags: flags of the attendances
        warnings: POLICY_OUTSIDE_DATES:year where the rules are applied outside their own time
        provisional: whether this is a venue, which does not know everything
    """
    from icme_tui.operations import crediting
    from icme_tui.rules.policy import load_policy

    out = Output(ctx)
    rules = load_policy(policy) if policy else None
    with opened(ctx) as station:
        report = crediting.credits(station, year, person, course, rules)
        provisional = station.role == "venue"
    if to is not None:
        from icme_tui.commands.creditsheet import credit_tables
        from icme_tui.operations.tables import write_file

        write_file(to, credit_tables(report))
    totals = _totals(report)
    out.result(
        {
            "policy": report.policy.id,
            "rows": [_row_as_json(row, report) for row in report.rows],
            "people": [_person_as_json(one, report) for one in report.people],
            "totals": totals,
            "file": None if to is None else str(to),
            "flags": report.flags,
            "warnings": report.warnings,
            "provisional": provisional,
        },
        _people_table(out, report),
        _rows_table(out, report) if person or course else None,
        summary(totals),
        flagged(report.flags),
        _("Written to {file}.").format(file=to) if to is not None else None,
    )
    if provisional:
        out.note(sentence("VENUE_VIEW"))
    for warning in report.warnings:
        out.note(
            _("{policy} is applied to {year}, outside its own time.").format(
                policy=report.policy.id, year=warning.partition(":")[2]
            )
        )


def _totals(report: CreditReport) -> dict[str, Any]:
    not_counted: dict[str, int] = {}
    for row in report.rows:
        if row.reason:
            not_counted[row.reason] = not_counted.get(row.reason, 0) + 1
    return {
        "gross": sum(row.gross_c for row in report.rows),
        "counted": sum(row.after_year_c for row in report.rows),
        "class_1": sum(row.after_year_c for row in report.rows if row.cls == 1),
        "class_2": sum(row.after_year_c for row in report.rows if row.cls == 2),
        "not_counted": dict(sorted(not_counted.items())),
    }


def flagged(flags: list[str]) -> str | None:
    """How many flags there are of each code, and what they mean."""
    counts = Counter(flag.partition(":")[0] for flag in flags)
    lines = [
        _("Flagged: {n}. {why} [{code}]").format(n=n, why=sentence(code), code=code)
        for code, n in sorted(counts.items())
    ]
    return "\n".join(lines) if lines else None


def summary(totals: dict[str, Any]) -> str:
    """What was counted, in one line, and how much was not, for each reason."""
    has_classes = totals["counted"] == totals["class_1"] + totals["class_2"]
    said = (
        _("Counted {counted} credits (Ⅰ {one}, Ⅱ {two}) of {gross} earned.")
        if has_classes
        else _("Counted {counted} credits of {gross} earned.")
    )
    lines = [
        said.format(
            counted=hundredths(totals["counted"]),
            one=hundredths(totals["class_1"]),
            two=hundredths(totals["class_2"]),
            gross=hundredths(totals["gross"]),
        )
    ]
    lines += [
        _("Not or not wholly counted: {n}. {why}").format(n=n, why=sentence(code))
        for code, n in totals["not_counted"].items()
    ]
    return "\n".join(lines)


def _people_table(out: Output, report: CreditReport) -> Any:
    return out.table(
        [_("Code"), _("Name"), _("Year"), "Ⅰ", "Ⅱ", _("Counted"), _("Earned"), _("Target")],
        [
            [
                one.totals.person,
                one.name,
                one.totals.year,
                hundredths(one.totals.class_1_c),
                hundredths(one.totals.class_2_c),
                hundredths(one.totals.counted_c),
                hundredths(one.totals.gross_c),
                _target(one),
            ]
            for one in report.people
        ],
        title=_("By person, whole years ({policy})").format(policy=report.policy.id),
        right=(3, 4, 5, 6),
    )


def _why(code: str) -> str:
    return sentence(code) if code else ""


def _target(one: PersonYear) -> str:
    if not one.target:
        return "-"
    return " ".join(sentence(code) for code in one.missing) if one.missing else _("reached")


def _rows_table(out: Output, report: CreditReport) -> Any:
    return out.table(
        [
            _("Day"),
            _("Name"),
            _("Course"),
            _("Level"),
            _("Role"),
            _("Class"),
            _("Code"),
            _("Minutes"),
            _("Earned"),
            _("Counted"),
            _("Why not"),
        ],
        [
            [
                row.day,
                report.names.get(row.person, row.person),
                report.titles.get(row.course, row.course),
                _(LEVELS.get(row.level, row.level)),
                _(ROLES[row.role]),
                CLASSES[row.cls],
                row.code,
                row.minutes,
                hundredths(row.gross_c),
                hundredths(row.after_year_c),
                _why(row.reason),
            ]
            for row in report.rows
        ],
        title=_("One by one"),
        right=(7, 8, 9),
    )


def _row_as_json(row: CreditRow, report: CreditReport) -> dict[str, Any]:
    rate = row.rate
    return {
        "person": row.person,
        "name": report.names.get(row.person, ""),
        "year": row.year,
        "day": row.day,
        "project": row.project,
        "course": row.course,
        "session": row.session,
        "level": row.level,
        "role": row.role,
        "code": row.code,
        "class": row.cls,
        "minutes": row.minutes,
        "gross": row.gross_c,
        "after_project_cap": row.after_project_c,
        "after_year_cap": row.after_year_c,
        "counted": row.after_year_c,
        "reason": row.reason,
        "fixed": row.fixed,
        "rate": None
        if rate is None
        else {"gives": rate.gives_c, "per_minutes": rate.per_minutes, "source": rate.src, "mark": rate.mark},
        "caps": [{"scope": cap.scope, "most": cap.max_c} for cap in row.caps],
    }


def _person_as_json(one: PersonYear, report: CreditReport) -> dict[str, Any]:
    totals = one.totals
    target = next((target for target in report.policy.target if target.id == one.target), None)
    return {
        "person": totals.person,
        "name": one.name,
        "year": totals.year,
        "gross": totals.gross_c,
        "counted": totals.counted_c,
        "class_1": totals.class_1_c,
        "class_2": totals.class_2_c,
        "minutes": totals.minutes,
        "not_counted_rows": totals.not_counted,
        "target": one.target,
        "target_total": None if target is None else target.total_c,
        "reached": None if target is None else not one.missing,
        "missing": list(one.missing),
    }
