"""``icme project`` and ``icme course``: what is taught."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from icme_tui.commands.context import opened
from icme_tui.commands.course_edit import edit_course, edit_project
from icme_tui.commands.output import Output, hundredths
from icme_tui.commands.rulewords import LEVELS
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _, ngettext

project = typer.Typer(help=_("Projects of continuing education."))
course = typer.Typer(help=_("Courses of a project."))

project.command("edit")(edit_project)
course.command("edit")(edit_course)

Minutes = Annotated[int | None, typer.Option(min=1, help=_("Teaching minutes of the whole course."))]
Credit = Annotated[
    str | None,
    typer.Option(
        metavar="CREDITS", help=_("Credits that the whole course gives instead of the rate, such as 2.5.")
    ),
]


def read_credit(text: str | None) -> int | None:
    """Hundredths of ``2.5``. Raises typer.BadParameter."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,4})(?:\.(\d{1,2}))?", text, re.ASCII)
    if found is None:
        raise typer.BadParameter(
            _("'{text}' is no number of credits such as 2.5.").format(text=text), param_hint="--credit"
        )
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


@project.command("add")
def add_project(
    ctx: typer.Context,
    title: Annotated[str, typer.Argument(help=_("Name of the project."))],
    level: Annotated[
        str, typer.Option(help=_("national, province, in_house, or another level of the rules."))
    ],
    number: Annotated[str, typer.Option(help=_("Project number, such as 2026-04-08-186(国)."))] = "",
    unit: Annotated[str, typer.Option(help=_("Code of the unit that runs it."))] = "",
    starts: Annotated[str, typer.Option(metavar="DAY", help=_("First day, such as 2026-09-25."))] = "",
    ends: Annotated[str, typer.Option(metavar="DAY", help=_("Last day."))] = "",
    first_course: Annotated[
        str, typer.Option("--course", help=_("Name of the first course; else that of the project."))
    ] = "",
    minutes: Minutes = None,
    credit: Credit = None,
) -> None:
    """Make a project with its first course: each project has at least one.

    JSON:
        project: code of the project
        course: code of its first course
        office_must_enter: whether this is a venue before its first pack, whose plans do not travel
    """
    from icme_tui.operations import courses, remit

    credit_c = read_credit(credit)
    out = Output(ctx)
    with opened(ctx) as station:
        made = courses.add_project(
            station,
            title,
            level,
            number=number,
            unit=unit,
            starts=starts,
            ends=ends,
            course_title=first_course,
            course_minutes=minutes,
            credit_c=credit_c,
        )
        alone = remit.is_before_pack(station)
    out.result(
        {"project": made.project, "course": made.course, "office_must_enter": alone},
        _("Project {project} with the course {course}.").format(project=made.project, course=made.course),
    )
    if alone:
        out.note(sentence("BEFORE_PACK"))


@project.command("list")
def list_projects(ctx: typer.Context) -> None:
    """List the projects.

    JSON:
        projects: list of {id, number, title, level, unit, starts, ends}; what is not set is empty
        total: how many there are
    """
    from icme_tui.operations import courses

    out = Output(ctx)
    with opened(ctx) as station:
        found = courses.projects(station)
    fields = ("number", "title", "level", "unit", "starts", "ends")
    listed = [{"id": one.id, **{field: str(one.body.get(field) or "") for field in fields}} for one in found]
    out.result(
        {"projects": listed, "total": len(listed)},
        out.table(
            [_("Code"), _("Number"), _("Title"), _("Level"), _("Unit"), _("From"), _("Until")],
            [
                [
                    one["id"],
                    one["number"],
                    one["title"],
                    _(LEVELS.get(one["level"], one["level"])),
                    one["unit"],
                    one["starts"],
                    one["ends"],
                ]
                for one in listed
            ],
        ),
        ngettext("{n} project.", "{n} projects.", len(listed)).format(n=len(listed)),
    )


@course.command("add")
def add_course(
    ctx: typer.Context,
    project: Annotated[str, typer.Argument(help=_("Code of the project."))],
    title: Annotated[str, typer.Argument(help=_("Name of the course."))],
    minutes: Minutes = None,
    credit: Credit = None,
) -> None:
    """Make a course of a project.

    JSON:
        course: code of the course
        office_must_enter: whether this is a venue before its first pack, whose plans do not travel
    """
    from icme_tui.operations import courses, remit

    credit_c = read_credit(credit)
    out = Output(ctx)
    with opened(ctx) as station:
        made = courses.add_course(station, project, title, minutes=minutes, credit_c=credit_c)
        alone = remit.is_before_pack(station)
    out.result({"course": made, "office_must_enter": alone}, _("Course {course}.").format(course=made))
    if alone:
        out.note(sentence("BEFORE_PACK"))


@course.command("list")
def list_courses(
    ctx: typer.Context,
    project: Annotated[str, typer.Option(help=_("Only those of this project."))] = "",
) -> None:
    """List the courses.

    JSON:
        courses: list of {id, project, title, minutes, credit_hundredths}; null where not set
        total: how many there are
    """
    from icme_tui.operations import courses

    out = Output(ctx)
    with opened(ctx) as station:
        found = courses.courses(station, project)
    listed = [
        {
            "id": one.id,
            "project": str(one.body.get("project") or ""),
            "title": str(one.body.get("title") or ""),
            "minutes": _number(one.body.get("minutes")),
            "credit_hundredths": _number(one.body.get("credit_hundredths")),
        }
        for one in found
    ]
    out.result(
        {"courses": listed, "total": len(listed)},
        out.table(
            [_("Code"), _("Project"), _("Title"), _("Minutes"), _("Fixed credits")],
            [[*list(one.values())[:4], _credits(_number(one["credit_hundredths"]))] for one in listed],
            right=(3, 4),
        ),
        ngettext("{n} course.", "{n} courses.", len(listed)).format(n=len(listed)),
    )


def _number(value: object) -> int | None:
    return value if type(value) is int else None


def _credits(value: int | None) -> str:
    return "" if value is None else hundredths(value)
