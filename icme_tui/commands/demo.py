"""``icme demo``: an office and two venues go through the whole round trip."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from icme_tui.codes import RuleError
from icme_tui.commands.context import Invocation, invocation_of
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
    office: Annotated[
        bool, typer.Option("--office", help=_("Open the office, where a bundle of the venue waits."))
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help=_("Begin again with a new stage."))] = False,
    people: Annotated[
        int,
        typer.Option(
            metavar="N", help=_("How many people get a card, 10 to 300; below 26 some faults do not occur.")
        ),
    ] = 300,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help=_("A new folder for it; else a temporary one."))
    ] = None,
) -> None:
    """Show an office and two venues at work, with invented people and a simulated reader.

    At a terminal the full-screen program opens on a venue with a session that is on, where one key holds one
    simulated card to the reader, the faulty ones too; with --office on the office, where its bundle waits.

    With --headless, or without a terminal, the whole round trip is run and its result printed: the roster
    comes from a real spreadsheet; everybody gets a card; a morning of swipes brings the faults of real life;
    bundles travel to the office, twice; credits come out, and the figures must add up.

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
    out = Output(ctx)
    invocation = invocation_of(ctx)
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty() and invocation.open_program is not None
    if at_terminal and not headless and not invocation.json:
        raise typer.Exit(_open_stage(out, invocation, to, office=office, fresh=fresh))
    if office or fresh:
        raise RuleError("DEMO_TERMINAL")
    from icme_tui.operations.demo.roundtrip import run

    folder = to or Path(tempfile.mkdtemp(prefix="icme-demo-"))
    out.note(
        _("The round trip runs in {folder}; with 300 people it takes half a minute.").format(folder=folder)
    )

    @contextmanager
    def progress(step: str, total: int) -> Iterator[Callable[[], None]]:
        with out.progress(_(_STEPS[step]), total) as advance:
            yield advance

    summary = run(folder, people, progress)
    out.result({**summary._asdict(), "folder": str(summary.folder)}, out.pairs(_shown(summary)))
    if not all(summary.checks.values()):
        raise RuleError("DEMO_FAILED", step=next(name for name, good in summary.checks.items() if not good))
    out.say(*_look_around(summary))


def _open_stage(out: Output, invocation: Invocation, to: Path | None, *, office: bool, fresh: bool) -> int:
    """Open the program on the stage, set first if there is none. Returns the exit code."""
    import shutil
    import time

    from platformdirs import user_data_path

    from icme_tui.operations.demo import sites, stage

    folder = to or user_data_path("icme", appauthor=False) / "demo"
    if stage.stage_in(folder) is not None and (fresh or stage.is_over(folder, time.time())):
        shutil.rmtree(folder)
    found = stage.stage_in(folder)
    if found is None:
        out.note(_("Setting the stage in {folder}.").format(folder=folder))
        found = stage.set_stage(folder, time.time_ns() // 1_000_000)
    if office:
        stage.bring_bundle(found)
    invocation.given_home = found.office if office else found.venue
    invocation.greeting = _("The password of the demonstration is {password}").format(password=sites.PASSWORD)
    if invocation.open_program is None:
        return 0
    return invocation.open_program(invocation)


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
