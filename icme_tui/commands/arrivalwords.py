"""What is said of bundles and packs that came in, or were left alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _, ngettext

if TYPE_CHECKING:
    from icme_tui.operations.importing import Imported
    from icme_tui.operations.passing import Passed

RESULTS = {
    "accept": N_("taken in"),
    "hold": N_("waits"),
    "quarantine": N_("set aside"),
    "unreadable": N_("unreadable"),
}

VERDICTS = {"accept": N_("accept"), "hold": N_("hold"), "quarantine": N_("set aside")}
"""Of a check that takes nothing in."""

SHOWN = 5
"""Names of files that a sentence about all of them begins with."""


class Judged(NamedTuple):
    """A file with the code of what became of it."""

    name: str
    code: str
    sender: str


def reasons(files: Iterable[Judged]) -> list[str]:
    """A sentence for each code but OK, with the files that it is about."""
    by_code: dict[str, list[Judged]] = {}
    for one in files:
        if one.code != "OK":
            by_code.setdefault(one.code, []).append(one)
    lines: list[str] = []
    for code, group in by_code.items():
        first = group[0]
        said = sentence(code, {"sender": first.sender or "-", "file": first.name})
        lines.append(f"{_names(group)}: {said} [{code}]")
    return lines


def judged(results: Iterable[Imported]) -> list[Judged]:
    return [Judged(one.name, one.code, one.sender) for one in results]


def brought(one: Imported) -> str:
    """What a pack has brought."""
    n = one.brought
    parts = (
        ngettext("{n} person", "{n} people", n["people"]).format(n=n["people"]),
        ngettext("{n} course", "{n} courses", n["courses"]).format(n=n["courses"]),
        ngettext("{n} session", "{n} sessions", n["sessions"]).format(n=n["sessions"]),
        ngettext("{n} card", "{n} cards", n["cards"]).format(n=n["cards"]),
        ngettext("{n} blocked card", "{n} blocked cards", n["blocked"]).format(n=n["blocked"]),
    )
    return _("The pack of {office} is in force: {list}.").format(office=one.sender, list=", ".join(parts))


def nothing_here(code: str, passed: list[Passed]) -> str:
    """Why nothing of a folder was taken in at the station ``code``."""
    said = [_("There is nothing for {code} here.").format(code=code)]
    to = sorted({one.to for one in passed if one.to and one.to != code})
    own = sum(one.sender == code for one in passed)
    requests = [one.file.name for one in passed if one.kind == "request"]
    if to:
        said.append(_("What lies here is for: {list}.").format(list=", ".join(to)))
    if own:
        said.append(
            ngettext(
                "{n} file is of this station itself.", "{n} files are of this station itself.", own
            ).format(n=own)
        )
    if requests:
        said.append(
            _("{list} asks to be admitted: use 'icme enroll'.").format(list=", ".join(requests[:SHOWN]))
        )
    return " ".join(said)


def _names(group: list[Judged]) -> str:
    names = [one.name for one in group]
    more = len(names) - SHOWN
    shown = ", ".join(names[:SHOWN])
    return _("{files} and {n} more").format(files=shown, n=more) if more > 0 else shown
