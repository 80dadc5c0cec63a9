"""Accounts: adding one, a new password, and what must not happen on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui import durable, logins
from icme_tui.codes import IcmeError
from icme_tui.operations import auditing, keychanges, operators
from icme_tui.operations.operators import Operator
from icme_tui.station import Station, open_station
from tests.support import stations
from tests.support.stations import PASSWORD

NEW = "another invented one"


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    stations.weaken_passwords(monkeypatch)
    made = stations.venue(tmp_path / "home")
    yield made
    made.close()


def refused(call: object, *given: object) -> str:
    with pytest.raises(IcmeError) as refusal:
        call(*given)  # type: ignore[operator]
    return refusal.value.code


def test_a_new_operator_logs_in_and_is_in_the_journal(station: Station) -> None:
    assert operators.operators(station) == [Operator("admin", "admin", True)]
    operators.add(station, PASSWORD, "li.wen", NEW)
    assert operators.operators(station) == [
        Operator("admin", "admin", True),
        Operator("li.wen", "operator", False),
    ]
    [shown] = [one for one in auditing.show(station, kind="operator") if one.fields["id"] == "li.wen"]
    assert (shown.by, shown.fields["set"]["role"]) == ("admin", "operator")
    assert NEW not in str(auditing.show(station))
    station.close()
    with open_station(station.home, "li.wen", NEW, station.clock) as again:
        assert refused(operators.add, again, NEW, "third", NEW) == "ADMIN_ONLY"
    assert station.folders.keyring.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("own", "name", "password", "role", "code"),
    [
        ("wrong password", "li", NEW, "operator", "LOGIN_REFUSED"),
        (PASSWORD, "Li Wen", NEW, "operator", "OPERATOR_BAD"),
        (PASSWORD, "admin", NEW, "operator", "OPERATOR_EXISTS"),
        (PASSWORD, "li", "short", "operator", "PASSWORD_WEAK"),
        (PASSWORD, "li", NEW, "king", "ROLE_UNKNOWN"),
    ],
)
def test_what_is_refused_changes_nothing(
    station: Station, own: str, name: str, password: str, role: str, code: str
) -> None:
    before = station.folders.keyring.read_bytes(), station.top(station.code, station.epoch)
    assert refused(operators.add, station, own, name, password, role) == code
    assert (station.folders.keyring.read_bytes(), station.top(station.code, station.epoch)) == before
    assert logins.refused(station.folders.logins) == ({"admin": 1} if code == "LOGIN_REFUSED" else {})


def test_a_new_password_opens_and_the_old_one_does_not(station: Station) -> None:
    operators.add(station, PASSWORD, "li", NEW)
    assert refused(operators.change_password, station, PASSWORD, "short") == "PASSWORD_WEAK"
    assert refused(operators.change_password, station, PASSWORD, PASSWORD) == "PASSWORD_SAME"
    assert refused(operators.change_password, station, "wrong", NEW) == "LOGIN_REFUSED"
    operators.change_password(station, PASSWORD, "a third invented one")
    station.close()
    assert refused(open_station, station.home, "admin", PASSWORD, station.clock) == "LOGIN_REFUSED"
    open_station(station.home, "admin", "a third invented one", station.clock).close()
    open_station(station.home, "li", NEW, station.clock).close()


@pytest.mark.parametrize("failing", ["keyring", "commit"])
def test_keyring_and_journal_agree_after_a_failure(
    station: Station, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    before = station.folders.keyring.read_bytes(), station.top(station.code, station.epoch)

    def full_disk(*given: object) -> None:
        raise OSError(28, "No space left on device")

    def fail_at(name: str) -> None:
        if name == "commit":
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if failing == "keyring":
            patch.setattr(keychanges, "write_keyring", full_disk)
        else:
            patch.setattr(durable, "point", fail_at)
        with pytest.raises(OSError, match="No space"):
            operators.add(station, PASSWORD, "li", NEW)
    assert station.top(station.code, station.epoch) == before[1]
    assert [one.name for one in operators.operators(station)] == ["admin"]
    open_station_again = stations.reopened(station)
    open_station_again.close()
