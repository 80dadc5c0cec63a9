"""New keys take the place of old ones on the usual sticks, whichever of them is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.bundles import container, rotation
from icme_tui.bundles import manifest as manifests
from icme_tui.bundles.age import Identity
from icme_tui.bundles.keys import SigningKey
from icme_tui.codes import IcmeError
from icme_tui.keyring import read_keyring
from icme_tui.operations import (
    auditing,
    backing_up,
    enrolling,
    exporting,
    importing,
    packing,
    restoring,
    revoking,
    rotating,
)
from icme_tui.station import open_station
from tests.support import stations
from tests.support.forks import dies_at
from tests.support.pairs import Pair
from tests.support.stations import DOMAIN, PASSWORD

REASON = "every two years"


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    made.note(3)
    assert made.office_takes(made.export()).code == "OK"
    yield made
    made.close()


def reopened(pair: Pair) -> None:
    pair.office = stations.reopened(pair.office)
    pair.venue = stations.reopened(pair.venue)


def told(file: Path) -> manifests.Manifest:
    stored, _armored, _cipher = container.read(file.read_bytes(), container.BUNDLE)
    return manifests.decode(stored)


def comes_in(pair: Pair) -> None:
    """Facts go up and a pack comes down."""
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK"
    pair.renew()


def names_of(pair: Pair) -> set[str]:
    return set(read_keyring(pair.venue.folders.keyring).keys)


def test_a_venue_gets_new_keys_with_the_usual_sticks(pair: Pair) -> None:
    old, old_age = pair.venue.public_key, pair.venue.age_identity.public
    digits = rotating.rotate(pair.venue, REASON)
    reopened(pair)
    assert pair.venue.public_key == old
    assert pair.venue.new_public_key is not None
    assert pair.venue.new_public_key.fingerprint == digits
    pair.note()
    lost = pair.export()
    assert told(lost).next is not None
    assert pair.office_takes(pair.export()).code == "OK"
    assert pair.office_takes(lost).code == "OK", "the old key is good until the new one has signed"
    pair.renew()
    assert (pair.venue.public_key.fingerprint, pair.venue.new_public_key) == (digits, None)
    assert pair.venue.age_identity.public != old_age
    comes_in(pair)
    assert pair.office_takes(lost).code == "OK", "known, and within the good marks"
    assert names_of(pair) == {"sign", "age", "card", "age-0001"}
    record = pair.office.registry.get("station", "V0007")
    assert record is not None
    assert record.body["replaced_keys"] == [old.line]
    assert "rotated_keys" not in record.body or record.body["rotated_keys"] == []
    for station in (pair.office, pair.venue):
        assert not any(station.rebuild(check=True).values())
        assert not [report for report in auditing.verify(station) if report.problems]
    reopened(pair)
    comes_in(pair)


def test_the_old_key_of_a_venue_is_worth_nothing_once_the_new_one_has_signed(pair: Pair) -> None:
    copy = stations.copy_home(pair.venue.home, pair.venue.home.with_name("thief"))
    rotating.rotate(pair.venue, REASON)
    comes_in(pair)
    comes_in(pair)
    with open_station(copy, None, PASSWORD, pair.clock) as thief:
        thief.record(facts.Note(text="forged"))
        forged = [sent.file for sent in exporting.export(thief, pair.stick)]
    assert "KEY_REVOKED" in {importing.import_files(pair.office, [file])[0].code for file in forged}


def test_an_office_gets_new_keys_with_the_usual_sticks(pair: Pair) -> None:
    old = pair.office.public_key
    digits = rotating.rotate(pair.office, REASON)
    reopened(pair)
    pack = pair.pack()
    assert told(pack).next is not None
    pair.note()
    before = pair.export()  # encrypted to the identity that the venue knows
    assert pair.office_takes(before).code == "OK"
    assert rotating.waiting_for(pair.office) == ["V0007"]
    assert importing.import_files(pair.venue, [pack])[0].code == "OK"
    pair.renew()
    assert pair.venue.setting("office_key") == old.line, "the office has not heard of it yet"
    comes_in(pair)
    assert rotating.waiting_for(pair.office) == []
    assert (pair.office.public_key.fingerprint, pair.office.new_public_key) == (digits, None)
    assert pair.venue.setting("office_key") == pair.office.public_key.line
    assert pair.venue.setting("recipients")[0] == pair.office.age_identity.public
    reopened(pair)
    comes_in(pair)
    own = pair.office.registry.get("station", "OFFICE")
    assert own is not None
    assert own.body["sign_key"] == pair.office.public_key.line


def test_a_venue_that_has_not_heard_of_the_new_key_still_gets_packs_of_the_old_one(
    pair: Pair, tmp_path: Path
) -> None:
    silent = stations.venue(tmp_path / "silent", "V0008", pair.clock)
    enrolling.enroll(pair.office, enrolling.read_request(pair.office, enrolling.write_request(silent)))
    enrolling.type_digits(silent, pair.office.public_key.fingerprint)
    importing.import_files(silent, [packing.write_pack(pair.office, "V0008", pair.stick).sent.file])
    rotating.rotate(pair.office, REASON)
    comes_in(pair)
    comes_in(pair)
    assert rotating.waiting_for(pair.office) == ["V0008"]
    assert pair.venue.setting("office_key") == pair.office.public_key_for("V0007").line
    assert pair.office.public_key_for("V0007") != pair.office.public_key_for("V0008")
    pair.clock.advance(60_000)
    pack = packing.write_pack(pair.office, "V0008", pair.stick).sent.file
    assert importing.import_files(silent, [pack])[0].code == "OK"
    revoking.revoke(pair.office, "V0008", "gave up")
    assert rotating.settle(pair.office)
    comes_in(pair)
    silent.close()


@pytest.mark.parametrize("changed", ["sign", "age", "sig", "domain", "from", "signer"])
def test_nobody_takes_over_a_key_that_its_owner_does_not_hold(changed: str) -> None:
    old, new, other = (SigningKey.generate() for _ in range(3))
    recipient, stranger = Identity.generate().public, Identity.generate().public
    good = rotation.state("V0007", DOMAIN, old.public, new, recipient)
    foreign = rotation.state("V0007", DOMAIN, old.public, other, recipient)
    stated = {
        "sign": manifests.Next(sign=other.public.line, age=good.age, sig=good.sig),
        "age": manifests.Next(sign=good.sign, age=stranger, sig=good.sig),
        "sig": manifests.Next(sign=good.sign, age=good.age, sig=foreign.sig),
    }.get(changed, good)
    sender = "V0008" if changed == "from" else "V0007"
    signer = other.public if changed == "signer" else old.public
    domain = "other.example" if changed == "domain" else DOMAIN

    class Told:
        from_ = sender
        next = stated

    assert rotation.successor(Told(), signer, domain) is None  # type: ignore[arg-type]
    Told.from_, Told.next = "V0007", good
    taken = rotation.successor(Told(), old.public, DOMAIN)  # type: ignore[arg-type]
    assert taken == (new.public, recipient)


def test_what_is_refused(pair: Pair, tmp_path: Path) -> None:
    def code(*given: object) -> str:
        with pytest.raises(IcmeError) as refusal:
            rotating.rotate(*given)  # type: ignore[arg-type]
        return refusal.value.code

    with stations.venue(tmp_path / "new", "V0009", pair.clock) as new:
        assert code(new, REASON) == "NO_OFFICE_KEY"
    assert code(pair.venue, " ") == "REASON_MISSING"
    rotating.rotate(pair.venue, REASON)
    assert code(pair.venue, REASON) == "ROTATION_OPEN"


@pytest.mark.parametrize("who", ["venue", "office"])
def test_cut_at_any_step_and_given_again_there_is_one_new_key(pair: Pair, who: str) -> None:
    home = getattr(pair, who).home
    pair.close()
    saved = stations.copy_home(home, home.with_name("saved"))

    def rotate() -> None:
        with open_station(home, None, PASSWORD, pair.clock) as station:
            rotating.rotate(station, REASON)

    step, killed = 0, True
    while killed:
        step += 1
        stations.copy_home(saved, home)
        killed = dies_at(step, rotate)
        with open_station(home, None, PASSWORD, pair.clock) as station:
            if station.new_public_key is None or station.setting("rotation") is None:
                rotating.rotate(station, REASON)
            shown = [
                one for one in auditing.show(station, kind="note") if rotating.ROTATES in one.fields["text"]
            ]
            assert len(shown) == 1
            assert station.new_public_key is not None
            assert station.new_public_key.fingerprint in shown[0].fields["text"]
    assert step > 4
    reopened(pair)
    comes_in(pair)
    comes_in(pair)
    assert getattr(pair, who).new_public_key is None


@pytest.mark.parametrize("who", ["venue", "office"])
def test_cut_while_the_new_key_takes_over_it_is_done_at_the_next_import(pair: Pair, who: str) -> None:
    rotating.rotate(getattr(pair, who), REASON)
    if who == "office":
        pair.renew()
        pair.note()
        file = pair.export()
    else:
        pair.note()
        assert pair.office_takes(pair.export()).code == "OK"
        file = pair.pack()
    home = getattr(pair, who).home
    pair.close()
    saved = stations.copy_home(home, home.with_name("saved"))

    def take() -> None:
        with open_station(home, None, PASSWORD, pair.clock) as station:
            importing.import_files(station, [file])

    step, killed = 0, True
    while killed:
        step += 1
        stations.copy_home(saved, home)
        killed = dies_at(step, take)
        take()
        with open_station(home, None, PASSWORD, pair.clock) as station:
            assert station.new_public_key is None
            assert station.setting("rotation") is None
            notes = [one.fields["text"] for one in auditing.show(station, kind="note")]
            done = [text for text in notes if text.startswith(rotating.ROTATED)]
            assert done == [f"{rotating.ROTATED} {station.public_key.fingerprint}"]
            own = station.registry.get("station", station.code)
            assert own is not None
            assert own.body["sign_key"] == station.public_key.line
    assert step > 6
    reopened(pair)
    comes_in(pair)


def test_a_venue_that_came_back_from_before_the_offices_rotation_can_still_export(
    pair: Pair, tmp_path: Path
) -> None:
    backup = restoring.read_backup(backing_up.back_up(pair.venue, tmp_path).file)
    rotating.rotate(pair.office, REASON)
    pair.renew()
    comes_in(pair)
    pair.venue.close()
    restoring.restore(backup, pair.venue.home, None, PASSWORD, replace=True, clock=pair.clock)
    pair.venue = open_station(pair.venue.home, None, PASSWORD, pair.clock)
    assert importing.import_files(pair.venue, [pair.pack()])[0].code == "SIG_UNKNOWN_KEY"
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK"


def test_an_office_that_came_back_from_before_a_venues_rotation_hears_of_it_from_the_venues_outbox(
    pair: Pair, tmp_path: Path
) -> None:
    made = backing_up.back_up(pair.office, tmp_path)
    rotating.rotate(pair.venue, REASON)
    pair.office_takes(pair.export())
    pair.renew()
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK"
    assert pair.venue.new_public_key is None
    pair.office.close()
    backup = restoring.read_backup(made.file)
    restoring.restore(backup, pair.office.home, None, PASSWORD, replace=True, clock=pair.clock)
    pair.office = open_station(pair.office.home, None, PASSWORD, pair.clock)
    pair.note(2)
    assert pair.office_takes(pair.export()).code == "SIG_UNKNOWN_KEY"
    for taken in importing.import_files(pair.office, [pair.venue.folders.outbox]):
        assert taken.code == "OK", taken
    pair.renew()
    epoch = pair.venue.epoch
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK"
    assert pair.office.top("V0007", epoch) == pair.venue.top("V0007", epoch)
