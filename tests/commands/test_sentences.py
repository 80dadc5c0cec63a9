"""Every reason code has a sentence."""

from __future__ import annotations

import ast
import errno
import os
import re
import string
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import icme_tui
from icme_tui.commands import sentences, words
from icme_tui.commands.rulewords import SOURCES
from icme_tui.commands.sentences import SENTENCES, sentence
from icme_tui.commands.systemwords import reason_words
from icme_tui.rules.policy import load_policy, shipped_policies

PACKAGE = Path(icme_tui.__file__).parent
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
NO_REASON = {
    "CLOCK_BOOTTIME", "CONDA_PREFIX", "FLATPAK_ID", "ID_MM_DEVICE_IGNORE", "LC_ALL", "LC_CTYPE",
    "NO_COLOR", "O_BINARY", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "PCSCLITE_CSOCK_NAME",
    "SSH_CONNECTION", "XDG_SESSION_ID",
}  # fmt: skip
"""Words with the look of a code that are names of the operating system and its environment."""

NO_CODE = ("ICME_", "DEMO_")
"""Beginnings of variables of the environment, and of steps of the demonstration."""


def codes_in(source: str, *, in_full: bool = True) -> Iterator[str]:
    """Reasons: the first argument of something named …Error; ``in_full``, any word with a ``_`` too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            code = node.args[0].value
            if name.endswith("Error") and isinstance(code, str) and CODE.fullmatch(code):
                yield code
        if in_full and isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = node.value
            if (
                "_" in word
                and CODE.fullmatch(word)
                and not word.startswith(NO_CODE)
                and word not in NO_REASON
            ):
                yield word


def speaks_codes(path: Path) -> bool:
    """Whether a module lies below the floor of human language."""
    return path.relative_to(PACKAGE).parts[0] not in (
        "cli.py",
        "app.py",
        "terminal.py",
        "commands",
        "screens",
    )


def codes_of_the_package() -> dict[str, str]:
    return {
        code: path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        for code in codes_in(path.read_text(encoding="utf-8"), in_full=speaks_codes(path))
    }


def test_the_search_sees_a_code() -> None:
    source = 'raise codes.CardError("TORN", n=1)\nraise ValueError("no code here")\nLATE = "TOO_LATE"'
    assert sorted(codes_in(source)) == ["TOO_LATE", "TORN"]


def test_every_reason_has_a_sentence() -> None:
    missing = {code: where for code, where in codes_of_the_package().items() if code not in SENTENCES}
    assert missing == {}


def test_no_code_has_two_sentences() -> None:
    counted = Counter(code for part in sentences.PARTS for code in part)
    assert [code for code, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_can_be_said_without_any_value(code: str) -> None:
    said = sentence(code, {})
    assert said
    assert "{" not in said
    for _text, field, _spec, _conversion in string.Formatter().parse(SENTENCES[code]):
        assert field is None or field.isidentifier()


def test_values_are_filled_in() -> None:
    assert "somewhere/else" in sentence("NO_HOME", {"home": "somewhere/else"})
    assert sentence("NO_SUCH_CODE", {"a": 1, "b": ["x", "y"]}) == "NO_SUCH_CODE (a: 1, b: x, y)"


def test_a_value_with_braces_stays_as_it_is() -> None:
    assert "{code}" in sentence("NO_HOME", {"home": "{code}"})


def test_moments_are_told_on_the_clock_of_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        said = sentence("TIMES_ORDER", {"start": "2026-11-25T14:00:00Z", "end": "2026-11-24T18:00:00Z"})
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "2026-11-25 22:00" in said
    assert "2026-11-25 02:00" in said


def test_long_numbers_are_told_in_groups() -> None:
    said = sentence("SHEET_TOO_LARGE", {"file": "a.xlsx", "limit": 12_000_000, "unit": "cells"})
    assert "12,000,000 cells" in said


def test_what_the_system_says_is_told_in_the_language_that_is_chosen() -> None:
    words.use("zh_CN")
    try:
        told = sentence("STICK_READ_ONLY", {"file": "f", "reason": os.strerror(errno.EROFS)})
        assert "Read-only" not in told
        assert reason_words("no such text") == "no such text"
    finally:
        words.use("en")


def test_the_sources_of_the_rules_that_come_along_are_known_as_messages() -> None:
    for policy in shipped_policies():
        assert set(load_policy(policy).sources.values()) <= set(SOURCES)
