"""docs/readers.md says what ``icme doctor`` says."""

from __future__ import annotations

from pathlib import Path

from icme_tui.machine import pcsc
from tests.support.machines import Made

PAGE = (Path(__file__).parents[2] / "docs" / "readers.md").read_text(encoding="utf-8")


def test_the_rule_of_the_page_is_the_one_that_is_printed(tmp_path: Path) -> None:
    assert pcsc.RULE in PAGE


def test_the_lines_against_the_kernel_driver_are_the_same(tmp_path: Path) -> None:
    made = Made(tmp_path).usb("1-1", "072f:2200", "ACR122U", driver="pn533_usb")
    assert all(line in PAGE for line in pcsc.kernel_driver(made.machine()).remedy)
