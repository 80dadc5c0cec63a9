"""Initials of names."""

from __future__ import annotations

import pytest

from icme_tui.rules.people.initials import initials


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("张示例", "zsl"),
        ("曾样本", "zyb"),
        ("单小解", "sxj"),
        ("欧阳试验", "oysy"),
        ("阿依·古丽", "aygl"),
        ("Anna Muster", "am"),
        ("O'Neil", "on"),
        ("𠮷野样", "yy"),
        ("王3", "w3"),
        ("", ""),
        ("[/x]", "x"),
    ],
)
def test_initials(name: str, found: str) -> None:
    assert initials(name) == found
