"""The sparing driver shows the same picture as what textual writes, in fewer bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from icme_tui.screens import sparing
from icme_tui.screens.sparing import Picture
from tests.support.pty import Screen

WIDTH, HEIGHT = 12, 4
ENTER = "\x1b[?1049h"

styles = st.sampled_from(
    ["49", "39;49", "1;39;49", "37;44", "7;39;49", "4;39;49", "44", "49;97", "38;5;9;49"]
)
texts = st.text(st.sampled_from("ab  王样─"), min_size=1, max_size=8)
segments = st.tuples(styles, texts)
paints = st.tuples(
    st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.lists(segments, min_size=1, max_size=3)
)
writes = st.lists(st.lists(paints, min_size=1, max_size=4), min_size=1, max_size=6)


def written(paint: tuple[int, int, list[tuple[str, str]]]) -> str:
    """One stretch of a line as textual writes it."""
    y, x, parts = paint
    return f"\x1b[{y + 1};{x + 1}H" + "".join(f"\x1b[{style}m{text}\x1b[0m" for style, text in parts)


def fits(paint: tuple[int, int, list[tuple[str, str]]]) -> bool:
    from rich.cells import cell_len

    return paint[1] + sum(cell_len(text) for _style, text in paint[2]) <= WIDTH


def seen(screen: Screen) -> list[list[tuple[str, str]]]:
    """The cells as an eye tells them apart."""
    return [
        [(char, sparing._styles(style)[1 if char == " " else 0]) for char, style in row]
        for row in screen.cells
    ]


def differing(all_writes: list[list[tuple[int, int, list[tuple[str, str]]]]]) -> bool:
    picture, whole, spared = Picture(), Screen(WIDTH, HEIGHT), Screen(WIDTH, HEIGHT)
    whole.feed(ENTER)
    spared.feed(picture.sent(ENTER))
    for each in all_writes:
        data = "\r\n".join(written(paint) for paint in each if fits(paint))
        whole.feed(data)
        spared.feed(picture.sent(data))
        if seen(whole) != seen(spared):
            return True
    return False


@given(writes)
def test_the_picture_is_the_same(all_writes: list[list[tuple[int, int, list[tuple[str, str]]]]]) -> None:
    assert not differing(all_writes)


def test_the_comparison_finds_a_driver_that_forgets_styles(monkeypatch: object) -> None:
    """The control: without styles in its cells the picture would differ."""
    kept = sparing._styles
    sparing._styles = lambda style: ("", "")  # type: ignore[assignment]
    try:
        picture, screen = Picture(), Screen(WIDTH, HEIGHT)
        screen.feed(picture.sent(ENTER + written((0, 0, [("7;39;49", "ab")]))))
    finally:
        sparing._styles = kept  # type: ignore[assignment]
    whole = Screen(WIDTH, HEIGHT)
    whole.feed(written((0, 0, [("7;39;49", "ab")])))
    assert seen(screen) != seen(whole)


def test_what_is_shown_already_is_not_sent_again() -> None:
    picture = Picture()
    line = written((1, 0, [("39;49", "王试验      ")]))
    first = picture.sent(ENTER + line)
    assert "王试验" in first
    assert picture.sent(line) in ("", "\x1b[2;13H")
    changed = picture.sent(written((1, 0, [("39;49", "王试言      ")])))
    assert "王" not in changed
    assert "言" in changed


def test_after_forgetting_everything_is_sent() -> None:
    picture = Picture()
    line = written((1, 0, [("39;49", "王试验      ")]))
    picture.sent(ENTER + line)
    picture.forget()
    assert "王试验" in picture.sent(line)


def test_other_sequences_pass_and_the_pointer_does_not() -> None:
    picture = Picture()
    assert picture.sent("\x1b[?2004h\x07") == "\x1b[?2004h\x07"
    assert picture.sent("\x1b]22;default\x07") == ""
