"""What somebody can still do with a key that was taken from a station: at the office nothing, with that of
an office not what would lock its owner out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from icme_tui import facts
from icme_tui.bundles import build, rotation
from icme_tui.bundles.age import Identity
from icme_tui.bundles.build import Issue, Route
from icme_tui.bundles.keys import SigningKey
from icme_tui.bundles.manifest import NO_MANIFEST, Ack, Next
from icme_tui.clock import format_seconds
from icme_tui.operations import (
    adopting,
    backing_up,
    enrolling,
    importing,
    keysheet,
    packing,
    packrows,
    restoring,
    revoking,
    rotating,
    sending,
)
from icme_tui.station import Station, open_station
from tests.support import stations
from tests.support.pairs import Pair
from tests.support.stations import DOMAIN, PASSWORD

FAR = 2**52
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


def empty_bundle(venue: Station, acknowledged: int, next_: Next | None = None) -> Path:
    """A bundle of no facts at the beginning of an epoch that is known: it lies within any good mark."""
    start = facts.chain_start(venue.code, venue.epoch)
    built = build.facts_bundle(
        Route("V0007", "OFFICE", venue.epoch, 900, NO_MANIFEST, venue.setting("recipients"), next_),
        1,
        start,
        [],
        Ack(pack=acknowledged, pos=0, head="0" * 64),
        sending.made_now(venue),
        lambda stored: venue.sign("facts", stored),
    )
    file = venue.folders.outbox / "forged.cmeb"
    file.write_bytes(built.data)
    return file


def fields_of(office: Station) -> dict[str, Any]:
    record = office.registry.get("station", "V0007")
    assert record is not None
    return record.body


@pytest.mark.parametrize("how", ["revoked", "replaced"])
def test_a_key_of_which_only_the_past_is_good_says_nothing_new(pair: Pair, tmp_path: Path, how: str) -> None:
    revoking.revoke(pair.office, "V0007", REASON, keep_received=True)
    if how == "replaced":
        fresh = stations.venue(tmp_path / "fresh", clock=pair.clock)
        received = enrolling.read_request(pair.office, enrolling.write_request(fresh))
        enrolling.enroll(pair.office, received, replace=True)
        fresh.close()
    before = fields_of(pair.office)
    known = pair.office.setting("packs_acknowledged")
    new, thief = SigningKey.generate(), Identity.generate()
    named = rotation.state("V0007", DOMAIN, pair.venue.public_key, new, thief.public)
    assert pair.office_takes(empty_bundle(pair.venue, FAR, named)).code == "OK", "it is within the mark"
    assert fields_of(pair.office) == before
    assert pair.office.setting("packs_acknowledged") == known


def test_what_the_old_machine_acknowledged_says_nothing_of_the_new_one(pair: Pair, tmp_path: Path) -> None:
    """Otherwise the office would sign for the new machine with a key of which it has not heard."""
    rotating.rotate(pair.office, "every two years")
    silent = stations.venue(tmp_path / "silent", "V0008", pair.clock)
    enrolling.enroll(pair.office, enrolling.read_request(pair.office, enrolling.write_request(silent)))
    pair.renew()
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK"
    assert rotating.waiting_for(pair.office) == ["V0008"]
    fresh = stations.venue(tmp_path / "fresh", clock=pair.clock)
    received = enrolling.read_request(pair.office, enrolling.write_request(fresh))
    enrolling.enroll(pair.office, received, replace=True)
    enrolling.type_digits(fresh, pair.office.public_key.fingerprint)
    (outcome,) = importing.import_files(
        fresh, [packing.write_pack(pair.office, "V0007", pair.stick).sent.file]
    )
    assert outcome.code == "OK"
    fresh.close()
    silent.close()


def test_a_key_that_was_named_and_passed_over_does_not_come_back(pair: Pair) -> None:
    """A venue that came back from a backup names another one; a stick with the first name may still lie
    about."""
    first, second = SigningKey.generate(), SigningKey.generate()
    recipient = pair.venue.age_identity.public
    names = [
        rotation.state("V0007", DOMAIN, pair.venue.public_key, key, recipient) for key in (first, second)
    ]
    for named in (*names, names[0]):
        assert pair.office_takes(empty_bundle(pair.venue, 0, named)).code == "OK"
    assert fields_of(pair.office)["sign_key"] == second.public.line


def forged_pack(office: Station, venue: str, snapshot: int | None = None, **changes: object) -> bytes:
    """A pack that the office's key has signed, with another row of keys, or another number."""
    record = office.registry.get("station", venue)
    assert record is not None
    now = format_seconds(office.clock.read().wall_ms)
    rows = [msgspec.json.decode(line) for line in packrows.rows_for(office, record, now)]
    rows = [row | changes if (row["k"], row["id"]) == ("keys", "office") else row for row in rows]
    recipients = [str(record.body["age"]), str(office.setting("recovery"))]
    return build.pack(
        Route(office.code, venue, office.epoch, 900, NO_MANIFEST, recipients),
        [msgspec.json.encode(row) for row in rows],
        Issue(office.setting("snapshot") + 1 if snapshot is None else snapshot, now, now),
        Ack(pack=0, pos=0, head="0" * 64),
        sending.made_now(office),
        lambda stored: office.sign("pack", stored, venue),
    ).data


@pytest.mark.parametrize("what", ["next_key", "recovery"])
def test_the_key_of_an_office_cannot_take_away_what_lies_in_its_safe(
    pair: Pair, tmp_path: Path, what: str
) -> None:
    stranger: dict[str, Any] = {
        "next_key": SigningKey.generate().public.line,
        "recovery": Identity.generate().public,
    }
    file = tmp_path / "forged.cmeb"
    file.write_bytes(forged_pack(pair.office, "V0007", **{what: stranger[what]}))
    pair.clock.advance(60_000)
    known = pair.venue.setting("office_next_key"), pair.venue.setting("recipients")
    (outcome,) = importing.import_files(pair.venue, [file])
    assert (outcome.result, outcome.code) == ("quarantine", "PACK_KEYS")
    assert (pair.venue.setting("office_next_key"), pair.venue.setting("recipients")) == known
    pair.renew()


def test_a_stolen_office_identity_opens_nothing_of_what_comes(pair: Pair, tmp_path: Path) -> None:
    stolen = pair.office.age_identity.public
    before = pair.export()
    sheet = keysheet.parse((tmp_path / "office-recovery.txt").read_text())
    adopting.adopt_next(pair.office, sheet, REASON, tmp_path / "new.txt")
    assert pair.office.age_identity.public != stolen
    pair.renew()
    assert pair.venue.setting("recipients")[0] == pair.office.age_identity.public
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK"
    assert pair.office_takes(before).code == "OK", "what was on its way is opened"
    own = pair.office.registry.get("station", "OFFICE")
    assert own is not None
    assert own.body["age"] == pair.office.age_identity.public


def test_a_number_beyond_all_others_does_not_lock_out_the_next_key(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "forged.cmeb"
    file.write_bytes(forged_pack(pair.office, "V0007", snapshot=FAR))
    (outcome,) = importing.import_files(pair.venue, [file])
    assert (outcome.result, pair.venue.snapshot()) == ("accept", FAR)
    assert importing.import_files(pair.venue, [pair.pack()])[0].code == "ROLLBACK"
    sheet = keysheet.parse((tmp_path / "office-recovery.txt").read_text())
    adopting.adopt_next(pair.office, sheet, REASON, tmp_path / "new.txt")
    first, second = pair.pack(), pair.pack()
    for pack, code in ((second, "OK"), (first, "ROLLBACK"), (file, "ALREADY_TAKEN")):
        assert importing.import_files(pair.venue, [pack])[0].code == code
    pair.renew()
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK"


def test_a_pack_that_was_never_written_is_not_acknowledged(pair: Pair) -> None:
    """It would be signed with a key of which the venue has not heard."""
    assert pair.office_takes(empty_bundle(pair.venue, FAR)).code == "OK"
    rotating.rotate(pair.office, "every two years")
    pair.renew()
    pair.renew()
    assert rotating.waiting_for(pair.office) == ["V0007"]


def test_an_office_restored_in_the_middle_of_its_rotation_signs_with_the_key_that_its_venue_has(
    pair: Pair, tmp_path: Path
) -> None:
    silent = stations.venue(tmp_path / "silent", "V0008", pair.clock)
    enrolling.enroll(pair.office, enrolling.read_request(pair.office, enrolling.write_request(silent)))
    rotating.rotate(pair.office, "every two years")
    pair.renew()
    backup = restoring.read_backup(backing_up.back_up(pair.office, tmp_path).file)
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK"
    pair.renew()  # signed by the new key; the restored office does not know its number
    home = pair.office.home
    pair.office.close()
    restoring.restore(backup, home, None, PASSWORD, replace=True, clock=pair.clock)
    pair.office = open_station(home, None, PASSWORD, pair.clock)
    pair.note()
    assert pair.office_takes(pair.export()).code == "GAP"
    pair.renew()
    assert {each.code for each in importing.import_files(pair.office, [pair.export()])} == {"OK"}
    silent.close()
