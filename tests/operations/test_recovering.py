"""A forgotten password is mended by the recovery identity of the office, without losing a fact."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest

from icme_tui import facts
from icme_tui.bundles import age
from icme_tui.codes import IcmeError
from icme_tui.keyring import read_keyring
from icme_tui.operations import auditing, operators, recovering
from icme_tui.station import open_station
from icme_tui.store.database import open_database
from tests.support import stations
from tests.support.forks import dies_at
from tests.support.pairs import Pair
from tests.support.stations import PASSWORD
from tests.support.tools import output_of

NEW = "remembered this time"


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    stations.weaken_passwords(monkeypatch)
    return Pair(tmp_path)


def sheet(pair: Pair) -> Path:
    return pair.office.home.with_name("office-recovery.txt")


def recover(pair: Pair, home: Path, name: str = "admin", identity: Path | None = None) -> None:
    identities = recovering.read_identities(identity or sheet(pair))
    recovering.set_password(home, name, identities, NEW, pair.clock)


def test_a_venue_whose_password_is_forgotten_goes_on_with_every_fact(pair: Pair) -> None:
    pair.join()
    pair.note(5)
    home = pair.venue.home
    epoch = pair.venue.epoch
    pair.venue.close()
    recover(pair, home)
    with pytest.raises(IcmeError, match="LOGIN_REFUSED"):
        open_station(home, "admin", PASSWORD, pair.clock)
    pair.venue = open_station(home, "admin", NEW, pair.clock)
    assert pair.venue.epoch == epoch
    held = map(facts.decode, pair.venue.lines("V0007", epoch))
    assert [fact.text for fact in held if isinstance(fact, facts.Note)] == [
        f"note {number}" for number in range(5)
    ]
    assert not [report for report in auditing.verify(pair.venue) if report.problems]
    last = auditing.show(pair.venue, kind="operator")[-1]
    assert (last.by, last.fields["set"]["reason"]) == ("admin", operators.FORGOTTEN)
    assert pair.office_takes(pair.export()).new > 5
    pair.close()


def test_before_its_first_pack_nothing_opens_a_venue(pair: Pair) -> None:
    pair.venue.close()
    with pytest.raises(IcmeError, match="RECOVERY_SLOT_MISSING"):
        recover(pair, pair.venue.home)
    pair.office.close()


def test_an_office_is_opened_from_its_own_sheet(pair: Pair) -> None:
    pair.office.close()
    recover(pair, pair.office.home)
    open_station(pair.office.home, None, NEW, pair.clock).close()
    pair.venue.close()


@pytest.mark.parametrize(("name", "code"), [("nobody", "NO_OPERATOR"), ("admin", "IDENTITY_WRONG")])
def test_what_is_refused_changes_nothing(pair: Pair, tmp_path: Path, name: str, code: str) -> None:
    pair.office.close()
    before = pair.office.folders.keyring.read_bytes()
    stranger = tmp_path / "stranger.txt"
    stranger.write_text(age.Identity.generate().secret())
    with pytest.raises(IcmeError, match=code):
        recover(pair, pair.office.home, name, stranger)
    assert pair.office.folders.keyring.read_bytes() == before
    pair.venue.close()


def test_a_slot_that_somebody_else_put_there_is_made_anew_at_the_next_opening(pair: Pair) -> None:
    path = pair.office.folders.keyring
    pair.office.close()
    mine = age.Identity.generate()
    keyring = read_keyring(path)
    assert keyring.recovery is not None
    path.write_text(path.read_text().replace(keyring.recovery.recipient, mine.public))
    pair.office = open_station(pair.office.home, None, PASSWORD, pair.clock)
    assert read_keyring(path).recovery != keyring.recovery
    pair.office.close()
    recover(pair, pair.office.home)
    pair.venue.close()


def test_after_a_removal_the_recovery_identity_opens_the_new_key(pair: Pair) -> None:
    operators.add(pair.office, PASSWORD, "li", "invented for li")
    operators.remove(pair.office, PASSWORD, "li", "left")
    pair.office.close()
    recover(pair, pair.office.home)
    open_station(pair.office.home, None, NEW, pair.clock).close()
    pair.venue.close()


def test_cut_at_any_step_the_old_password_opens_or_the_new_one(pair: Pair) -> None:
    pair.join()
    home = pair.venue.home
    pair.close()
    saved = stations.copy_home(home, home.with_name("saved"))
    step, killed, opened = 0, True, set()
    while killed:
        step += 1
        stations.copy_home(saved, home)
        killed = dies_at(step, lambda: recover(pair, home))
        for password in (PASSWORD, NEW):
            with suppress(IcmeError):
                open_station(home, None, password, pair.clock).close()
                opened.add(password)
                break
        else:
            pytest.fail("nothing opens it")
        recover(pair, home)
        open_station(home, None, NEW, pair.clock).close()
    assert opened == {PASSWORD, NEW}


@pytest.mark.integration
def test_age_itself_opens_the_recovery_slot_of_a_venue(pair: Pair, tmp_path: Path) -> None:
    pair.join()
    keyring = pair.venue.folders.keyring
    pair.close()
    cut = re.search(r"-----BEGIN AGE.*?END AGE ENCRYPTED FILE-----\n", keyring.read_text(), re.DOTALL)
    assert cut is not None
    shown = output_of("age", "-d", "-i", sheet(pair), stdin=cut[0].encode())
    open_database(pair.venue.folders.store, bytes.fromhex(shown.decode().strip())).close()
