"""What a station is, and what the program is made of, for people to read."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.clock import parse_utc

if TYPE_CHECKING:
    from icme_tui.station import Station

_DAY_MS = 86_400_000

COMPONENTS = (
    "cryptography", "msgspec", "peewee", "platformdirs", "pypinyin", "pyrage", "python-calamine",
    "python-stdnum", "rich", "sqlcipher3", "textual", "tomli-w", "typer", "xlsxwriter",
)  # fmt: skip
"""What the program runs on, as pyproject.toml names it."""


class Description(NamedTuple):
    """A station."""

    role: str
    code: str
    name: str
    domain: str
    number: int | None
    unit: str
    """Name of its unit, else its code."""
    place: str
    epoch: str
    fingerprint: str
    office: str
    pack: int | None
    """Number of the pack in force."""
    pack_at: str
    """When the office wrote it, in UTC."""
    pack_expires: str
    pack_days: int | None
    """Its age."""
    facts: int
    """Lines of the journal of all stations."""
    home: str


def describe(station: Station) -> Description:
    """Read it from the store."""
    record = station.registry.get("station", station.code)
    unit = str(record.body.get("unit", "")) if record is not None else ""
    known = station.registry.get("unit", unit) if unit else None
    pack = station.setting("pack") or {}
    written = str(pack.get("office_time", ""))
    now = station.clock.read().wall_ms
    return Description(
        station.role,
        station.code,
        station.name,
        station.domain,
        station.number,
        str(known.body.get("name", unit)) if known is not None else unit,
        station.place_of(station.code),
        station.epoch,
        station.public_key.fingerprint,
        station.office,
        int(pack["snapshot"]) if "snapshot" in pack else None,
        written,
        str(pack.get("expires") or ""),
        max(0, (now - parse_utc(written)) // _DAY_MS) if written else None,
        sum(station.top(*source)[0] for source in station.sources()),
        str(station.home),
    )


class Component(NamedTuple):
    """A library."""

    name: str
    version: str
    license: str
    """As its maker names it; empty where he does not."""


def components() -> list[Component]:
    """The libraries that are installed, by name."""
    found: list[Component] = []
    for name in COMPONENTS:
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append(Component(name, str(about["Version"]), _license(about)))
    return found


def _license(about: metadata.PackageMetadata) -> str:
    told = about.json
    expression = told.get("license_expression")
    if isinstance(expression, str):
        return expression
    classifiers = told.get("classifier")
    for each in classifiers if isinstance(classifiers, list) else []:
        if each.startswith("License :: "):
            return each.rpartition(" :: ")[2]
    short = told.get("license")
    return short if isinstance(short, str) and len(short) < 40 else ""
