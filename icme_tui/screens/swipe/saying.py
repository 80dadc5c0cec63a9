"""What the swipe screen says of whatever happened at a reader: a kind, a word, three lines."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from icme_tui.commands import doorwords
from icme_tui.commands.moments import show_time
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations.doorlist import Counts, Line
from icme_tui.operations.guests import GUEST
from icme_tui.operations.listening import Looked, LookFailed, Touched
from icme_tui.operations.swiping import Outcome
from icme_tui.rules.session import Session
from icme_tui.screens.glyphs import filled, one_line

WARNINGS = ("ALREADY_IN", "ALREADY_OUT", "PUT_CARD_BACK")
"""Outcomes that ask for something small; the others that are not accepted turn somebody away."""

WAYS = {"auto": N_("in and out by the time"), "in": N_("only in"), "out": N_("only out")}

_TIME_CELLS = 8
_WAY_CELLS = 6
_NAME_CELLS = 22


_LINE_CELLS = 76
"""What fits into a line of the outcome at 80 columns."""


class Said(NamedTuple):
    """For ``widgets.outcome.Outcome.tell``."""

    kind: str
    word: str
    lines: tuple[str, ...]


def of_touch(touched: Touched, session: Session) -> Said:
    """The one answer to a touch."""
    outcome = touched.outcome
    word = _(doorwords.WORDS.get(outcome.code, doorwords.NOT_RECORDED))
    if "CARD_BEHIND" in outcome.warnings:
        word = _("{word}, COPY SUSPECTED").format(word=word)
    lines = (_who(outcome), _when(touched), _more(touched, session))
    return Said(kind_of(outcome), word, tuple(one_line(line, _LINE_CELLS) for line in lines))


def kind_of(outcome: Outcome) -> str:
    """``good``, ``warn`` or ``bad``."""
    if outcome.accepted:
        return "warn" if "CARD_BEHIND" in outcome.warnings else "good"
    return "warn" if outcome.code in WARNINGS else "bad"


def _who(outcome: Outcome) -> str:
    if outcome.person is not None and (outcome.person.name or outcome.person.code):
        return named(outcome.person.name or outcome.person.code, outcome.person.unit)
    return _("Card {uid}").format(uid=outcome.uid)


def named(name: str, unit: str) -> str:
    """Somebody and where he belongs."""
    return f"{name} / {unit}" if unit else name


def _when(touched: Touched) -> str:
    card = touched.outcome.card
    at = show_time(touched.at_ms)
    return _("{time}  card {card}").format(time=at, card=card) if card else at


def _more(touched: Touched, session: Session) -> str:
    outcome = touched.outcome
    if touched.other is not None:
        return _("Wrong session? Open now is: {title} (key s)").format(title=touched.other.title)
    if outcome.code in ("TOO_EARLY", "TOO_LATE"):
        return door_times(session, outcome.direction or "in")
    codes = outcome.warnings if outcome.accepted else (outcome.code,)
    return "  ".join(sentence(code) for code in codes)


def door_times(session: Session, direction: str) -> str:
    """When the door stands open."""
    if direction == "in":
        opens, closes = session.in_from_ms, session.in_until_ms
        template = _("Sign in from {opens} to {closes}.")
    else:
        opens, closes = session.out_from_ms, session.out_until_ms
        template = _("Sign out from {opens} to {closes}.")
    return template.format(opens=show_time(opens)[:5], closes=show_time(closes)[:5])


def of_look(looked: Looked | LookFailed) -> Said:
    """What a test touch shows."""
    nothing = _("Test: nothing was recorded.")
    if isinstance(looked, LookFailed):
        return Said("warn", _("TEST"), ("", sentence(looked.code), nothing))
    sight = looked.sight
    who = named(sight.person.name, sight.person.unit) if sight.person is not None else ""
    number = sight.holder.number if sight.holder is not None else sight.registered
    card = ""
    if number:
        n = len(sight.records)
        told = ngettext("Card {number}, {n} record", "Card {number}, {n} records", n)
        card = told.format(number=number, n=n)
    verdict = sentence(looked.would) if looked.would else _("The card is in order.")
    first = who or _("Card {uid}").format(uid=sight.uid)
    lines = (one_line(first, _LINE_CELLS), one_line(f"{card}  {verdict}".strip(), _LINE_CELLS), nothing)
    return Said("warn" if looked.would else "", _("TEST"), lines)


def counts_line(counts: Counts, refused: int) -> str:
    """In, out, inside, refused."""
    return _("In {came}   Out {left}   Inside {inside}   Refused {refused}").format(
        **counts._asdict(), refused=refused
    )


def heading(session: Session, way: str, cells: int) -> Text:
    """The session at the door and which way touches count."""
    times = f"{show_time(session.start_ms)[:5]}-{show_time(session.end_ms)[:5]}"
    after = f"  {times}  {_(WAYS[way]) if session.mode == 'in_out' else _('sign in only')}"
    return Text(one_line(session.title, max(10, cells - cell_len(after))) + after, style="bold")


def line_of_touch(touched: Touched, cells: int, numbered: bool = False) -> tuple[str, str]:
    """(row, kind) of the list of last touches; ``numbered`` with the number of the reader before it."""
    outcome = touched.outcome
    who = outcome.person
    name = who.name or who.code if who is not None else outcome.uid
    if outcome.accepted:
        what = direction_word(outcome.direction or "")
        remark = "  ".join(sentence(code) for code in outcome.warnings if code != GUEST)
    else:
        what, remark = "!", _(doorwords.WORDS.get(outcome.code, doorwords.NOT_RECORDED))
    unit = who.unit if who is not None else ""
    reader = f"{touched.post + 1} " if numbered else " "
    return _row(touched.at_ms, what, name, remark or unit, cells, reader), kind_of(outcome)


def line_of_line(line: Line, cells: int) -> tuple[str, str]:
    """The same for a touch that was read from the store."""
    remark = _("make-up") if line.kind == "makeup" else line.person.unit
    name = line.person.name or line.person.code
    return _row(line.at_ms, direction_word(line.direction), name, remark, cells), "good"


def direction_word(direction: str) -> str:
    return _("in") if direction == "in" else _("out")


def _row(at_ms: int, what: str, name: str, remark: str, cells: int, first_cell: str = " ") -> str:
    when = first_cell + filled(show_time(at_ms), _TIME_CELLS)
    first = f"{when} {filled(what, _WAY_CELLS)} {filled(name, _NAME_CELLS)} "
    return first + one_line(remark, max(0, cells - cell_len(first)))
