"""People one by one: listed in pages, shown, added and changed with the checks of the roster."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from icme_tui.codes import RuleError
from icme_tui.operations import remit
from icme_tui.operations.holders import ACTIVE, state_of
from icme_tui.operations.roster.checking import RowChecker
from icme_tui.operations.roster.layout import Layout
from icme_tui.operations.roster.plan import Finding
from icme_tui.operations.roster.units import UnitIndex
from icme_tui.rules.people.education import level_name
from icme_tui.rules.people.headings import Match
from icme_tui.rules.people.idnumber import mask
from icme_tui.rules.people.phones import mask_phone
from icme_tui.rules.people.titles import title_name
from icme_tui.station import PeopleQuery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icme_tui.station import Record, Station

__all__ = [
    "FIELDS", "PeopleQuery", "PersonCard", "PersonCheck", "PersonLine", "PersonView", "check_person",
    "people_page", "person_view", "query_of", "save_person", "set_left", "shown_value",
    "shown_values",
]  # fmt: skip

FIELDS = (
    "name", "idno", "sex", "born", "unit", "title", "employed_title", "employed_on", "education", "degree",
    "specialty", "phone",
)  # fmt: skip
"""What can be said of a person, in the order of a form."""

LEFT = "left"
SEXES = {1: "男", 2: "女"}
SECRET = frozenset({"idno", "phone"})
"""Fields that are shown masked only."""

_REQUIRED = frozenset({"name", "idno", "unit"})
_TITLES = ("title", "employed_title")
_LAYOUT = Layout(0, 1, Match({key: at for at, key in enumerate(FIELDS)}, {}, []), {}, [])


class PersonLine(NamedTuple):
    """A person as lists show one."""

    code: str
    name: str
    unit: str
    """Name of the unit, else its code."""
    title: str
    idno: str
    """Masked."""
    has_card: bool
    state: str


class PersonCard(NamedTuple):
    """A card of a person."""

    number: str
    uid: str
    state: str


class PersonView(NamedTuple):
    """A person as a page shows one."""

    code: str
    values: dict[str, str]
    """Field → as people read it; ID and telephone number masked."""
    unit_code: str
    cards: list[PersonCard]
    state: str
    maker: str
    """Code of the station that made the record."""


class PersonCheck(NamedTuple):
    """What a form would write, and what is wrong with it."""

    person: str
    """Code; empty for a new one."""
    set: dict[str, Any]
    """Body fields that would change; None takes a value away."""
    findings: list[Finding]

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]

    def __repr__(self) -> str:
        return f"PersonCheck({self.person!r}, {sorted(self.set)}, {len(self.errors)} errors)"


def query_of(station: Station, text: str, **filters: Any) -> PeopleQuery:
    """What somebody typed, as a query; ``filters`` are fields of ``PeopleQuery``.

    All words must fit. The number of a card stands for its holder.
    """
    words = tuple(unicodedata.normalize("NFKC", text).split())
    cards = [station.registry.get("card", word) for word in words if word.isascii() and word.isdigit()]
    codes = tuple(str(card.body["person"]) for card in cards if card and card.body.get("person"))
    return PeopleQuery(words=words, codes=codes)._replace(**filters)


def people_page(
    station: Station, query: PeopleQuery, first: int = 0, count: int = 200
) -> tuple[list[PersonLine], int]:
    """The people of a query from the ``first`` on by initials and name, and how many there are."""
    units: dict[str, str] = {}
    records, total = station.registry.people(query, first, count)
    return [_line(station, record, units) for record in records], total


def person_view(station: Station, code: str) -> PersonView:
    """Everything that a page shows of a person.

    Raises RuleError ``NO_PERSON``.
    """
    record = _known(station, code)
    cards = [
        PersonCard(card.id, str(card.body.get("uid") or ""), state_of(card))
        for card in station.registry.find("card", "person", code)
    ]
    return PersonView(
        code,
        _shown(station, record.body),
        str(record.body.get("unit") or ""),
        sorted(cards, key=lambda card: (card.state != ACTIVE, card.number)),
        str(record.body.get("state") or ""),
        record.maker,
    )


def shown_values(station: Station, code: str) -> dict[str, str]:
    """The values of a person for a form: field → text. ID and telephone number are left out.

    Raises RuleError ``NO_PERSON``.
    """
    values = _shown(station, _known(station, code).body)
    return {key: "" if key in SECRET else value for key, value in values.items()}


def check_person(
    station: Station, values: Mapping[str, str], person: str = "", only: Iterable[str] = ()
) -> PersonCheck:
    """Check the texts of a form as the roster's cells are checked.

    Of a person whom the store has, a field that is not given stays as it is; an empty one is taken away, but
    for the ID number, the telephone number and the required fields, which stay. ``only`` leaves out findings
    about other fields.

    Raises RuleError ``NO_PERSON``.
    """
    record = _known(station, person) if person else None
    body = record.body if record is not None else {}
    stated = {key: text.strip() for key, text in values.items() if key in FIELDS}
    texts = {key: text for key, text in stated.items() if text or not body}
    if body.get("idno"):
        texts.setdefault("idno", str(body["idno"]))
    checker = RowChecker(_layout(texts, is_new=not person), _today(station))
    checked = checker.check(1, [texts.get(key, "") for key in FIELDS])
    new = dict(checked.set)
    if checked.unit:
        _find_unit(station, checker, checked.unit, new)
    within = remit.units_within(station)
    asked = {str(values["unit"]) for values in (body, new) if values.get("unit")}
    if within is not None and not asked <= within:
        others = ", ".join(_unit_name(station, unit, {}) for unit in sorted(asked - within))
        checker.find("unit", "UNIT_OF_OTHERS", "error", others)
    if checked.idno and checked.idno != body.get("idno"):
        for other in _with_number(station, checked.idno, str(new.get("name") or body.get("name") or "")):
            name = str(other.body.get("name", ""))
            checker.find("idno", "ID_TAKEN", "error", mask(checked.idno), person=other.id, name=name)
    for key, text in stated.items():
        if not text and key not in SECRET | _REQUIRED | {"sex", "born"} and body.get(key) is not None:
            new[key] = None
    findings = [finding for finding in checker.findings if not only or finding.field in only]
    return PersonCheck(person, {key: value for key, value in new.items() if value != body.get(key)}, findings)


def save_person(station: Station, check: PersonCheck) -> str:
    """Write what was checked; the code of the person. A check that changes nothing writes nothing.

    Raises RuleError ``PERSON_REFUSED``, for a check with errors.
    """
    if check.errors:
        raise RuleError("PERSON_REFUSED", errors=len(check.errors))
    code = check.person or station.new_code("person")
    changes = check.set if check.person else {k: v for k, v in check.set.items() if v is not None}
    if changes:
        station.record(station.put("person", code, **changes))
    return code


def set_left(station: Station, code: str, left: bool) -> bool:
    """Note that a person has left, or is back; whether that is new. Nothing of a person is ever removed.

    Raises RuleError ``NO_PERSON``, ``UNIT_OF_OTHERS``.
    """
    record = _known(station, code)
    within = remit.units_within(station)
    if within is not None and record.body.get("unit") not in within:
        raise RuleError("UNIT_OF_OTHERS", unit=str(record.body.get("unit") or ""))
    state = LEFT if left else None
    if record.body.get("state") == state:
        return False
    station.record(station.put("person", code, state=state))
    return True


def _with_number(station: Station, idno: str, name: str) -> list[Record]:
    """Who has this ID number. Of people elsewhere a venue holds only the name and the end of the number."""
    found = station.registry.find("person", "idno", idno)
    return found or [
        record
        for record in station.registry.find("person", "name", name)
        if not record.body.get("idno") and record.body.get("idno4") == idno[-4:]
    ]


def _known(station: Station, code: str) -> Record:
    record = station.registry.get("person", code)
    if record is None:
        raise RuleError("NO_PERSON", person=code)
    return record


def _today(station: Station) -> Any:
    return datetime.fromtimestamp(station.clock.read().wall_ms / 1000, UTC).date()


def _layout(texts: Mapping[str, str], is_new: bool) -> Layout:
    """The columns that are there: those with a text, and for a new person the required ones."""
    keys = [key for key in FIELDS if texts.get(key) or (is_new and (key in _REQUIRED or key == "title"))]
    columns = {key: FIELDS.index(key) for key in keys}
    return _LAYOUT._replace(match=Match(columns, {}, []), headings=dict.fromkeys(keys, ""))


def _find_unit(station: Station, checker: RowChecker, text: str, new: dict[str, Any]) -> None:
    """A unit by its code or its name."""
    record = station.registry.get("unit", text.upper()) if text.isascii() else None
    if record is not None:
        new["unit"] = record.id
        return
    found = UnitIndex(station.registry.all("unit")).find(text)
    if found.code:
        new["unit"] = found.code
    elif found.several:
        checker.find("unit", "UNIT_AMBIGUOUS", "error", text, units=list(found.several))
    else:
        checker.find("unit", "UNIT_NOT_THERE", "error", text, suggestion=found.suggestion)


def _unit_name(station: Station, code: str, known: dict[str, str]) -> str:
    if code and code not in known:
        record = station.registry.get("unit", code)
        known[code] = str(record.body.get("name") or code) if record is not None else code
    return known.get(code, "")


def _line(station: Station, record: Record, units: dict[str, str]) -> PersonLine:
    body = record.body
    title = body.get("title")
    cards = station.registry.find("card", "person", record.id)
    return PersonLine(
        record.id,
        str(body.get("name") or ""),
        _unit_name(station, str(body.get("unit") or ""), units),
        title_name(title) if type(title) is int else "",
        mask(str(body.get("idno") or "")),
        any(state_of(card) == ACTIVE for card in cards),
        str(body.get("state") or ""),
    )


def _shown(station: Station, body: Mapping[str, Any]) -> dict[str, str]:
    return {key: shown_value(station, key, body.get(key)) for key in FIELDS}


def shown_value(station: Station, key: str, value: Any) -> str:
    """A field of a person's record as people read it; ID and telephone numbers masked."""
    if value is None:
        return ""
    if key in _TITLES and type(value) is int:
        return title_name(value)
    if key == "sex":
        return SEXES.get(value, "")
    if key == "education" and type(value) is int:
        return level_name("education", value)
    if key == "degree" and type(value) is int:
        return level_name("degree", value)
    if key == "unit":
        return _unit_name(station, str(value), {})
    if key == "idno":
        return mask(str(value))
    return mask_phone(str(value)) if key == "phone" else str(value)
