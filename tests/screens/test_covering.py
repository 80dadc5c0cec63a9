"""What lies in front is whole, whatever edges lie behind it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual._compositor import Compositor

from icme_tui.screens.covering import CoveringCompositor
from tests.support import pilots


def help_over_a_form(home: Path) -> str:
    """F1 over the form of the set-up, in Chinese, as text."""

    async def look() -> str:
        async with pilots.program(home, language="zh_CN") as pilot:
            await pilot.press("v")
            await pilots.settle(pilot)
            await pilot.press("f1")
            await pilots.settle(pilot)
            return pilots.shown(pilot)

    return asyncio.run(look())


def test_a_panel_over_a_form_keeps_its_wide_characters(tmp_path: Path) -> None:
    assert " 帮助\n" in help_over_a_form(tmp_path / "home")


def test_the_look_at_a_panel_sees_a_character_that_was_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CoveringCompositor, "cuts", Compositor.cuts)
    assert " 帮助\n" not in help_over_a_form(tmp_path / "home")
