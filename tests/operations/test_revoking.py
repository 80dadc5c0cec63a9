"""A revoked key: nothing new of it counts, what was accepted stays, and good marks say how far it is good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.codes import IcmeError
from icme_tui.operations import (
    auditing,
    enrolling,
    exporting,
    founding,
    importing,
    packing,
    revoking,
    rotating,
)
from icme_tui.station import Station, open_station
from tests.support import stations
from tests.support.pairs import MINUTE, Pair
from tests.support.stations import DOMAIN, PASSWORD

REASON = "stolen from the car"


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    made.note(3)
    assert made.office_takes(made.export()).code == "OK"
    yield made
    made.close()


def code_of(call: object, *given: object, **how: object) -> str:
    with pytest.raises(IcmeError) as refusal:
        call(*given, **how)  # type: ignore[operator]
    return refusal.value.code


def test_as_a_whole_nothing_of_it_comes_in_and_what_was_accepted_stays(pair: Pair) -> None:
    again = pair.export()
    held = pair.office.top("V0007", pair.venue.epoch)
    done = revoking.revoke(pair.office, "V0007", REASON)
    assert (done.marks, done.fingerprint) == ({}, pair.venue.public_key.fingerprint)
    pair.note()
    for file in (again, pair.export()):
        assert pair.office_takes(file).code == "KEY_REVOKED"
    assert pair.office.top("V0007", pair.venue.epoch) == held
    assert not any(pair.office.rebuild(check=True).values())
    assert code_of(packing.write_pack, pair.office, "V0007", pair.stick) == "STATION_REVOKED"
    [shown] = auditing.show(pair.office, kind="revoke")
    assert (shown.by, shown.fields["reason"]) == ("admin", REASON)


def test_up_to_what_was_received_a_bundle_may_come_again(pair: Pair) -> None:
    known = pair.export()
    pair.office_takes(known)
    top = pair.office.top("V0007", pair.venue.epoch)
    done = revoking.revoke(pair.office, "V0007", REASON, keep_received=True)
    assert done.marks == {pair.venue.epoch: (top[0], top[1].hex())}
    assert pair.office_takes(known).code == "OK"
    pair.note()
    assert pair.office_takes(pair.export()).code == "KEY_REVOKED"


def test_a_stick_from_before_the_theft_still_comes_in(pair: Pair) -> None:
    pair.note(4)
    before = pair.export()
    pair.note()
    after = pair.export()
    revoking.revoke(pair.office, "V0007", REASON, keep_up_to=[before], keep_received=True)
    assert pair.office_takes(after).code == "KEY_REVOKED"
    taken = pair.office_takes(before)
    assert (taken.code, taken.new) == ("OK", 4)


def test_another_history_up_to_the_mark_is_not_the_good_one(pair: Pair, tmp_path: Path) -> None:
    """The thief goes on from a copy of the home, from before the good mark."""
    pair.venue.close()
    copy = stations.copy_home(pair.venue.home, tmp_path / "thief")
    mark = (pair.venue.folders.path, copy)
    pair.venue = open_station(mark[0], None, PASSWORD, pair.clock)
    pair.note(2)
    good = pair.export()
    revoking.revoke(pair.office, "V0007", REASON, keep_up_to=[good])
    with open_station(copy, None, PASSWORD, pair.clock) as thief:
        thief.record(facts.Note(text="forged"))
        forged = [sent.file for sent in exporting.export(thief, tmp_path)]
    codes = {importing.import_files(pair.office, [file])[0].code for file in forged}
    assert "KEY_REVOKED" in codes
    assert pair.office_takes(good).code == "OK"


def test_an_earlier_decision_is_replaced_by_a_later_one(pair: Pair) -> None:
    known = pair.export()
    revoking.revoke(pair.office, "V0007", REASON, keep_received=True)
    revoking.revoke(pair.office, "V0007", "they had it for longer")
    assert pair.office_takes(known).code == "KEY_REVOKED"


def test_what_cannot_be_revoked(pair: Pair, tmp_path: Path) -> None:
    refused = (pair.office, "V0007", "  ")
    assert code_of(revoking.revoke, *refused) == "REASON_MISSING"
    assert code_of(revoking.revoke, pair.office, "OFFICE", REASON) == "REVOKES_SELF"
    assert code_of(revoking.revoke, pair.office, "V0099", REASON) == "NO_STATION"
    assert code_of(revoking.revoke, pair.venue, "V0007", REASON) == "OFFICE_ONLY"
    other = tmp_path / "V0007.cmeb"
    other.write_bytes(b"no bundle")
    assert code_of(revoking.revoke, pair.office, "V0007", REASON, keep_up_to=[other]) == "CONTAINER"
    assert pair.office_takes(pair.export()).code == "OK"


def test_its_request_does_not_let_it_in_again_but_another_machine_goes_on(pair: Pair, tmp_path: Path) -> None:
    request = enrolling.write_request(pair.venue)
    known = pair.export()
    revoking.revoke(pair.office, "V0007", REASON, keep_received=True)
    received = enrolling.read_request(pair.office, request)
    assert code_of(enrolling.enroll, pair.office, received, replace=True) == "KEY_REVOKED"
    new = founding.found_venue(
        tmp_path / "new", "V0007", "示范医院", DOMAIN, PASSWORD, clock=pair.clock
    ).station
    with new:
        received = enrolling.read_request(pair.office, enrolling.write_request(new))
        enrolling.enroll(pair.office, received, replace=True)
        enrolling.type_digits(new, pair.office.public_key.fingerprint)
        pair.clock.advance(MINUTE)
        pack = packing.write_pack(pair.office, "V0007", pair.stick).sent.file
        assert importing.import_files(new, [pack])[0].code == "OK"
        new.record(facts.Note(text="goes on"))
        assert pair.office_takes(exporting.export(new, pair.stick)[-1].file).code == "OK"
        assert pair.office_takes(known).code == "OK"  # its good marks stand
        assert card_version(new) == 2


def card_version(station: Station) -> int:
    keys = station.card_keys
    assert keys is not None
    return keys.key_version


def test_a_key_that_was_rotated_out_can_be_good_further_on(pair: Pair) -> None:
    """The venue came back from a backup of before its rotation, and went on."""
    copy = stations.copy_home(pair.venue.home, pair.venue.home.with_name("backup"))
    rotating.rotate(pair.venue, "every two years")
    for _ in range(2):
        pair.office_takes(pair.export())
        pair.renew()
    pair.office_takes(pair.export())
    with open_station(copy, None, PASSWORD, pair.clock) as restored:
        restored.record(facts.Note(text="after the restore"))
        late = exporting.export(restored, pair.stick)[-1].file
    assert pair.office_takes(late).code == "KEY_REVOKED"
    done = revoking.revoke(pair.office, "V0007", "their disk broke", keep_up_to=[late])
    assert done.fingerprint != pair.venue.public_key.fingerprint
    assert pair.office_takes(late).code == "OK"
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK", "the key in use stays as it is"


@pytest.mark.parametrize("replaced", [False, True])
def test_a_key_that_is_just_rotated_out_ends_with_the_new_one(
    pair: Pair, tmp_path: Path, replaced: bool
) -> None:
    old = pair.export()
    rotating.rotate(pair.venue, "every two years")
    pair.office_takes(pair.export())
    if replaced:
        with founding.found_venue(
            tmp_path / "new", "V0007", "示范医院", DOMAIN, PASSWORD, clock=pair.clock
        ).station as new:
            received = enrolling.read_request(pair.office, enrolling.write_request(new))
            enrolling.enroll(pair.office, received, replace=True)
    else:
        revoking.revoke(pair.office, "V0007", REASON)
    pair.note()
    assert pair.office_takes(pair.export()).code == "KEY_REVOKED"
    assert pair.office_takes(old).code == "KEY_REVOKED"
