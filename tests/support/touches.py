"""Taps, works and strategies for attendance and credits. All people are invented codes."""

from __future__ import annotations

from hypothesis import strategies as st

from icme_tui.clock import parse_utc
from icme_tui.rules.attendance import Tap
from icme_tui.rules.credits import Course, Work
from icme_tui.rules.session import Session, session_of

DAY = "2026-09-25T"
MINUTE = 60_000


def at(clock: str) -> int:
    """Milliseconds of a time of day, ``08:30`` or ``08:30:05``."""
    return parse_utc(f"{DAY}{clock}Z") if len(clock) == 8 else parse_utc(f"{DAY}{clock}:00Z")


def a_session(code: str = "S1", **body: object) -> Session:
    """08:30 to 11:30, both ways, unless said otherwise."""
    made = session_of(
        code,
        {"course": "C1", "start": f"{DAY}08:30:00Z", "end": f"{DAY}11:30:00Z", "mode": "in_out", **body},
    )
    assert made is not None
    return made


_serial = iter(range(1, 1_000_000_000))


def tap(
    way: str,
    clock: str | int,
    person: str = "P1",
    *,
    station: str = "V1",
    epoch: str = "e1",
    p: int | None = None,
    course: str = "C1",
    session: str = "S1",
    boot: str = "",
    mono_ms: int | None = None,
    suspect: bool = False,
    kind: str = "swipe",
    card: str = "",
    cseq: int | None = None,
    confirmed: bool = False,
    at_station: str = "",
) -> Tap:
    """One tap; positions count up by themselves."""
    moment = clock if isinstance(clock, int) else at(clock)
    place = next(_serial) if p is None else p
    return Tap(
        station, epoch, place, person, course, session, way, moment, boot, mono_ms, suspect, kind, card, cseq,
        confirmed, at_station,
    )  # fmt: skip


@st.composite
def tap_sets(draw: st.DrawFn) -> list[Tap]:
    """Touches of a few people at one session, with all that goes wrong: doubles, records told twice, two
    boots, doubtful clocks, make-ups."""
    taps = []
    for p in range(1, draw(st.integers(1, 14)) + 1):
        kind = draw(st.sampled_from(["swipe", "swipe", "swipe", "makeup", "card-record"]))
        moment = (
            at("07:30") + draw(st.integers(0, 310)) * MINUTE + draw(st.sampled_from([0, 1, 30_000, 59_999]))
        )
        boot = draw(st.sampled_from(["", "b1", "b2"])) if kind == "swipe" else ""
        taps.append(
            tap(
                draw(st.sampled_from(["in", "out"])),
                moment,
                draw(st.sampled_from(["P1", "P2"])),
                station=draw(st.sampled_from(["V1", "V2"])),
                p=p,
                course=draw(st.sampled_from(["C1", "C1", "C1", "C2"])),
                boot=boot,
                mono_ms=moment - at("06:00") if boot else None,
                suspect=draw(st.booleans()) and kind == "swipe",
                kind=kind,
                card="" if kind == "makeup" else draw(st.sampled_from(["AA", "BB"])),
                cseq=None if kind == "makeup" else draw(st.one_of(st.none(), st.integers(1, 4))),
                confirmed=draw(st.booleans()) and kind == "makeup",
            )
        )
    return taps


PROJECTS = {"G1": "national", "G2": "province", "G3": "in_house", "G4": "city"}
COURSES = {
    code: Course(code, f"G{number % 4 + 1}", 360, credit)
    for number, (code, credit) in enumerate(
        [("C1", None), ("C2", None), ("C3", None), ("C4", None), ("C5", None), ("C6", 425)]
    )
}

works = st.builds(
    lambda person, course, role, day, turn, minutes, reason: Work(
        person, course, f"S{turn}", role, at("08:00") + day * 86_400_000, minutes, max(minutes, 180), reason
    ),
    st.sampled_from(["P1", "P2"]),
    st.sampled_from([*COURSES, "C9"]),
    st.sampled_from(["attendee", "attendee", "lecturer"]),
    st.integers(0, 200),
    st.integers(1, 6),
    st.integers(0, 700),
    st.sampled_from(["", "", "", "SHORT"]),
)
