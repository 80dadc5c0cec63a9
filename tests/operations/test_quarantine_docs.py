"""Every reason for which a file is refused has its remedy, its words and its section for clerks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from icme_tui.bundles.check import HELD_BACK
from icme_tui.commands.quarantinewords import REMEDIES
from icme_tui.commands.quarantinewords import WAYS as WORDS
from icme_tui.commands.sentences import SENTENCES
from icme_tui.operations.quarantine import WAYS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "quarantine.md").read_text("utf-8")
READING = (
    "bundles/check.py", "bundles/container.py", "bundles/sshsig.py", "bundles/age.py", "bundles/payload.py",
    "bundles/manifest.py", "operations/packtaking.py", "operations/importing.py",
)  # fmt: skip
"""The modules that judge a file."""

NO_FILE_REACHES = {
    "TOO_LARGE",  # of a bundle that is being made
    "RECIPIENT_BAD",
    "IDENTITY_BAD",
    "ENROLMENT_REQUEST",  # refused at once, and not kept
    "NOT_A_BUNDLE",
}


def raised() -> set[str]:
    """The codes that reading a file can end with."""
    found: set[str] = {"REJECTED", "BUNDLE_FAULT"}
    for name in READING:
        for node in ast.walk(ast.parse((ROOT / "icme_tui" / name).read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("BundleError") and node.args:
                found |= {
                    each.value
                    for each in ast.walk(node.args[0])
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    return found - NO_FILE_REACHES


def test_every_reason_is_known_to_the_desk() -> None:
    assert raised() == set(WAYS) | HELD_BACK


def test_every_reason_has_a_section_in_the_handbook() -> None:
    assert sorted(re.findall(r"^## ([A-Z_]+)$", PAGE, re.M)) == sorted({*WAYS, *HELD_BACK})


def test_every_section_says_what_it_means_what_to_do_and_whom_to_call() -> None:
    for section in re.split(r"^## ", PAGE, flags=re.M)[1:]:
        body = section.partition("\n# ")[0]
        for part in ("**What it means.**", "**What to do.**", "**Whom to call.**"):
            assert body.count(part) == 1, section.splitlines()[0]


def test_every_reason_has_its_short_form() -> None:
    assert set(REMEDIES) == set(WAYS)
    assert set(WAYS) | HELD_BACK <= set(SENTENCES)
    assert set(WORDS) == set(WAYS.values())


def test_the_table_of_ways_is_that_of_the_program() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| succeed once"))
    assert set(re.findall(r"`([A-Z_]+)`", row)) == {code for code, way in WAYS.items() if way == "again"}
