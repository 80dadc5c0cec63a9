"""Two readers on the swipe screen of the real program: what travels over the line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from icme_tui.clock import SystemClock
from icme_tui.devices import shelf
from icme_tui.home import Home, read_config, write_config
from icme_tui.operations.courses import add_session
from icme_tui.operations.settings import set_bell
from tests.support import pilots
from tests.support.doors import venue_at_work
from tests.support.pty import Pty
from tests.support.venues import PASSWORD, PEOPLE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")

WANG, LI, ZHAO = PEOPLE
MINUTE = 60_000
OUTCOME, IDLE_S = 2_000, 2.0


def test_an_outcome_in_its_pane_and_no_bell_where_none_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = venue_at_work(tmp_path, monkeypatch)
    made.issue(WANG)
    other = made.venue.home / "cards2"
    other.mkdir()
    shelf.new_card(other, "blank")
    now = SystemClock().read().wall_ms
    add_session(made.venue, "C0000001", now - 10 * MINUTE, now + 120 * MINUTE, title="心电图", mode="in_out")
    set_bell(made.venue, False)
    made.venue.close()
    made.office.close()
    home = Home(made.venue.home)
    config = read_config(home)._replace(readers=("sim:cards?pace=0", "sim:cards2?pace=0"))
    write_config(home, config)
    set_bell(made.venue, False)
    with Pty(["--profile", "lean"], pilots.environment(home.path, HOME=str(home.path.parent))) as program:
        program.wait_for("Password")
        program.send(PASSWORD, "enter")
        program.wait_for("What needs doing now")
        program.send("1")
        program.wait_for("Which session?")
        program.send("enter")
        program.wait_for("2  sim:cards2")
        program.listen()
        assert program.listen(IDLE_S) == 0
        sent = {}
        for turn in range(2):
            for name, folder, card in (("in", made.folder, WANG), ("unknown", other, "blank")):
                shelf.tap(folder, card)
                sent[name, turn] = program.listen(quiet=1.0)
                shelf.remove(folder)
        assert all(0 < count <= OUTCOME for count in sent.values()), sent
        assert "王试验" in program.screen.text
        assert "UNKNOWN CARD" in program.screen.text
        assert "\a" not in program.raw.decode("utf-8", "replace")
