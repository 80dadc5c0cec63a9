"""Decisions on what was set aside: nothing gets in that does not hold, and each decision is a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.bundles.check import Checked
from icme_tui.codes import RuleError
from icme_tui.operations import enrolling, exporting, importing, quarantine, releasing, revoking
from icme_tui.station import Station
from tests.support import stations
from tests.support.pairs import Pair

WHY = "asked the venue by telephone"


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


def decisions_in(station: Station) -> list[tuple[str, str, str, str]]:
    """(kind, file, by, reason) of the decisions in the journal, in their order."""
    found = [facts.decode(line) for line in station.lines(station.code, station.epoch)]
    return [
        (facts.kind_of(fact), fact.file, fact.by, fact.reason)
        for fact in found
        if isinstance(fact, facts.Release | facts.Reject)
    ]


def set_aside(pair: Pair, file: Path) -> quarantine.Kept:
    (outcome,) = importing.import_files(pair.office, [file])
    assert outcome.result == "quarantine"
    (kept,) = quarantine.kept_files(pair.office, decided=False)
    return kept


def of_a_stranger(pair: Pair, tmp_path: Path) -> tuple[Station, Path]:
    """A venue that confirmed the office on a copy of its home, and a bundle of it from before it was lost."""
    other = stations.venue(tmp_path / "other", "V0008", pair.clock)
    other.set_setting("recipients", [pair.office.age_identity.public, pair.office.setting("recovery")])
    other.set_setting("office_key", pair.office.public_key.line)
    other.believe_office("OFFICE")
    return other, exporting.export(other, pair.stick)[-1].file


def test_a_file_of_a_station_that_was_enrolled_since_is_let_in(pair: Pair, tmp_path: Path) -> None:
    other, file = of_a_stranger(pair, tmp_path)
    kept = set_aside(pair, file)
    assert (kept.code, kept.way) == ("SIG_UNKNOWN_KEY", "again")
    tried = releasing.release(pair.office, kept.id[:8], WHY)
    assert (tried.result, tried.code) == ("quarantine", "SIG_UNKNOWN_KEY")
    assert decisions_in(pair.office) == []
    enrolling.enroll(pair.office, enrolling.read_request(pair.office, enrolling.write_request(other)))
    done = releasing.release(pair.office, kept.name, WHY)
    assert (done.result, done.code, done.new > 0) == ("accept", "OK", True)
    assert pair.office.top("V0008", other.epoch) == other.top("V0008", other.epoch)
    assert decisions_in(pair.office) == [("release", kept.id, "admin", WHY)]
    assert quarantine.kept_files(pair.office, decided=False) == []
    (told,) = quarantine.kept_files(pair.office)
    assert told.decision is not None
    assert (told.decision.what, told.decision.by, told.decision.reason) == ("release", "admin", WHY)
    assert kept.file.exists()
    other.close()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda data: data[:-1], "CONTAINER"),
        (lambda data: data.replace(b"U1NIU0lH", b"U1NIU0lI", 1), "SIG_BAD"),
        (lambda data: data.replace(b'"fmt":"cmeb/1"', b'"fmt":"cmeb/2"', 1), "SIG_BAD"),
    ],
)
def test_what_is_wrong_with_the_bytes_never_gets_in(
    pair: Pair, damage: Callable[[bytes], bytes], code: str
) -> None:
    file = pair.export()
    file.write_bytes(damage(file.read_bytes()))
    kept = set_aside(pair, file)
    assert (kept.code, kept.way) == (code, "never")
    with pytest.raises(RuleError, match="RELEASE_NEVER"):
        releasing.release(pair.office, kept.id, WHY)
    assert decisions_in(pair.office) == []


@pytest.mark.parametrize("code", sorted(quarantine.WAYS))
def test_no_reason_lets_a_file_in_that_is_not_signed(pair: Pair, code: str) -> None:
    """Whatever somebody writes beside a kept file: it is judged, and the label is not believed."""
    file = pair.export()
    data = bytearray(file.read_bytes())
    data[600] ^= 1
    file.write_bytes(bytes(data))
    kept = set_aside(pair, file)
    kept.file.with_suffix(".json").write_text(f'{{"code":"{code}","file":"x"}}')
    before = pair.office.sources()
    if quarantine.WAYS[code] == quarantine.NEVER:
        with pytest.raises(RuleError, match="RELEASE_NEVER"):
            releasing.release(pair.office, kept.id, WHY)
    else:
        assert releasing.release(pair.office, kept.id, WHY).result == "quarantine"
    assert pair.office.sources() == before
    assert decisions_in(pair.office) == []


def test_control_a_release_that_believes_the_label_lets_anything_in(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests above can fail."""
    other, file = of_a_stranger(pair, tmp_path)
    kept = set_aside(pair, file)
    monkeypatch.setattr(importing, "judge", lambda *_: Checked("accept", "OK"))
    assert releasing.release(pair.office, kept.id, WHY).result == "accept"
    other.close()


def test_a_revoked_key_is_let_in_only_once_it_is_believed_again(pair: Pair, tmp_path: Path) -> None:
    bundle = pair.export()
    again = stations.venue(tmp_path / "again", clock=pair.clock)
    received = enrolling.read_request(pair.office, enrolling.write_request(again))
    enrolling.enroll(pair.office, received, replace=True)
    kept = set_aside(pair, bundle)
    assert (kept.code, kept.way) == ("KEY_REVOKED", "again")
    tried = releasing.release(pair.office, kept.id, WHY)
    assert (tried.result, tried.code, pair.office.sources()) == (
        "quarantine", "KEY_REVOKED", [("OFFICE", pair.office.epoch)],
    )  # fmt: skip
    again.close()


def test_a_bundle_within_the_good_marks_of_a_revoked_key_is_let_in(pair: Pair) -> None:
    bundle = pair.export()
    revoking.revoke(pair.office, "V0007", "the machine was stolen")
    kept = set_aside(pair, bundle)
    assert releasing.release(pair.office, kept.id, WHY).code == "KEY_REVOKED"
    revoking.revoke(pair.office, "V0007", "written before it was stolen", keep_up_to=[kept.file])
    done = releasing.release(pair.office, kept.id, WHY)
    assert (done.result, done.code) == ("accept", "OK")
    pair.note()
    assert pair.office_takes(pair.export()).code == "KEY_REVOKED"


def test_a_fork_is_closed_once_it_is_decided(pair: Pair, tmp_path: Path) -> None:
    home = pair.venue.home
    pair.venue.close()
    copy = stations.copy_home(home, tmp_path / "copy")
    sign = stations.open_station(home, None, stations.PASSWORD, pair.clock)
    twin = stations.open_station(copy, None, stations.PASSWORD, pair.clock)
    twin.set_setting("epoch", sign.epoch)
    pair.venue = sign
    pair.note(1)
    pair.office_takes(pair.export())
    twin.record(facts.Note(text="another history"))
    file = exporting.export(twin, tmp_path)[-1].file
    kept = set_aside(pair, file)
    assert (kept.code, kept.way) == ("FORK", "resolve")
    with pytest.raises(RuleError, match="FORK_OPEN"):
        releasing.release(pair.office, kept.id, WHY)
    for flag in [flag for flag in pair.office.flags() if flag.startswith("FORK:")]:
        station, epoch, p = flag.removeprefix("FORK:").split("/")
        hashes = {each.hex() for _p, each in pair.office.hashes(station, epoch, int(p), int(p))}
        pair.office.record(facts.Resolve(target=[station, epoch, int(p)], keep=sorted(hashes)))
    done = releasing.release(pair.office, kept.id, WHY)
    assert (done.result, done.new) == ("accept", 0)
    assert [kind for kind, *_rest in decisions_in(pair.office)] == ["release"]
    (outcome,) = importing.import_files(pair.office, [file])
    assert (outcome.result, outcome.code, outcome.new) == ("accept", "OK", 0)
    assert quarantine.kept_files(pair.office, decided=False) == []
    twin.close()


def test_what_was_rejected_is_not_taken_in_when_it_comes_again(pair: Pair, tmp_path: Path) -> None:
    other, file = of_a_stranger(pair, tmp_path)
    kept = set_aside(pair, file)
    decided = releasing.reject(pair.office, kept.name, WHY)
    assert decided.decision is not None
    assert decisions_in(pair.office) == [("reject", kept.id, "admin", WHY)]
    enrolling.enroll(pair.office, enrolling.read_request(pair.office, enrolling.write_request(other)))
    (outcome,) = importing.import_files(pair.office, [file])
    assert (outcome.result, outcome.code) == ("quarantine", "REJECTED")
    assert pair.office.top("V0008", other.epoch)[0] == 0
    assert quarantine.kept_files(pair.office, decided=False) == []
    done = releasing.release(pair.office, kept.id, "rejected by mistake")
    assert done.result == "accept"
    assert [kind for kind, *_rest in decisions_in(pair.office)] == ["reject", "release"]
    (outcome,) = importing.import_files(pair.office, [file])
    assert (outcome.result, outcome.known > 0) == ("accept", True)
    other.close()


def test_a_release_that_misses_an_earlier_bundle_waits(pair: Pair, tmp_path: Path) -> None:
    other, _first = of_a_stranger(pair, tmp_path)
    top, head = other.top("V0008", other.epoch)
    other.set_setting("receipts", {other.epoch: {"pos": top, "head": head.hex()}})
    other.record(facts.Note(text="later"))
    later = exporting.export(other, tmp_path)[-1].file
    kept = set_aside(pair, later)
    enrolling.enroll(pair.office, enrolling.read_request(pair.office, enrolling.write_request(other)))
    done = releasing.release(pair.office, kept.id, WHY)
    assert (done.result, done.code) == ("hold", "GAP")
    assert [path.stem for path in pair.office.folders.inbox.glob("*.cmeb")] == [kept.id]
    assert len(decisions_in(pair.office)) == 1
    other.close()


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_reason_is_needed(pair: Pair, reason: str) -> None:
    (pair.stick / "x.cmeb").write_bytes(b"nothing")
    kept = set_aside(pair, pair.stick / "x.cmeb")
    for decide in (releasing.release, releasing.reject):
        with pytest.raises(RuleError, match="REASON_MISSING"):
            decide(pair.office, kept.id, reason)


def test_a_file_is_named_by_its_name_or_by_enough_of_its_digits(pair: Pair) -> None:
    for number in (1, 2):
        folder = pair.stick / str(number)
        folder.mkdir()
        (folder / "same.cmeb").write_bytes(b"%d" % number)
        importing.import_files(pair.office, [folder / "same.cmeb"])
    first, second = quarantine.kept_files(pair.office)
    assert quarantine.find(pair.office, first.id[:6].upper()) == first
    assert quarantine.find(pair.office, second.id) == second
    with pytest.raises(RuleError, match="QUARANTINE_AMBIGUOUS"):
        quarantine.find(pair.office, "same.cmeb")
    for wanted in ("", first.id[:5], "other.cmeb"):
        with pytest.raises(RuleError, match="NOT_IN_QUARANTINE"):
            quarantine.find(pair.office, wanted)


def test_a_venues_decision_has_no_effect_at_the_office_and_is_no_offence(pair: Pair) -> None:
    (pair.stick / "x.cmeb").write_bytes(b"nothing")
    importing.import_files(pair.venue, [pair.stick / "x.cmeb"])
    releasing.reject(pair.venue, "x.cmeb", WHY)
    pair.office_takes(pair.export())
    assert pair.office.flags() == []
    assert quarantine.kept_files(pair.office) == []
