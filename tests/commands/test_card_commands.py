"""``icme sim``, ``icme card`` and ``icme swipe`` from the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cards import ring
from icme_tui.cards.record import Record, encode
from icme_tui.cli import main
from icme_tui.clock import FixedClock
from icme_tui.devices import shelf
from icme_tui.station import open_station
from tests.support.venues import FIRST_CARD, PASSWORD, PEOPLE, START, deploy

WANG, LI, ZHAO = PEOPLE
FAST = "sim:cards?pace=0"

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A session at a venue with three people, at a moment when its doors are open."""
    made = deploy(tmp_path)
    made.office.close()
    made.venue.close()
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "venue"))
    monkeypatch.setattr("icme_tui.station.opening.SystemClock", lambda: made.clock)
    return made.session


@pytest.fixture
def run(session: str, capsys: pytest.CaptureFixture[str]) -> Run:
    def one(*arguments: str) -> tuple[int, dict[str, Any]]:
        code = main([*arguments, "--json"])
        found = json.loads(capsys.readouterr().out)
        assert isinstance(found, dict)
        return code, found

    return one


def issue(run: Run, person: str) -> dict[str, Any]:
    run("sim", "new", person)
    run("sim", "tap", person)
    code, found = run("card", "issue", person, "--wait", "0", "--reader", FAST)
    assert code == 0
    issued: dict[str, Any] = found["issued"][0]
    return issued


def test_simulated_cards_are_made_tapped_and_removed(run: Run) -> None:
    assert len(run("sim", "new", "c", "--count", "2")[1]["cards"]) == 2
    assert run("sim", "tap", "c-2") == (0, {"card": "c-2"})
    found = run("sim", "list")[1]
    assert [(card["name"], card["on_reader"]) for card in found["cards"]] == [("c-1", False), ("c-2", True)]
    assert run("sim", "remove") == (0, {"removed": True})
    assert run("sim", "remove") == (0, {"removed": False})
    for arguments, code in (
        (("sim", "tap", "nobody"), "SIM_UNKNOWN"),
        (("sim", "new", "c-1"), "SIM_EXISTS"),
        (("sim", "tap", "c-1", "--torn", "half"), "SIM_TORN"),
    ):
        status, refused = run(*arguments)
        assert (status, refused["error"]["code"]) == (1, code)


def test_sim_needs_a_home(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "nowhere"))
    status, refused = run("sim", "new", "c")
    assert (status, refused["error"]["code"]) == (1, "NO_HOME")
    assert not (tmp_path / "nowhere").exists()


def test_a_card_is_issued_inspected_and_swiped(run: Run, session: str) -> None:
    issued = issue(run, WANG)
    assert (issued["number"], issued["name"]) == (FIRST_CARD, PEOPLE[WANG])
    code, seen = run("card", "inspect", "--wait", "0", "--reader", FAST)
    assert (code, seen["state"], seen["registered"]) == (0, "OK", FIRST_CARD)
    assert seen["holder"]["name"] == PEOPLE[WANG]
    code, swiped = run("swipe", session, "--count", "1", "--reader", FAST)
    assert (code, swiped["accepted"], swiped["counts"]) == (0, 1, {"ACCEPTED_IN": 1})
    outcome = swiped["outcomes"][0]
    assert (outcome["person"], outcome["unit"], outcome["dir"], outcome["cseq"]) == (WANG, "内科", "in", 1)
    code, seen = run("card", "inspect", "--wait", "0", "--reader", FAST)
    assert [(one["number"], one["session"], one["verified"]) for one in seen["records"]] == [
        (1, session, True)
    ]


def test_a_clock_that_is_wrong_is_told_at_the_door(
    session: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "The clock of this machine is wrong"
    swipe = ["swipe", session, "--wait", "0", "--reader", FAST]
    assert main(swipe) == 0
    assert told not in capsys.readouterr().err
    wrong = FixedClock("2001-09-25T08:30:00Z")
    monkeypatch.setattr("icme_tui.station.opening.SystemClock", lambda: wrong)
    assert main(swipe) == 0
    assert told in capsys.readouterr().err


def test_a_card_pulled_too_early_is_finished_when_it_is_put_back(run: Run, session: str) -> None:
    issue(run, WANG)
    run("sim", "tap", WANG, "--pull-after", "5", "--torn", "mixed")
    found = run("swipe", session, "--count", "1", "--wait", "0", "--reader", FAST)[1]
    assert found["counts"] == {"PUT_CARD_BACK": 1}  # which is no card that is done: --wait ended it
    run("sim", "tap", WANG)
    assert run("swipe", session, "--count", "1", "--reader", FAST)[1]["counts"] == {"ACCEPTED_IN": 1}


def test_a_unit_with_no_card_on_the_reader(run: Run) -> None:
    code, found = run("card", "issue", "--unit", "U0000001", "--wait", "0", "--reader", FAST)
    assert (code, found) == (1, {"issued": [], "refused": [], "without_card": 3, "reason": ""})


def test_a_unit_with_nobody_to_ask_says_why(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    made = run("unit", "add", "空科室")[1]["unit"]
    code, found = run("card", "issue", "--unit", made, "--wait", "0", "--reader", FAST)
    assert (code, found["reason"]) == (0, "NOBODY_IN_UNIT")
    for person in PEOPLE:
        issue(run, person)
    code, found = run("card", "issue", "--unit", "U0000001", "--wait", "0", "--reader", FAST)
    assert (code, found["reason"]) == (0, "ALL_HAVE_CARDS")
    assert main(["card", "issue", "--unit", "U0000001", "--wait", "0", "--reader", FAST]) == 0
    assert "Everybody of U0000001" in capsys.readouterr().out


def test_people_do_not_sign_out_of_a_session_that_takes_none(run: Run) -> None:
    course = run("course", "list")[1]["courses"][0]["id"]
    times = ("--start", "2026-09-26T08:30", "--end", "11:30")
    session = run("session", "add", course, *times)[1]["session"]
    code, found = run("swipe", session, "--dir", "out", "--wait", "0", "--reader", FAST)
    assert (code, found["error"]["code"]) == (1, "NO_SWIPES_OUT")
    assert "do not sign out" in found["error"]["message"]


def test_what_is_unusual_about_a_door_is_said(run: Run, session: str) -> None:
    assert run("session", "close", session)[1]["remarks"] == ["SESSION_NOT_OPEN"]
    assert run("session", "open", session)[1]["remarks"] == []
    assert run("session", "open", session)[1]["remarks"] == ["SESSION_ALREADY_OPEN"]
    assert run("session", "close", session)[1]["remarks"] == []
    course = run("course", "list")[1]["courses"][0]["id"]
    over = run("session", "add", course, "--start", "2026-09-20T08:30", "--end", "11:30")[1]["session"]
    assert run("session", "open", over)[1]["remarks"] == ["SESSION_OVER"]
    coming = run("session", "add", course, "--start", "2026-10-20T08:30", "--end", "11:30")[1]["session"]
    assert run("session", "open", coming)[1]["remarks"] == ["SESSION_TO_COME"]


def test_a_unit_is_issued_and_a_refused_card_is_told(run: Run) -> None:
    issue(run, WANG)
    code, found = run("card", "issue", "--unit", "U0000001", "--wait", "0", "--reader", FAST)
    assert (code, found["without_card"]) == (1, 2)
    assert [(one["code"], one["person"]) for one in found["refused"]] == [("CARD_IN_USE", LI)]
    run("sim", "new", "blank")
    run("sim", "tap", "blank")
    code, found = run("card", "issue", "--unit", "U0000001", "--wait", "0", "--reader", FAST)
    assert [one["person"] for one in found["issued"]] == [LI]


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("card", "issue"), 2, "USAGE"),
        (("card", "issue", "P9999999", "--wait", "0"), 1, "NO_PERSON"),
        (("card", "issue", WANG, "--wait", "0"), 1, "NO_CARD"),
        (("card", "inspect", "--wait", "0"), 1, "NO_CARD"),
        (("card", "inspect", "--reader", "usb:1"), 1, "READER_ADDRESS"),
        (("swipe", "S0000999", "--wait", "0"), 1, "NO_SESSION"),
        (("swipe", "S0000001", "--dir", "sideways"), 2, "USAGE"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, arguments: tuple[str, ...], status: int, code: str) -> None:
    found, refused = run(*arguments)
    assert (found, refused["error"]["code"]) == (status, code)


def test_people_read_one_line_for_each_card(
    run: Run, session: str, capsys: pytest.CaptureFixture[str]
) -> None:
    issue(run, WANG)
    assert main(["swipe", session, "--count", "1", "--reader", FAST]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("+ ")
    assert PEOPLE[WANG] in first
    assert first.endswith("[ACCEPTED_IN]")


def test_the_clock_of_these_tests_stands_before_the_session(run: Run, session: str) -> None:
    listed = run("session", "list")[1]["sessions"]
    assert [(one["id"], one["start"]) for one in listed] == [(session, START)]


def test_a_card_is_changed_cancelled_replaced_and_blocked(run: Run, session: str) -> None:
    waits = ("--wait", "0", "--reader", FAST)
    issue(run, WANG)
    assert run("card", "change", *waits)[1]["fields"] == []
    with open_station(Path(os.environ["ICME_HOME"]), None, PASSWORD) as station:
        station.record(station.put("person", WANG, name="王改名"))
    code, changed = run("card", "change", *waits)
    assert (code, changed["fields"], changed["number"]) == (0, ["name"], FIRST_CARD)
    assert run("card", "inspect", *waits)[1]["holder"]["name"] == "王改名"
    run("sim", "new", "new")
    run("sim", "tap", "new")
    code, replaced = run("card", "replace", WANG, *waits)
    assert (code, replaced["old"], replaced["old_state"]) == (0, FIRST_CARD, "replaced")
    run("sim", "tap", WANG)
    assert run("swipe", session, "--count", "1", "--wait", "0", "--reader", FAST)[1]["counts"] == {
        "BLOCKED": 1
    }
    run("sim", "tap", "new")
    code, cancelled = run("card", "cancel", "--reason", "left", *waits)
    assert (code, cancelled["number"], cancelled["state"]) == (0, replaced["number"], "cancelled")
    assert run("swipe", session, "--count", "1", *waits)[1]["counts"] == {"CANCELLED": 1}
    number = issue(run, LI)["number"]
    assert run("card", "block", number)[1]["state"] == "lost"
    assert run("swipe", session, "--count", "1", *waits)[1]["counts"] == {"BLOCKED": 1}
    for arguments, reason in (
        (("block", number), "CARD_NOT_ACTIVE"),
        (("block", "000000000"), "NO_SUCH_CARD"),
        (("replace", ZHAO, *waits), "NO_OLD_CARD"),
        (("change", *waits), "BLOCKED"),
    ):
        code, refused = run("card", *arguments)
        assert (code, refused["error"]["code"]) == (1, reason)


def test_people_read_what_became_of_a_card(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    issue(run, WANG)
    assert main(["card", "change", "--wait", "0", "--reader", FAST]) == 0
    assert "is up to date" in capsys.readouterr().out
    assert main(["card", "block", FIRST_CARD, "--cancelled"]) == 0
    shown = capsys.readouterr().out
    assert f"Card {FIRST_CARD}: cancelled." in shown
    assert "next pack" in shown


def test_what_a_card_tells_is_kept_once(run: Run, session: str) -> None:
    issue(run, WANG)
    run("sim", "tap", WANG)
    assert run("swipe", session, "--count", "1", "--wait", "0", "--reader", FAST)[1]["accepted"] == 1
    chip = shelf.load(Path(os.environ["ICME_HOME"]) / "cards", WANG)
    another = Record(2, 9, 9 << 16 | 1, 3_000_000, "in", 1, False)
    chip.put(ring.block_of(2), encode(another, chip.uid, int(FIRST_CARD), bytes(16)))
    look = ("card", "inspect", "--wait", "0", "--reader", FAST)
    run("sim", "tap", WANG)
    before = run(*look)[1]
    assert (before["kept"], [one["known"] for one in before["records"]]) == (0, [True, False])
    after = run(*look, "--harvest")[1]
    assert (after["kept"], [one["known"] for one in after["records"]]) == (1, [True, True])
    assert run(*look, "--harvest")[1]["kept"] == 0


def test_a_card_is_linked_swiped_and_given_back(run: Run, session: str) -> None:
    [card] = run("sim", "new", "badge", "--kind", "ultralight")[1]["cards"]
    assert len(card["uid"]) == 14
    run("sim", "tap", "badge")
    seen = run("card", "inspect", "--wait", "0", "--reader", FAST)[1]
    assert (seen["kind"], seen["state"], seen["sectors"]) == ("mifare-ultralight", "FOREIGN_CARD", [])
    code, linked = run("card", "link", WANG, "--wait", "0", "--reader", FAST)
    assert (code, linked) == (0, {"uid": card["uid"], "person": WANG, "before": "", "is_proposal": True})
    swiped = run("swipe", session, "--count", "1", "--wait", "0", "--reader", FAST)[1]
    assert [(one["code"], one["person"], one["warnings"]) for one in swiped["outcomes"]] == [
        ("ACCEPTED_IN", WANG, ["BY_UID"])
    ]
    assert run("card", "link", card["uid"].lower(), LI)[1]["before"] == WANG
    assert run("card", "unlink", card["uid"])[1]["before"] == LI
    for arguments, refused in (
        (("card", "unlink", card["uid"]), "NOT_LINKED"),
        (("card", "link", "08A1B2C3", WANG), "FOREIGN_CARD"),
        (("card", "link", "12", WANG), "UID_BAD"),
        (("card", "link", card["uid"], "P0009999"), "NO_PERSON"),
        (("sim", "new", "c", "--kind", "paper"), "SIM_KIND"),
    ):
        status, found = run(*arguments)
        assert (status, found["error"]["code"]) == (1, refused)
