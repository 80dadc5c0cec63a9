"""An office from its recovery sheet: which packs it believes, and what it takes from them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from icme_tui.codes import IcmeError
from icme_tui.operations import adopting, enrolling, founding, keysheet, packing, refounding, rotating
from icme_tui.operations.keysheet import Sheet
from icme_tui.station import Station, open_station
from tests.support import stations
from tests.support.forks import dies_at
from tests.support.pairs import MINUTE, Pair
from tests.support.stations import DOMAIN, PASSWORD


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    own = made.office.registry.get("station", "V0007")
    assert own is not None
    made.office.record(
        made.office.put("person", "P1", name="张示例", idno="11010519491231002X", unit=own.body["unit"]),
        made.office.put("person", "P2", name="李示例", idno="110105194912310054"),
    )
    made.renew()
    yield made
    made.close()


def sheet_of(pair: Pair) -> Sheet:
    return keysheet.parse(pair.office.home.with_name("office-recovery.txt").read_text())


def refound(
    pair: Pair, folder: Path, *packs: Path, digits: tuple[str, ...] = ()
) -> tuple[Station, refounding.Adopted]:
    pair.clock.advance(MINUTE)
    sheet = sheet_of(pair)
    made = founding.found_office(
        folder, "OFFICE", "市办公室", DOMAIN, PASSWORD, sheet=sheet, clock=pair.clock
    )
    return made.station, refounding.adopt(made.station, sheet, packs, digits)


def test_cut_at_any_step_it_is_made_again(pair: Pair, tmp_path: Path) -> None:
    sheet, home = sheet_of(pair), tmp_path / "new"

    def found(out: Path) -> Station:
        def fill(station: Station) -> None:
            refounding.adopt(station, sheet, [pair.stick])

        return founding.found_office(
            home,
            "OFFICE",
            "市办公室",
            DOMAIN,
            PASSWORD,
            recovery_out=out,
            sheet=sheet,
            fill=fill,
            clock=pair.clock,
        ).station

    step, killed, made = 0, True, set()
    while killed:
        step += 1
        shutil.rmtree(home, ignore_errors=True)
        first, second = tmp_path / f"first-{step}", tmp_path / f"second-{step}"
        killed = dies_at(step, lambda out=first: found(out).close())
        is_made = (home / "station.toml").exists()
        made.add(is_made)
        if not is_made:
            found(second).close()
        with open_station(home, None, PASSWORD, pair.clock) as new:
            assert new.registry.get("person", "P1") is not None
            assert new.public_key == sheet.next_key.public
            printed = keysheet.parse((first if is_made else second).read_text())
            assert printed.next_key.public.line == new.setting("next_key")
    assert made == {True, False}


def test_what_stood_in_the_packs_is_there_again(pair: Pair, tmp_path: Path) -> None:
    new, found = refound(pair, tmp_path / "new", pair.stick)
    with new:
        assert found.packs == {"V0007": pair.venue.snapshot()}
        assert new.public_key.line == pair.office.setting("next_key")
        for kind in ("unit", "person", "station"):
            for record in pair.office.registry.all(kind):
                again = new.registry.get(kind, record.id)
                assert again is not None
                assert again.v >= record.v
        own, other = new.registry.get("person", "P1"), new.registry.get("person", "P2")
        assert own is not None
        assert other is not None
        assert own.body["idno"] == "11010519491231002X"
        assert "idno" not in other.body, "of another unit: no pack tells it"
        assert other.body["idno4"] == "0054"
        card_keys, before = new.card_keys, pair.office.card_keys
        assert card_keys is not None
        assert before is not None
        assert (card_keys.k_a, card_keys.k_issue) == (before.k_a, before.k_issue)
        assert (before.key_version, card_keys.key_version) == (1, 2)
        assert pair.office.card_public_key.raw in card_keys.lost_issuers[0]
        assert not any(new.rebuild(check=True).values())


def test_a_pack_that_somebody_else_signed_is_not_believed(pair: Pair, tmp_path: Path) -> None:
    """A venue knows next key and recovery recipient; it still cannot make a pack of the old office."""
    stranger = founding.found_office(
        tmp_path / "stranger", "OFFICE", "市办公室", DOMAIN, PASSWORD, clock=pair.clock
    ).station
    with stranger:
        stranger.set_setting("next_key", pair.office.setting("next_key"))
        stranger.set_setting("recovery", pair.office.setting("recovery"))
        request = enrolling.read_request(stranger, enrolling.write_request(pair.venue))
        enrolling.enroll(stranger, request)
        forged = packing.write_pack(stranger, "V0007", tmp_path).sent.file
    bundle = pair.export()
    cut = tmp_path / "cut.cmeb"
    cut.write_bytes(forged.read_bytes()[:-700])
    new, found = refound(pair, tmp_path / "new", forged, bundle, cut)
    with new:
        assert (found.packs, found.records) == ({}, {})
        codes = dict(found.refused)
        assert codes[forged.name] == "SIG_UNKNOWN_KEY"
        assert codes[bundle.name] == "SIG_NAMESPACE"
        assert codes[cut.name] == "CONTAINER"
        assert new.registry.get("station", "V0007") is None


def test_after_a_rotation_the_digits_have_to_be_named(pair: Pair, tmp_path: Path) -> None:
    rotating.rotate(pair.office, "every two years")
    pair.renew()
    pair.note()
    pair.office_takes(pair.export())
    late = pair.pack()
    assert pair.office.new_public_key is None
    new, found = refound(pair, tmp_path / "new", late)
    with new:
        assert found.refused == [(late.name, "SIG_UNKNOWN_KEY")]
        again = refounding.adopt(new, sheet_of(pair), [late], [pair.office.public_key.fingerprint])
        assert list(again.packs) == ["V0007"]


def test_adopting_the_next_key_is_cut_at_any_step_and_given_again(pair: Pair, tmp_path: Path) -> None:
    home, sheet = pair.office.home, sheet_of(pair)
    old = pair.office.public_key
    pair.office.close()
    saved = stations.copy_home(home, home.with_name("saved"))

    def adopt(out: Path) -> str:
        with open_station(home, None, PASSWORD, pair.clock) as office:
            return adopting.adopt_next(office, sheet, "stolen", out)

    step, killed = 0, True
    while killed:
        step += 1
        stations.copy_home(saved, home)
        first, second = tmp_path / f"first-{step}", tmp_path / f"second-{step}"
        killed = dies_at(step, lambda out=first: adopt(out))
        with suppress(IcmeError):  # SHEET_OTHER where it was done already
            adopt(second)
        with open_station(home, None, PASSWORD, pair.clock) as office:
            assert office.public_key == sheet.next_key.public != old
            following = office.setting("next_key")
        sheets = [keysheet.parse(each.read_text()) for each in (first, second) if each.exists()]
        assert following in [each.next_key.public.line for each in sheets], "it was printed before it counted"
        assert {each.recovery.public for each in sheets} == {sheet.recovery.public}
    assert step > 6
    pair.office = open_station(home, None, PASSWORD, pair.clock)
    pair.renew()
    assert pair.venue.setting("office_key") == sheet.next_key.public.line
    pair.note()
    assert pair.office_takes(pair.export()).code == "OK"
