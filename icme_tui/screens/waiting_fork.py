"""A fork, side by side: what each copy of a home wrote at the same places, and which of it counts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import ClassVar, NamedTuple

from textual.widget import Widget

from icme_tui.commands.fork import keep_word, local, short, told_side
from icme_tui.commands.kindwords import kind_word, value_word
from icme_tui.commands.output import hundredths
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations import forks
from icme_tui.operations.forks import Fork, Outcome, Told
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.rows import page_of
from icme_tui.screens.waiting_panels import reason_panel
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain


class _Known(NamedTuple):
    fork: Fork
    lines: list[Told]
    outcomes: list[Outcome]


class ForkScreen(StationScreen):
    """The sides of a fork, place by place."""

    LABEL = N_("Fork")
    HELP = N_(
        "Two computers went on from one home folder, so each place has a line of both. Usually both are true:"
        " people really stood at two doors. Deciding covers all places of the list."
    )
    CSS_PATH = "credits.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("fork.decide", "d", N_("Decide"), N_("Say which side counts.")),
    )

    def __init__(self, name: str) -> None:
        super().__init__()
        self._wanted = name
        self._known: _Known | None = None

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="fork-what", classes="credits-top gap")
        yield PagedList(
            [
                Column(_("No."), 6, right=True),
                Column(_("Side {n}").format(n=1), 35),
                Column(_("Side {n}").format(n=2)),
            ],
            self._page,
            id="fork-lines",
            empty=_("Nothing waits."),
            explains=N_("One place a row: what the one copy wrote there, and what the other."),
        )
        yield Plain("", id="fork-others", classes="credits-why")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.fetch(lambda job: self._read(), self._came, group="fork")

    def _read(self) -> _Known:
        fork = forks.find(self.station, self._wanted)
        outcomes = forks.outcomes(self.station, fork) if self.station.role == "office" else []
        return _Known(fork, forks.lines(self.station, fork), outcomes)

    def _page(self, first: int, count: int, words: str) -> Page:
        lines = self._known.lines if self._known is not None else []
        rows = [
            Row(str(p), (p, *_cells(list(of_place))))
            for p, of_place in groupby(lines, key=lambda line: line.p)
        ]
        return page_of(rows, first, count, words)

    def _came(self, known: _Known) -> None:
        self._known = known
        self.query_one(PagedList).reload(first=True)
        width = max(20, self.app.size.width - 2)
        told = [
            _("{fork}: copied; nothing of it counts before it is decided (d).").format(fork=short(known.fork))
        ]
        told += [f"{side.number}: {told_side(side)}" for side in known.fork.sides]
        self.query_one("#fork-what", Plain).show("\n".join(one_line(clean(line), width) for line in told))
        after = known.fork.after
        if after:
            later = ngettext(
                "{n} later fact has one history only; it counts.",
                "{n} later facts have one history only; they count.",
                after,
            )
            self.query_one("#fork-others", Plain).show(one_line(later.format(n=after), width))

    def on_paged_list_opened(self, _event: PagedList.Opened) -> None:
        self.action_decide()

    def action_decide(self) -> None:
        known = self._known
        if known is None:
            return
        if self.station.role != "office":
            self.tell(_("Only an office can do this."), "warn")
            return
        sides = len(known.fork.sides)
        choices = [
            Choice(one.keep, f"{_named(one.keep, sides)}: {gain(one)}", _letter(one.keep, sides))
            for one in known.outcomes
        ]
        choices.append(Choice((), _("none: nothing of it counts"), "0"))
        self.open_panel(ChoosePanel(_("Which side counts?"), choices, self._why))

    def _why(self, keep: tuple[int, ...]) -> None:
        known = self._known
        if known is None:
            return
        word = keep_word(keep, len(known.fork.sides))
        title = _("Keep {sides}. Why?").format(sides=word)
        self.open_panel(reason_panel(title, lambda reason: self._resolve(known.fork, keep, reason)))

    def _resolve(self, fork: Fork, keep: tuple[int, ...], reason: str) -> None:
        def done(n: int) -> None:
            told = ngettext("{n} place is decided.", "{n} places are decided.", n)
            self.app.pop_screen()
            self.icme.tell(told.format(n=n), "good")

        self.perform(lambda job: forks.resolve(self.station, fork, keep, reason), done)

    def back(self) -> None:
        """Escape first ends a search."""
        if not self.query_one(PagedList).end_search():
            super().back()


def _cells(of_place: list[Told]) -> tuple[str, str]:
    by_side = {line.side: _told(line) for line in of_place}
    return by_side.get(1, ""), by_side.get(2, "")


def gain(outcome: Outcome) -> str:
    """What a decision brings, in a line: attendances that change, credits."""
    n = len(outcome.changes)
    credits_c = sum(
        (each.after.credits_c if each.after else 0) - (each.before.credits_c if each.before else 0)
        for each in outcome.changes
    )
    told = ngettext("{n} attendance changes.", "{n} attendances change.", n).format(n=n)
    sign = "+" if credits_c >= 0 else ""
    return f"{told} {_('Credits: {sum}').format(sum=sign + hundredths(credits_c))}"


def _named(keep: tuple[int, ...], sides: int) -> str:
    return _("Side {n}").format(n=keep[0]) if len(keep) == 1 else keep_word(keep, sides)


def _letter(keep: tuple[int, ...], sides: int) -> str:
    return "b" if len(keep) == sides else str(keep[0])


def _told(line: Told) -> str:
    time = local(line.at)[11:]
    if not line.kind:
        return _("unreadable")
    if line.person:
        return f"{time} {value_word('dir', line.dir)} {clean(line.person)} {clean(line.session)}"
    return f"{time} {kind_word(line.kind)} {line.by}"
