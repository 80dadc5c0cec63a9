"""A venue whose disk was copied to a second computer: two histories that neither notices."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from icme_tui import facts
from icme_tui.clock import FixedClock
from icme_tui.operations import courses, crediting, exporting, importing
from icme_tui.station import open_station
from tests.support.pairs import MINUTE, Pair
from tests.support.stations import PASSWORD

HOUR = 60 * MINUTE


class Copied:
    """A venue whose disk was copied to a second computer. The same folder, and the state folder with it:
    neither of the two can notice the other."""

    def __init__(self, folder: Path) -> None:
        self.pair = Pair(folder)
        office = self.pair.office
        self.people = [self._person(name) for name in ("张示例", "李示例")]
        self.course = courses.add_project(office, "某项目", "in_house").course
        start = self.pair.clock.wall_ms + HOUR
        self.session = courses.add_session(
            office, self.course, start_ms=start, end_ms=start + 3 * HOUR, mode="in_out"
        )
        self.pair.join()
        self.pair.office_takes(self.pair.export())
        self.epoch = self.pair.venue.epoch
        self.common = self.pair.venue.top("V0007", self.epoch)[0]
        self._take_picture(folder / "picture")

    def _person(self, name: str) -> str:
        office = self.pair.office
        code = office.new_code("person")
        office.record(office.put("person", code, name=name))
        return code

    def _take_picture(self, picture: Path) -> None:
        venue = self.pair.venue
        venue.close()
        self._state = Path(os.environ["XDG_STATE_HOME"])
        self._picture = picture
        shutil.copytree(venue.home, picture / "home")
        shutil.copytree(self._state, picture / "state")
        self.pair.venue = open_station(venue.home, None, PASSWORD, self.pair.clock)
        assert self.pair.venue.epoch == self.epoch

    def change_computers(self) -> None:
        """From now on the work goes on at the copy."""
        venue = self.pair.venue
        venue.close()
        shutil.rmtree(venue.home)
        shutil.rmtree(self._state)
        shutil.copytree(self._picture / "home", venue.home)
        shutil.copytree(self._picture / "state", self._state)
        clock = FixedClock("2026-09-25T08:30:00Z", boot="c" * 32)
        self.pair.venue = open_station(venue.home, None, PASSWORD, clock)
        self.pair.clock = clock
        assert self.pair.venue.epoch == self.epoch, "the copy was noticed"

    def touch(self, person: str, way: facts.Direction, minutes: int) -> None:
        self.pair.clock.advance(minutes * MINUTE)
        self.pair.venue.record(
            facts.Swipe(person=person, course=self.course, session=self.session, dir=way, card="04AA")
        )

    def carry(self) -> importing.Imported:
        folder = self.pair.stick / f"{len(list(self.pair.stick.iterdir()))}"
        folder.mkdir()
        file = exporting.export(self.pair.venue, folder)[-1].file
        return self.pair.office_takes(file)

    def credited(self) -> dict[str, int]:
        rows = crediting.credits(self.pair.office).rows
        return {row.person: row.after_year_c for row in rows if row.after_year_c}

    def fork(self) -> None:
        """One copy saw one of two people for the whole session, the other the other; and a little more."""
        one, other = self.people
        self.touch(one, "in", 50)
        self.touch(one, "out", 200)
        assert self.carry().code == "OK"
        self.change_computers()
        self.touch(other, "in", 20)
        self.touch(other, "out", 200)
        self.touch(one, "in", 1)
        assert self.carry().code == "FORK"
