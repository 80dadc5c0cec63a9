"""A reader at a door that goes away and comes back, with and without a card on it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from icme_tui.codes import ReaderError
from icme_tui.devices.port import CardSeen
from icme_tui.operations import posts
from icme_tui.operations.posts import Post

CARD = CardSeen(b"\x04\x00\x00\x01", "mifare-classic-1k")
OTHER = CardSeen(b"\x04\x00\x00\x02", "mifare-classic-1k")
GONE = ReaderError("READER_GONE")


def post_over(monkeypatch: pytest.MonkeyPatch, *scripts: list[object]) -> Post:
    """A post whose readers, one after the other, do what these lists say."""

    def reader(script: list[object]) -> Any:
        steps: Iterator[object] = iter(script)

        def step(_limit_s: float) -> object:
            done = next(steps)
            if isinstance(done, Exception):
                raise done
            return done

        return SimpleNamespace(name="r", wait_for_card=step, wait_for_removal=step, close=lambda: None)

    readers = iter([reader(script) for script in scripts])
    monkeypatch.setattr(posts, "reader_of", lambda *_: next(readers))
    monkeypatch.setattr(posts, "Swiping", lambda *_: None)
    return Post(None, 0, "r", "S1", "auto")  # type: ignore[arg-type]


def go_away(post: Post) -> None:
    with pytest.raises(ReaderError) as error:
        post.look(0)
    post.lose(error.value)


def test_a_card_that_was_answered_is_not_taken_again_when_the_reader_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post = post_over(monkeypatch, [CARD, False, GONE], [CARD, True, CARD])
    assert [post.look(0), post.look(0)] == [CARD, None]
    go_away(post)
    assert [post.look(0), post.look(0), post.look(0)] == [None, None, CARD]


@pytest.mark.parametrize("first", [None, OTHER])
def test_once_it_has_left_it_is_a_new_touch(monkeypatch: pytest.MonkeyPatch, first: CardSeen | None) -> None:
    rest: list[object] = [True, CARD] if first else [CARD]
    post = post_over(monkeypatch, [CARD, GONE], [first, *rest])
    assert post.look(0) == CARD
    go_away(post)
    assert post.look(0) == first
    assert [post.look(0) for _ in rest][-1] == CARD


def test_a_card_that_was_not_answered_comes_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    post = post_over(monkeypatch, [CARD], [CARD])
    assert post.look(0) == CARD
    post.lose(GONE)
    assert post.look(0) == CARD
