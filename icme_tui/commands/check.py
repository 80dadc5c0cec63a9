"""``icme check``: is this station sound?"""

from __future__ import annotations

import typer

from icme_tui.commands.checkwords import CHECKS, STATES
from icme_tui.commands.context import opened
from icme_tui.commands.output import FAILED, Output
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import _


def check(ctx: typer.Context) -> None:
    """Check this station: journal, lists, store file, disk, access rights, clock, backup, library.

    Changes nothing. Ends with 1 if anything is bad.

    JSON:
        state: the worst of all: good, warn or bad
        checks: list of {check, state, code, detail}
    """
    from icme_tui.operations import selfcheck

    out = Output(ctx)
    with opened(ctx) as station, out.progress(_("Checking"), selfcheck.COUNT) as step:
        findings = selfcheck.run_checks(station, step)
    state = selfcheck.worst(findings)
    out.result(
        {
            "state": state,
            "checks": [
                {"check": one.check, "state": one.state, "code": one.code, "detail": dict(one.detail)}
                for one in findings
            ],
        },
        out.table(
            [_("Check"), _("State"), _("What was found")],
            [
                [_(CHECKS[one.check]), _(STATES[one.state]), sentence(one.code, one.detail)]
                for one in findings
            ],
        ),
    )
    if state == selfcheck.BAD:
        raise typer.Exit(FAILED)
