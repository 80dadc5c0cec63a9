"""What the screen of cards says: of a card that was looked at, of a step, of a result."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

from rich.cells import cell_len

from icme_tui.clock import parse_utc
from icme_tui.commands import doorwords, foreignwords
from icme_tui.commands.cardwords import FIELDS, NEXT_PACK, PROPOSAL
from icme_tui.commands.moments import show_moment
from icme_tui.commands.peoplewords import CARD_STATES
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _, ngettext
from icme_tui.operations.cancelling import Cancelled
from icme_tui.operations.carddesk import Done, Refused, Saw
from icme_tui.operations.cardsteps import PHASES, Step
from icme_tui.operations.changing import Changed
from icme_tui.operations.inspecting import SeenRecord, Sight
from icme_tui.operations.issuing import Issued
from icme_tui.screens.glyphs import one_line

_STEPS = {
    "look": N_("looking at the card"),
    "data": N_("writing the data"),
    "keys": N_("writing the keys"),
    "check": N_("reading everything back"),
}

_STATES = {
    "OK": N_("signature good"),
    "BLANK": N_("blank"),
    "INCOMPLETE": N_("not finished"),
    "CANCELLED": N_("cancelled, nobody's"),
    "ISSUER_UNKNOWN": N_("signed by a station that is not known here"),
    "SIGNATURE_BAD": N_("signature wrong: perhaps a copy"),
    "HOLDER_BAD": N_("holder damaged"),
    "FOREIGN_CARD": N_("of another system"),
}

_LINE_CELLS = 76


class Said(NamedTuple):
    """For ``widgets.outcome.Outcome.tell``."""

    kind: str
    word: str
    lines: tuple[str, ...]


def _said(kind: str, word: str, *lines: str) -> Said:
    return Said(kind, word, tuple(part for line in lines for part in _folded(line)))


def _folded(line: str) -> list[str]:
    """A sentence that is too long for one line, in several."""
    if cell_len(line) <= _LINE_CELLS:
        return [line]
    return textwrap.wrap(line, _LINE_CELLS if line.isascii() else _LINE_CELLS // 2)


def who(sight: Sight) -> str:
    """Whose card it is, by the registry, else by the card."""
    person = sight.person
    if person is None:
        return ""
    return f"{person.name or person.code} / {person.unit}" if person.unit else person.name or person.code


def verdict(sight: Sight) -> str:
    """What is to be thought of a card: ``OK`` or a reason code."""
    if sight.begun:
        return "INCOMPLETE"
    if sight.registered and sight.registered_state != "active":
        return "CANCELLED" if sight.registered_state == "cancelled" else "BLOCKED"
    return sight.state


def of_sight(sight: Sight) -> Said:
    """A card that was looked at."""
    code = verdict(sight)
    if sight.is_by_uid and code not in ("CANCELLED", "BLOCKED"):
        word = _("LINKED CARD") if sight.is_linked else _("KNOWN CARD")
        return _said("good", word, who(sight), _("It swipes by its number alone."))
    owner = who(sight) or _("Card {uid}").format(uid=sight.uid)
    if code == "OK":
        return _said("good", _("CARD IN ORDER"), owner, _("Nothing was written to it."))
    if code == "BLANK":
        return _said("", _("BLANK CARD"), owner, _("It can be issued: press i."))
    if sight.begun:
        return _said("warn", _("NOT FINISHED"), owner, _("The card was taken away too early. Press f."))
    kind = "" if code == "CANCELLED" else "bad"
    word = _(doorwords.WORDS.get(code, doorwords.WORDS["FOREIGN_CARD"]))
    more = (_("It can be linked to somebody: press l."),) if code == "FOREIGN_CARD" else ()
    return _said(kind, word, owner, sentence(code), *more)


def of_step(step: Step, name: str) -> Said:
    """How far it is."""
    at = PHASES.index(step.phase) + 1
    told = _("Step {n} of {all}: {what}").format(n=at, all=len(PHASES), what=_(_STEPS[step.phase]))
    return _said("", _("LEAVE THE CARD THERE"), name, told, _("{n} operations").format(n=step.operations))


def of_done(done: Done, name: str) -> Said:
    """Something was done with a card."""
    result = done.result
    if isinstance(result, Issued):
        left = ngettext("{n} person has no card yet.", "{n} people have no card yet.", done.left)
        more = left.format(n=done.left) if done.left else _("Take the card away.")
        return _said("good", _("CARD ISSUED"), name, _("Card {number}").format(number=result.number), more)
    if isinstance(result, Changed):
        if not result.fields:
            return _said("", _("UP TO DATE"), name, _("Nothing was written to it."))
        fields = ", ".join(_(FIELDS[field]) for field in result.fields)
        return _said("good", _("CARD CHANGED"), name, _("Written: {code}.").format(code=fields))
    if isinstance(result, Cancelled):
        told = _(PROPOSAL) if result.is_proposal else _("It can be issued again.")
        card = result.number or result.uid
        return _said("good", _("CARD CANCELLED"), name, _("Card {number}").format(number=card), told)
    told = _(PROPOSAL if result.is_proposal else NEXT_PACK)
    words = _("Card {number} instead of {old}.").format(number=result.issued.number, old=result.old)
    return _said("good", _("CARD REPLACED"), name, words, told)


def of_refused(refused: Refused, name: str) -> Said:
    """Something was not done."""
    words = sentence(refused.code, refused.detail)
    if refused.again:
        return _said("warn", _("PUT THE CARD BACK"), name, words, _("Put it back and leave it there."))
    more = _("Another card, please. Esc: cancel.") if refused.waits else ""
    return _said("bad", _("NOT WRITTEN"), name, words, more)


def facts_of(saw: Saw, cells: int) -> str:
    """Everything that is known of a card, in five lines."""
    sight = saw.sight
    holder = sight.holder
    kind = foreignwords.kind(sight.kind)
    named = f"{sight.uid}, {kind}" if kind and sight.state == "FOREIGN_CARD" else sight.uid
    lines = [_("UID {uid}, {state}").format(uid=named, state=_(_STATES[sight.state]))]
    if sight.state == "FOREIGN_CARD":
        told = (foreignwords.applications(sight.applications), foreignwords.open_sectors(sight.sectors))
        lines += [", ".join(part for part in told if part)] if any(told) else []
    if holder is not None:
        lines.append(
            _("On the card: {name} ({person}), card {number}, issue {issue}, station {station}").format(
                name=holder.name,
                person=holder.person,
                number=holder.number,
                issue=holder.issue,
                station=holder.station,
            )
        )
    if sight.registered:
        state = _(CARD_STATES.get(sight.registered_state, sight.registered_state))
        lines.append(
            _("In the registry: {name}, card {number}, {state}").format(
                name=who(sight), number=sight.registered, state=state
            )
        )
    else:
        lines.append(_("In the registry: not known here"))
    lines.append(_store_line(sight))
    if saw.differs and holder is not None:
        fields = ", ".join(_(FIELDS[field]) for field in saw.differs)
        lines.append(_("Not up to date: {fields}. Press e.").format(fields=fields))
    return "\n".join(one_line(line, cells) for line in lines)


def _store_line(sight: Sight) -> str:
    known = sum(record.known for record in sight.records)
    text = _("Records: {n} on the card, {known} of them in the store").format(
        n=len(sight.records), known=known
    )
    if sight.kept:
        kept = ngettext("{n} kept now", "{n} kept now", sight.kept)
        text += "  " + kept.format(n=sight.kept)
    if sight.highest > max((record.number for record in sight.records), default=0):
        text += "  " + _("! The store knows number {n}: perhaps a copy").format(n=sight.highest)
    return text


def record_cells(record: SeenRecord, title: str) -> list[object]:
    """The cells of one record in the list."""
    checked = {True: _("good"), False: _("WRONG"), None: _("not ours")}[record.verified]
    doubt = "?" if record.doubtful else ""
    at = show_moment(parse_utc(record.at)) if record.at else "-"
    return [
        record.number,
        at + doubt,
        record.session,
        title,
        _("in") if record.direction == "in" else _("out"),
        record.station,
        checked,
        _("yes") if record.known else _("no"),
    ]
