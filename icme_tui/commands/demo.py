"""``icme demo``: an office and two venues go through the whole round trip."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from icme_tui.codes import RuleError
from icme_tui.commands.output import Output, hundredths
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _

if TYPE_CHECKING:
    from icme_tui.operations.demo.roundtrip import Summary

_STEPS = {"cards": N_("Issuing cards"), "swipes": N_("A morning of swipes")}
_CHECKS = {
    "every accepted swipe is at the office": N_("every accepted swipe is at the office"),
    "everybody was at the lecture but the holder of the blocked card": N_(
        "everybody was at the lecture but the holder of the blocked card"
    ),
    "the second import brought nothing new": N_("the second import brought nothing new"),
    "the chains hold": N_("the chains hold"),
    "the projections agree with the journal": N_("the projections agree with the journal"),
}


def demo(
    ctx: typer.Context,
    headless: Annotated[
        bool, typer.Option("--headless", help=_("Only run the round trip and print the result."))
    ] = False,
    people: Annotated[int, typer.Option(metavar="N", help=_("How many people get a card, 10 to 300."))] = 300,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help=_("A new folder for it; else a temporary one."))
    ] = None,
) -> None:
    """Show an office and two venues at work, with invented people and a simulated reader.

    The roster comes from a real spreadsheet; everybody gets a card; a morning of swipes brings the faults of
    real life; bundles travel to the office, twice; credits come out, and the figures must add up.

    JSON:
        folder: where the stations stay, to look around in
        people: people in the registry
        cards: cards issued
        touches: cards held to a reader
        accepted: swipes accepted
        refused: touches not accepted, by reason
        bundles: size in bytes by file
        swipe_bytes: bytes of the largest bundle by swipe in it
        first_import: {new, known, held} facts
        second_import: the same bundles once more
        credits: {class_1, class_2} in hundredths
        not_counted: rows without credit, by reason
        flags: what the office has to look at, by code
        checks: each figure that must agree with another, and whether it does
    """
    from icme_tui.operations.demo.roundtrip import run

    out = Output(ctx)
    folder = to or Path(tempfile.mkdtemp(prefix="icme-demo-"))

    @contextmanager
    def progress(step: str, total: int) -> Iterator[Callable[[], None]]:
        with out.progress(_(_STEPS[step]), total) as advance:
            yield advance

    summary = run(folder, people, progress)
    out.result({**summary._asdict(), "folder": str(summary.folder)}, out.pairs(_shown(summary)))
    if not all(summary.checks.values()):
        raise RuleError("DEMO_FAILED", step=next(name for name, good in summary.checks.items() if not good))
    if not headless:
        out.say(*_look_around(summary))


def _shown(summary: Summary) -> list[tuple[str, str]]:
    return [
        (_("People"), str(summary.people)),
        (_("Cards issued"), str(summary.cards)),
        (_("Cards held to a reader"), str(summary.touches)),
        (_("  swipes accepted"), str(summary.accepted)),
        *((f"  {sentence(code)}", str(count)) for code, count in summary.refused.items()),
        *((_("Bundle {name}").format(name=name), _bytes(size)) for name, size in summary.bundles.items()),
        (_("  bytes for each swipe"), str(summary.swipe_bytes)),
        (_("Import at the office"), _facts(summary.first_import)),
        (_("The same once more"), _facts(summary.second_import)),
        (_("Credits, class I"), hundredths(summary.credits["class_1"])),
        (_("Credits, class II"), hundredths(summary.credits["class_2"])),
        *((f"  {sentence(code)}", str(count)) for code, count in summary.not_counted.items()),
        *((_("Flagged: {code}").format(code=code), str(count)) for code, count in summary.flags.items()),
        *((_(_CHECKS[name]), _("yes") if good else _("NO")) for name, good in summary.checks.items()),
    ]


def _look_around(summary: Summary) -> Iterator[str]:
    folder = summary.folder
    yield ""
    yield _("The stations stay in {folder}. To look around:").format(folder=folder)
    base = f"icme --home {folder}/office --password-file {folder}/password.txt"
    for command in ("credits", "journal show --kind session", "journal verify", "project list"):
        yield f"  {base} {command}"


def _facts(figures: dict[str, int]) -> str:
    return _("{new} new, {known} known, {held} held").format(**figures)


def _bytes(size: int) -> str:
    return _("{size} bytes").format(size=size)
