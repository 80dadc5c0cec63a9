"""What was set aside: why, what to do about it, and the decision, with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Input

from icme_tui.commands.moments import show_utc
from icme_tui.commands.quarantinewords import WAYS, decided, meaning, remedy
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.operations import quarantine, releasing
from icme_tui.operations.quarantine import Kept
from icme_tui.operations.releasing import Released
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.hints import key_hints
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Panel, TextPanel
from icme_tui.screens.widgets.plain import Plain


class QuarantineScreen(StationScreen):
    """What was set aside, and the decisions about it."""

    LABEL = N_("Set aside")
    HELP = N_(
        "Files that were refused are kept here with their reason. Nothing that came is deleted. A release"
        " judges a file anew, and sets no check aside; a reject refuses it for good. Both need a reason and"
        " are recorded with your name."
    )
    CSS_PATH = "transfer.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("aside.release", "r", N_("Release"), N_("Judge this file anew; take it in if it holds now.")),
        Action("aside.reject", "x", N_("Reject"), N_("Refuse this file for good.")),
        Action("aside.everything", "a", N_("All"), N_("Also what was decided, or only what waits.")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, Kept] = {}
        self._everything = False

    def body(self) -> Iterable[Widget]:
        yield Plain("", id="aside-keys", classes="transfer-top gap")
        yield PagedList(
            [
                Column(_("Since"), 16),
                Column(_("From"), 7),
                Column(_("Code"), 16),
                Column(_("File")),
                Column(_("Decided"), 24, from_width=100),
            ],
            self._page,
            id="kept",
            empty=_("Nothing was set aside that waits for a decision."),
            explains=N_("One file a row, the newest first. Below stands what it means and what to do."),
        )
        yield Plain("", id="aside-why")

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()
        self.call_after_refresh(
            lambda: self.query_one("#aside-keys", Plain).show(key_hints(self, self.ACTIONS))
        )

    def _page(self, first: int, count: int, words: str) -> Page:
        kept = quarantine.kept_files(self.station, decided=self._everything)
        self._kept = {each.id: each for each in kept}
        return page_of([_row(each) for each in kept], first, count, words)

    @property
    def _list(self) -> PagedList:
        return self.query_one(PagedList)

    def _chosen(self) -> Kept | None:
        row = self._list.row
        return self._kept.get(row.key) if row is not None else None

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        kept = self._kept.get(event.row.key) if event.row is not None else None
        self.query_one("#aside-why", Plain).show(clean(_why(kept)) if kept is not None else "")

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        kept = self._kept.get(event.row.key)
        if kept is not None:
            self.open_panel(TextPanel(clean(kept.name or kept.id[:12]), _details(kept)))

    # Deciding

    def action_everything(self) -> None:
        self._everything = not self._everything
        self._list.reload(first=True)

    def action_release(self) -> None:
        kept = self._chosen()
        if kept is None:
            return
        if kept.way == quarantine.NEVER:
            self.tell(_(WAYS[kept.way]), "warn")
            return
        self._ask(kept, _("Why is {file} to be judged anew?"), self._release)

    def action_reject(self) -> None:
        kept = self._chosen()
        if kept is not None:
            self._ask(kept, _("Why is {file} refused for good?"), self._reject)

    def _ask(self, kept: Kept, question: str, done: Callable[[Kept, str], None]) -> None:
        title = question.format(file=clean(kept.name or kept.id[:12]))
        self.open_panel(_ReasonPanel(title, lambda reason: done(kept, reason)))

    def _release(self, kept: Kept, reason: str) -> None:
        self.perform(lambda job: releasing.release(self.station, kept.id, reason), self._released)

    def _reject(self, kept: Kept, reason: str) -> None:
        self.perform(lambda job: releasing.reject(self.station, kept.id, reason), self._rejected)

    def _released(self, done: Released) -> None:
        name = clean(done.kept.name or done.kept.id[:12])
        why = clean(sentence(done.code, {"file": done.kept.name, "sender": done.kept.sender or "-"}))
        if done.result == "accept":
            told, kind = _("{file} is let in: {new} facts new, {known} known."), "good"
        elif done.result == "hold":
            told, kind = _("{file} is let in and waits in inbox/ now: {why}"), "warn"
        else:
            told, kind = _("{file} stays set aside: {why} [{code}]"), "bad"
        self._list.reload()
        self.tell(told.format(file=name, new=done.new, known=done.known, why=why, code=done.code), kind)

    def _rejected(self, kept: Kept) -> None:
        self._list.reload()
        told = _("{file} is rejected. It stays in quarantine/.")
        self.tell(told.format(file=clean(kept.name or kept.id[:12])), "good")


class _ReasonPanel(Panel):
    """Why somebody decides so."""

    def __init__(self, title: str, chosen: Callable[[str], None]) -> None:
        super().__init__(title)
        self._done = chosen

    def body(self) -> Iterator[Widget]:
        yield Field(
            "reason",
            _("Reason"),
            check=lambda text: "" if text.strip() else sentence("REASON_MISSING"),
            explains=N_("It stands in the journal with your name. Enter decides, Escape leaves it open."),
            most=200,
        )

    def on_mount(self) -> None:
        self.query_one(Field).focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        field = self.query_one(Field)
        if check_fields([field]):
            self.close()
            self._done(field.value)


def _row(each: Kept) -> Row:
    cells = (
        show_utc(each.at),
        each.sender,
        each.code,
        each.name or each.file.name,
        decided(each.decision) if each.decision else "",
    )
    return Row(each.id, cells, "faint" if each.decision else "")


def _why(kept: Kept) -> str:
    if kept.decision is not None:
        return decided(kept.decision)
    return f"{meaning(kept)} {remedy(kept.code)}"


def _details(kept: Kept) -> str:
    pairs = [
        (_("Code"), kept.code),
        (_("From"), kept.sender),
        (_("Since"), show_utc(kept.at)),
        (_("By"), kept.by),
        (_("Why"), meaning(kept)),
        (_("What to do"), remedy(kept.code)),
        (_("Release"), _(WAYS[kept.way])),
        (_("Decided"), decided(kept.decision) if kept.decision else ""),
        ("SHA-256", kept.id[:12]),
    ]
    return "\n".join(f"{name}: {clean(value)}" for name, value in pairs if value)
