"""An office and its venues: enrolment, packs, bundles, receipts, and what goes wrong between them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.bundles import build, container
from icme_tui.bundles import request as requests
from icme_tui.clock import FixedClock
from icme_tui.codes import BundleError, IcmeError, RuleError
from icme_tui.operations import (
    enrolling,
    exporting,
    founding,
    importing,
    packing,
    packtaking,
    receipts,
)
from icme_tui.station import Station
from tests.support.rivals import beside, overtaken

PASSWORD = "plainly invented"
DOMAIN = "cme.example"


class Pair:
    """An office, the venue V0007, and a stick that goes between them."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock("2026-09-25T08:00:00Z")
        self.office = founding.found_office(
            folder / "office", "OFFICE", "市办公室", DOMAIN, PASSWORD, clock=self.clock
        ).station
        self.venue = self.found("V0007", folder)
        self.folder = folder
        self.stick = folder / "stick"
        self.stick.mkdir()

    def found(self, code: str, folder: Path) -> Station:
        return founding.found_venue(
            folder / code, code, f"医院 {code}", DOMAIN, PASSWORD, clock=self.clock
        ).station

    def enroll(self, venue: Station | None = None, **how: object) -> enrolling.Enrolled:
        path = enrolling.write_request(venue or self.venue)
        received = enrolling.read_request(self.office, path)
        return enrolling.enroll(self.office, received, **how)  # type: ignore[arg-type]

    def pack(self, code: str = "V0007") -> Path:
        self.clock.advance(60_000)
        return packing.write_pack(self.office, code, self.stick).sent.file

    def confirm(self, venue: Station | None = None) -> None:
        enrolling.type_digits(venue or self.venue, self.office.public_key.fingerprint)

    def join(self) -> None:
        """All that has to happen before the venue works."""
        self.enroll()
        self.confirm()
        (outcome,) = importing.import_files(self.venue, [self.pack()])
        assert (outcome.result, outcome.code) == ("accept", "OK")

    def export(self) -> list[Path]:
        return [sent.file for sent in exporting.export(self.venue, self.stick)]

    def deliver(self, *files: Path) -> list[importing.Imported]:
        return importing.import_files(self.office, list(files) or self.export())


@pytest.fixture
def pair(tmp_path: Path, _no_home_of_the_user: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.office.close()
    made.venue.close()


def _code(call: object, *arguments: object, **named: object) -> str:
    with pytest.raises(IcmeError) as refusal:
        call(*arguments, **named)  # type: ignore[operator]
    return refusal.value.code


def _note(station: Station, count: int = 1) -> None:
    station.record(*(facts.Note(text=f"note {n}") for n in range(count)))


class TestTwoProgramsAtTheOffice:
    def test_no_two_packs_bear_one_number(self, pair: Pair) -> None:
        pair.enroll()
        with beside(pair.office, PASSWORD) as rival:
            first: list[packing.Packed] = []
            overtaken(pair.office, lambda: first.append(packing.write_pack(rival, "V0007", pair.stick)))
            second = packing.write_pack(pair.office, "V0007", pair.stick)
        assert second.snapshot == first[0].snapshot + 1
        assert second.sent.file != first[0].sent.file


class TestEnrolment:
    def test_the_request_is_the_same_each_time(self, pair: Pair) -> None:
        first = enrolling.write_request(pair.venue).read_bytes()
        pair.clock.advance(3_600_000)
        assert enrolling.write_request(pair.venue).read_bytes() == first

    def test_the_office_sees_the_digits_that_the_venue_sees(self, pair: Pair) -> None:
        received = enrolling.read_request(pair.office, enrolling.write_request(pair.venue))
        assert received.key.fingerprint == pair.venue.public_key.fingerprint
        assert received.request.name == "医院 V0007"

    def test_a_venue_gets_a_number_cards_and_a_unit(self, pair: Pair) -> None:
        enrolled = pair.enroll()
        record = pair.office.registry.get("station", "V0007")
        assert record is not None
        assert (enrolled.number, record.body["card_from"], record.body["card_to"]) == (1, 10_001, 20_000)
        unit = pair.office.registry.get("unit", enrolled.unit)
        assert unit is not None
        assert unit.body["name"] == "医院 V0007"

    def test_a_unit_of_that_name_is_taken_and_a_given_one_must_exist(self, pair: Pair) -> None:
        pair.office.record(pair.office.put("unit", "U0000009", name="医院 V0007"))
        assert pair.enroll().unit == "U0000009"
        assert _code(pair.enroll, unit="U0000010") == "NO_UNIT"

    def test_numbers_go_on(self, pair: Pair) -> None:
        other = pair.found("V0008", pair.folder)
        assert [pair.enroll().number, pair.enroll(other).number] == [1, 2]
        other.close()

    def test_a_code_is_enrolled_once(self, pair: Pair) -> None:
        other = pair.found("V0008", pair.folder)
        path = enrolling.write_request(other)
        with beside(pair.office, PASSWORD) as rival:
            received = enrolling.read_request(rival, path)
            overtaken(pair.office, lambda: enrolling.enroll(rival, received))
            assert _code(enrolling.enroll, pair.office, received._replace(key=pair.venue.public_key)) == (
                "STATION_EXISTS"
            )
        other.close()

    def test_a_replaced_venue_gets_a_new_record_key_each_time(self, pair: Pair) -> None:
        pair.enroll()
        versions = []
        for number in range(7):
            with pair.found("V0007", pair.folder / str(number)) as again:
                if number == 6:
                    assert _code(pair.enroll, again, replace=True) == "KEY_VERSIONS_USED_UP"
                    break
                pair.enroll(again, replace=True)
                pair.enroll(again)
            record = pair.office.registry.get("station", "V0007")
            assert record is not None
            versions.append(record.body["key_version"])
        assert versions == [2, 3, 4, 5, 6, 7]

    def test_an_enrolled_code_is_not_taken_again_but_replaced(self, pair: Pair) -> None:
        pair.enroll()
        assert not pair.enroll().replaced, "the same request again changes nothing"
        again = pair.found("V0007", pair.folder / "second")
        assert _code(pair.enroll, again) == "STATION_EXISTS"
        enrolled = pair.enroll(again, replace=True)
        assert (enrolled.replaced, enrolled.number) == (True, 1)
        revoked = [facts.decode(entry.line) for entry in pair.office.entries()]
        keys = [fact.key for fact in revoked if isinstance(fact, facts.Revoke)]
        assert keys == [pair.venue.public_key.line]
        assert pair.office.trust().revoked == {pair.venue.public_key: None}
        again.close()

    def test_a_request_of_another_deployment_is_refused(self, pair: Pair, tmp_path: Path) -> None:
        path = enrolling.write_request(pair.venue)
        stored, armored = container.read(path.read_bytes(), container.ENROLMENT)
        assert _code(requests.check, path.read_bytes(), "other.example") == "OTHER_DEPLOYMENT"
        changed = requests.build(stored.replace(b"V0007", b"V0008"), armored)
        assert _code(requests.check, changed, DOMAIN) == "SIG_BAD"
        signed_anew = requests.build(b"{}\n", pair.venue.sign("enrol", b"{}\n"))
        assert _code(requests.check, signed_anew, DOMAIN) == "REQUEST_BAD"
        other = pair.found("V0008", tmp_path)
        stolen = requests.build(stored, other.sign("enrol", stored))
        assert _code(requests.check, stolen, DOMAIN) == "REQUEST_BAD"
        other.close()

    def test_who_may_do_what(self, pair: Pair) -> None:
        path = enrolling.write_request(pair.venue)
        assert _code(enrolling.write_request, pair.office) == "VENUE_ONLY"
        assert _code(enrolling.read_request, pair.venue, path) == "OFFICE_ONLY"
        assert _code(packing.write_pack, pair.venue, "V0007", pair.stick) == "OFFICE_ONLY"
        assert _code(packing.write_pack, pair.office, "V0007", pair.stick) == "NO_STATION"
        assert _code(packing.write_pack, pair.office, "OFFICE", pair.stick) == "NO_STATION"
        assert _code(exporting.export, pair.office, pair.stick) == "VENUE_ONLY"
        assert _code(exporting.export, pair.venue, pair.stick) == "NO_OFFICE_KEY"

    @pytest.mark.parametrize("typed", ["", "12345", "x" * 30, "1" * 31, "١" * 30])
    def test_digits_that_are_none(self, pair: Pair, typed: str) -> None:
        with pytest.raises(RuleError, match="DIGITS_BAD"):
            enrolling.type_digits(pair.venue, typed)


class TestFirstPack:
    def test_it_waits_until_the_digits_are_typed(self, pair: Pair) -> None:
        pair.enroll()
        pack = pair.pack()
        (outcome,) = importing.import_files(pair.venue, [pack])
        assert (outcome.result, outcome.code) == ("hold", "TRUST_UNCONFIRMED")
        enrolling.type_digits(pair.venue, "0" * 30)
        assert [each.code for each in importing.try_waiting(pair.venue)] == ["TRUST_UNCONFIRMED"]
        pair.confirm()
        (outcome,) = importing.try_waiting(pair.venue)
        assert (outcome.result, outcome.code, outcome.from_inbox) == ("accept", "OK", True)
        assert list(pair.venue.folders.inbox.iterdir()) == []

    def test_it_brings_what_the_venue_needs(self, pair: Pair) -> None:
        assert pair.venue.card_keys is None
        pair.office.record(pair.office.put("course", "C0000001", title="心肺复苏"))
        pair.join()
        assert pair.venue.number == 1
        assert pair.venue.office == "OFFICE"
        assert pair.venue.card_keys is not None
        assert pair.office.card_keys is not None
        assert pair.venue.card_keys.k_ring == pair.office.card_keys.k_ring
        assert pair.venue.card_keys.record_key != pair.office.card_keys.record_key
        course = pair.venue.registry.get("course", "C0000001")
        assert course is not None
        assert course.body["title"] == "心肺复苏"
        last = [facts.decode(entry.line) for entry in pair.venue.entries()][-1]
        assert isinstance(last, facts.PackTaken)
        assert last.sha256 == packtaking.in_force(pair.venue)

    def test_a_pack_for_another_request_is_set_aside_and_changes_nothing(self, pair: Pair) -> None:
        pair.enroll()
        pack = pair.pack()
        pair.venue.set_setting(enrolling.REQUEST, "another\n")
        pair.confirm()
        (outcome,) = importing.import_files(pair.venue, [pack])
        assert (outcome.result, outcome.code) == ("quarantine", "REQUEST_MISMATCH")
        assert pair.venue.snapshot() is None
        assert pair.venue.setting("office_key") is None

    def test_another_office_is_not_believed_afterwards(self, pair: Pair) -> None:
        pair.join()
        with pytest.raises(BundleError, match="OFFICE_KNOWN"):
            enrolling.type_digits(pair.venue, "0" * 30)


class TestPacks:
    def test_personal_numbers_go_only_to_the_own_units(self, pair: Pair) -> None:
        enrolled = pair.enroll()
        office = pair.office
        office.record(
            office.put("unit", "U0000101", name="科", parent=enrolled.unit),
            office.put("unit", "U0000102", name="别处"),
            office.put(
                "person", "P0000001", name="甲", idno="11010119900101001X", phone="1", unit="U0000101"
            ),
            office.put(
                "person", "P0000002", name="乙", idno="110101199001010028", phone="2", unit="U0000102"
            ),
            office.put("card", "000000018", uid="04A2B3C4", person="P0000002", state="active"),
            office.put("card", "000000026", uid="04FFFFFF", person="P0000002", state="lost"),
        )
        pair.confirm()
        importing.import_files(pair.venue, [pair.pack()])
        own, other = (pair.venue.registry.get("person", code) for code in ("P0000001", "P0000002"))
        assert own is not None
        assert other is not None
        assert (own.body["idno"], own.body["phone"], own.body["idno4"]) == ("11010119900101001X", "1", "001X")
        assert other.body == {"name": "乙", "unit": "U0000102", "idno4": "0028", "card": "000000018"}
        ((_id, blocked),) = pair.venue.pack_rows("blacklist")
        assert (blocked["card"], blocked["why"]) == ("04FFFFFF", "lost")

    def test_an_older_one_is_refused_and_the_same_again_is_nothing_new(self, pair: Pair) -> None:
        pair.join()
        second, third = pair.pack(), pair.pack()
        outcomes = importing.import_files(pair.venue, [third, second, third])
        assert [each.code for each in outcomes] == ["OK", "ROLLBACK", "OK"]

    def test_a_snapshot_is_higher_even_where_the_clock_went_back(self, pair: Pair) -> None:
        pair.enroll()
        first = packing.write_pack(pair.office, "V0007", pair.stick).snapshot
        pair.clock.wall_ms -= 86_400_000
        assert packing.write_pack(pair.office, "V0007", pair.stick).snapshot == first + 1

    def test_a_pack_past_its_date_is_taken_with_a_warning(self, pair: Pair) -> None:
        pair.enroll()
        pair.confirm()
        pack = packing.write_pack(pair.office, "V0007", pair.stick, days=1).sent.file
        pair.clock.advance(3 * 86_400_000)
        (outcome,) = importing.import_files(pair.venue, [pack])
        assert (outcome.result, outcome.code) == ("accept", "STALE")


class TestBundles:
    def test_facts_arrive_once_and_are_known_the_second_time(self, pair: Pair) -> None:
        pair.join()
        _note(pair.venue, 100)
        (path,) = pair.export()
        (first,) = pair.deliver(path)
        (again,) = pair.deliver(path)
        held = pair.venue.top("V0007", pair.venue.epoch)
        assert (first.new, first.known, again.new, again.known) == (held[0], 0, 0, held[0])
        assert pair.office.top("V0007", pair.venue.epoch) == held
        assert pair.office.lines("V0007", pair.venue.epoch) == pair.venue.lines("V0007", pair.venue.epoch)

    def test_without_a_receipt_every_bundle_carries_everything(self, pair: Pair) -> None:
        pair.join()
        (lost,) = pair.export()
        _note(pair.venue, 3)
        (path,) = pair.export()
        assert path != lost
        (outcome,) = pair.deliver(path)
        assert (outcome.code, outcome.known) == ("OK", 0)
        assert outcome.new == pair.venue.top("V0007", pair.venue.epoch)[0]

    def test_after_a_receipt_only_what_is_new_travels(self, pair: Pair) -> None:
        pair.join()
        pair.deliver()
        importing.import_files(pair.venue, [pair.pack()])
        at = receipts.receipted(pair.venue, pair.venue.epoch)[0]
        _note(pair.venue, 3)
        (sent,) = exporting.export(pair.venue, pair.stick)
        assert (sent.first, sent.facts) == (at + 1, 4)
        (outcome,) = pair.deliver(sent.file)
        assert (outcome.new, outcome.known) == (4, 0)

    def test_a_receipt_may_go_back(self, pair: Pair) -> None:
        """An office restored from a backup tells a lower position: the export starts there again."""
        pair.join()
        pair.deliver()
        epoch = pair.venue.epoch
        head = pair.venue.head("V0007", epoch, 2)
        assert head is not None
        row = {"venue": "V0007", "epoch": epoch, "pos": 2, "head": head.hex()}
        assert receipts.take_receipts(pair.venue, [row])
        assert exporting.export(pair.venue, pair.stick)[0].first == 3

    def test_a_receipt_of_another_history_begins_a_new_epoch(self, pair: Pair) -> None:
        pair.join()
        row = {"venue": "V0007", "epoch": pair.venue.epoch, "pos": 2, "head": "11" * 32}
        assert not receipts.take_receipts(pair.venue, [row])

    def test_what_comes_too_early_waits_and_is_tried_at_every_import(self, pair: Pair) -> None:
        pair.join()
        (first,) = pair.export()
        epoch = pair.venue.epoch
        top, head = pair.venue.top("V0007", epoch)
        receipts.take_receipts(
            pair.venue, [{"venue": "V0007", "epoch": epoch, "pos": top, "head": head.hex()}]
        )
        _note(pair.venue, 2)
        (second,) = pair.export()
        (outcome,) = pair.deliver(second)
        assert (outcome.result, outcome.code) == ("hold", "GAP")
        outcomes = pair.deliver(first)
        assert [(each.result, each.from_inbox) for each in outcomes] == [("accept", False), ("accept", True)]
        assert pair.office.top("V0007", epoch) == pair.venue.top("V0007", epoch)
        assert list(pair.office.folders.inbox.iterdir()) == []

    def test_a_copied_home_is_a_fork_whose_lines_are_kept(self, pair: Pair, tmp_path: Path) -> None:
        pair.join()
        pair.deliver()
        epoch = pair.venue.epoch
        top, head = pair.venue.top("V0007", epoch)
        _note(pair.venue)
        pair.deliver()
        twin = facts.encode(facts.Note(p=top + 1, text="the other history"))
        route = build.Route("V0007", "OFFICE", epoch, 99, "0" * 64, pair.venue.setting("recipients"))
        built = build.facts_bundle(
            route,
            top + 1,
            head,
            [twin],
            build.Ack(pack=0, pos=0, head="0" * 64),
            build.Made(wall="2026-09-25T16:02:11Z", clock="synced", sw="test", schema=1),
            lambda stored: pair.venue.sign("facts", stored),
        )
        path = tmp_path / "twin.cmeb"
        path.write_bytes(built.data)
        (outcome,) = pair.deliver(path)
        assert (outcome.result, outcome.code) == ("quarantine", "FORK")
        assert f"FORK:V0007/{epoch}/{top + 1}" in pair.office.flags()
        assert twin in pair.office.lines("V0007", epoch)

    def test_what_is_refused_is_kept_with_its_reason(self, pair: Pair, tmp_path: Path) -> None:
        pair.join()
        (path,) = pair.export()
        bad = bytearray(path.read_bytes())
        bad[600] ^= 1
        spoiled = tmp_path / "spoiled.cmeb"
        spoiled.write_bytes(bad)
        (outcome,) = pair.deliver(spoiled)
        assert (outcome.result, outcome.code) == ("quarantine", "SIG_BAD")
        kept = sorted(entry.suffix for entry in pair.office.folders.quarantine.iterdir())
        assert kept == [".cmeb", ".json"]

    def test_one_stick_serves_many(self, pair: Pair) -> None:
        """Of a folder, a station takes what is for it and leaves its own and others' bundles alone."""
        pair.join()
        other = pair.found("V0008", pair.folder)
        pair.enroll(other)
        pair.confirm(other)
        for path in pair.stick.iterdir():
            path.unlink()
        pair.export()
        pair.pack("V0007")
        pair.pack("V0008")
        assert [each.kind for each in importing.import_files(pair.venue, [pair.stick])] == ["pack"]
        assert [each.kind for each in importing.import_files(other, [pair.stick])] == ["pack"]
        assert [each.kind for each in importing.import_files(pair.office, [pair.stick])] == ["facts"]
        assert list(pair.venue.folders.quarantine.iterdir()) == []
        other.close()

    def test_a_missing_file_stops_the_import_before_it_begins(self, pair: Pair) -> None:
        pair.join()
        (path,) = pair.export()
        assert _code(pair.deliver, path, pair.stick / "none.cmeb") == "FILE_MISSING"
        assert pair.office.top("V0007", pair.venue.epoch)[0] == 0

    def test_a_receipt_tells_what_became_of_each_bundle(self, pair: Pair) -> None:
        pair.join()
        pair.venue.record(facts.Revoke(key="not for a venue to say"))
        pair.deliver()
        pair.deliver()
        (row,) = receipts.rows_for(pair.office, "V0007", "2026-09-28T09:00:00Z")
        first, second = row["bundles"]
        top = pair.venue.top("V0007", pair.venue.epoch)[0]
        assert (row["pos"], row["epoch"]) == (top, pair.venue.epoch)
        assert (first["result"], first["new"], first["dup"]) == ("accepted", top, 0)
        assert (second["result"], second["new"], second["dup"]) == ("accepted", 0, top)
        assert second["rejected"] == [{"p": top, "code": "NOT_ALLOWED"}]

    def test_every_bundle_is_kept_in_the_outbox(self, pair: Pair) -> None:
        pair.join()
        (path,) = pair.export()
        assert (pair.venue.folders.outbox / path.name).read_bytes() == path.read_bytes()

    def test_a_stick_that_fails_marks_nothing_exported(self, pair: Pair) -> None:
        pair.join()
        shutil.rmtree(pair.stick)
        before = exporting.waiting(pair.venue)
        assert _code(pair.export) == "STICK_MISSING"
        assert exporting.waiting(pair.venue) == before
        pair.stick.mkdir()
        pair.export()
        assert exporting.waiting(pair.venue) == (before[0], 0)
