"""A rebuild finds every row that differs, and keeps no copy of the tables for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from icme_tui.store import merging
from icme_tui.store.books import Books
from icme_tui.store.store import PROJECTIONS, Store
from tests.support.merging import new_store

LINES = [
    b'{"p":1,"k":"swipe","person":"P1","course":"C","session":"S","dir":"in","at":"2026-09-25T08:00:00.000Z"}',
    b'{"p":2,"k":"swipe","person":"P2","course":"C","session":"S","dir":"in","at":"2026-09-25T08:01:00.000Z"}',
    b'{"p":3,"k":"person","id":"P1","v":1,"set":{"name":"\xe5\xbc\xa0"}}',
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = new_store(tmp_path)
    made.merge("OFFICE", "e" * 32, 1, LINES)
    return made


def test_what_agrees_gives_zero_for_every_table(store: Store) -> None:
    assert store.rebuild(check=True) == dict.fromkeys(PROJECTIONS, 0)


def test_a_row_that_is_gone_one_that_came_and_one_that_changed(store: Store) -> None:
    store.books.run("DELETE FROM tap WHERE p = 1")
    store.books.run("INSERT INTO flag VALUES ('MADE_UP', 1, 9)")
    store.books.run("UPDATE put SET body = '{}'")
    found = store.rebuild(check=True)
    assert (found["tap"], found["flag"], found["put"], found["merged"]) == (1, 1, 2, 0)
    assert store.rebuild(check=True) == found, "a check changes nothing"
    store.rebuild(check=False)
    assert set(store.rebuild(check=True).values()) == {0}


def test_no_table_is_copied(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three million touches as a temporary table would be a gigabyte of memory."""
    refold = merging.refold_everything
    copies: list[int] = []

    def looked_at(books: Books) -> None:
        copies.append(books.run("SELECT count(*) FROM sqlite_temp_master").fetchone()[0])
        refold(books)

    monkeypatch.setattr(merging, "refold_everything", looked_at)
    store.rebuild(check=True)
    assert copies == [0]
