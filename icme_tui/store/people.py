"""People in the order of their initials: pages, counts and search, so that nobody reads them all.

The table ``person_row`` is a projection of the records of people; ``registry`` keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from icme_tui.rules.people.initials import initials

_FIELDS = ("name", "idno", "unit", "title", "state")
_GONE = ("left", "cancelled", "merged")
_ACTIVE_CARD = (
    "SELECT body ->> '$.person' FROM record WHERE kind = 'card' AND body ->> '$.person' IS NOT NULL"
    " AND coalesce(body ->> '$.state', 'active') = 'active'"
)


class PeopleQuery(NamedTuple):
    """Which people are asked for: those for whom everything that is given holds."""

    words: tuple[str, ...] = ()
    """Each is a part of the name, the beginning of the initials, the code, or the end of the ID number."""
    codes: tuple[str, ...] = ()
    """Also these, whatever the words say."""
    units: tuple[str, ...] | None = None
    """Codes of units; ``("",)`` are those without one."""
    without_card: bool = False
    rank: int | None = None
    """Rank of the title: 1 to 5, 0 for none."""
    gone: bool | None = False
    """Those who have left (True), those who have not (False), or all (None)."""


def note(connection: Any, id_: str, body: Mapping[str, Any] | None) -> None:
    """Write the row of one person anew; without a body it goes."""
    connection.execute("DELETE FROM person_row WHERE id = ?", (id_,))
    if body is not None:
        connection.execute(_INSERT, _row(id_, *(body.get(field) for field in _FIELDS)))


def fill(connection: Any) -> None:
    """Write the rows of all people anew."""
    connection.execute("DELETE FROM person_row")
    columns = ", ".join(f"body ->> '$.{field}'" for field in _FIELDS)
    rows = connection.execute(f"SELECT id, {columns} FROM record WHERE kind = 'person'").fetchall()  # noqa: S608
    connection.executemany(_INSERT, sorted(_row(*row) for row in rows))


_INSERT = "INSERT INTO person_row (initials, name, id, idno, unit, title, state) VALUES (?, ?, ?, ?, ?, ?, ?)"


def _row(id_: str, name: Any, idno: Any, unit: Any, title: Any, state: Any) -> tuple[Any, ...]:
    name = str(name or "")
    title = title if type(title) is int else 0
    return initials(name), name, id_, str(idno or ""), str(unit or ""), title, str(state or "")


def page(connection: Any, query: PeopleQuery, first: int, count: int) -> list[str]:
    """Codes of the people of a query from the ``first`` (counted from 0) on."""
    where, values = _where(query)
    return _ids(connection, f"{where} ORDER BY initials, name, id LIMIT ? OFFSET ?", (*values, count, first))


def found(connection: Any, query: PeopleQuery) -> list[str]:
    """Codes of all people of a query."""
    where, values = _where(query)
    return _ids(connection, f"{where} ORDER BY initials, name, id", values)


def _ids(connection: Any, rest: str, values: tuple[Any, ...]) -> list[str]:
    rows = connection.execute(f"SELECT id FROM person_row{rest}", values)  # noqa: S608
    return [str(id_) for (id_,) in rows.fetchall()]


def count(connection: Any, query: PeopleQuery, units: Mapping[str, int]) -> int:
    """How many people a query has; ``units`` is what ``by_unit`` says."""
    if query._replace(units=None) == PeopleQuery():
        return sum(number for unit, number in units.items() if query.units is None or unit in query.units)
    where, values = _where(query)
    return int(connection.execute(f"SELECT count(*) FROM person_row{where}", values).fetchone()[0])  # noqa: S608


def by_unit(connection: Any) -> dict[str, int]:
    """{code of a unit: how many people are in it and have not left}; ``""`` for those without one."""
    where, values = _where(PeopleQuery())
    rows = connection.execute(f"SELECT unit, count(*) FROM person_row{where} GROUP BY unit", values)  # noqa: S608
    return {str(unit): int(number) for unit, number in rows.fetchall()}


def _where(query: PeopleQuery) -> tuple[str, tuple[Any, ...]]:
    parts: list[str] = []
    values: list[Any] = []
    if query.gone is not None:
        parts.append(f"state {'IN' if query.gone else 'NOT IN'} {_marks(_GONE)}")
        values += _GONE
    if query.units is not None:
        parts.append(f"unit IN {_marks(query.units)}")
        values += query.units
    if query.rank is not None:
        parts.append("title % 10 NOT BETWEEN 1 AND 5" if query.rank == 0 else "title % 10 = ?")
        values += [query.rank] if query.rank else []
    if query.without_card:
        parts.append(f"id NOT IN ({_ACTIVE_CARD})")
    if query.words:
        said = [_said(word) for word in query.words]
        found = " AND ".join(sql for sql, _values in said)
        values += [value for _sql, some in said for value in some]
        if query.codes:
            found = f"({found}) OR id IN {_marks(query.codes)}"
            values += query.codes
        parts.append(f"({found})")
    return (" WHERE " + " AND ".join(parts) if parts else ""), tuple(values)


def _said(word: str) -> tuple[str, list[str]]:
    """The condition of one word and its values."""
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    if not word.isascii():
        return "name LIKE ? ESCAPE '\\'", [f"%{plain}%"]
    if word[0].isdigit():
        return "(idno LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\')", [f"%{plain}", f"%{plain}%"]
    return (
        "(initials LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\' OR id = ?)",
        [f"{plain.lower()}%", f"%{plain}%", word.upper()],
    )


def _marks(values: tuple[str, ...]) -> str:
    return "(" + ",".join("?" * len(values)) + ")"
