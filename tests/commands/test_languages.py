"""Every message exists in both languages, and is translated where it is shown."""

from __future__ import annotations

import ast
import gettext
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from icme_tui.commands import words
from icme_tui.commands.sentences import sentence

catalogue = pytest.importorskip("icme_tui.commands.catalogue", reason="Babel is a tool of development")

PACKAGE = catalogue.PACKAGE


def test_the_catalogue_holds_what_the_sources_say() -> None:
    kept = {message.id for message in catalogue.read() if message.id}
    said = {message.id for message in catalogue.collected() if message.id}
    assert said - kept == set(), "run: make messages"
    assert kept - said == set(), "run: make messages"


def test_nothing_is_left_untranslated() -> None:
    assert [message.id for message in catalogue.missing(catalogue.read())] == []


def test_translations_fill_in_the_same_values() -> None:
    differ = []
    for message in catalogue.read():
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = catalogue.places(originals[-1]) if originals[0] else []
        differ += [(wanted, text) for text in strings if originals[0] and catalogue.places(text) != wanted]
    assert differ == []


def test_the_compiled_catalogue_is_the_one_that_is_kept() -> None:
    with catalogue.CHINESE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in catalogue.read():
        if message.id and isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string, "run: make messages"


def test_translations_keep_to_chinese_punctuation_and_full_words() -> None:
    latin_stop = re.compile(r"[\u4e00-\u9fff][,;?!]")
    found = [message.string for message in catalogue.read() if message.id and isinstance(message.string, str)]
    assert [text for text in found if latin_stop.search(text)] == []


def early(source: str) -> Iterator[int]:
    """Lines of messages that are translated when a module is imported, outside arguments of typer."""

    def walk(node: ast.AST, helps: bool) -> Iterator[int]:
        if isinstance(node, ast.Lambda):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
                if part is not None:
                    yield from walk(part, helps)
            return
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in ("_", "ngettext") and not helps:
                yield node.lineno
            helps = helps or name.startswith("typer.")
        for child in ast.iter_child_nodes(node):
            yield from walk(child, helps)

    yield from walk(ast.parse(source), helps=False)


def test_no_message_is_translated_before_the_language_is_known() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in catalogue.sources()
        for line in early(path.read_text("utf-8"))
    ]
    assert found == [], "use N_ there, and _ where it is shown"


def test_the_search_for_early_translations_finds_one() -> None:
    source = (
        'A = _("a")\nclass B:\n    c = _("c")\n    def d(self): return _("d")\ne = typer.Option(help=_("e"))'
    )
    assert list(early(source)) == [1, 3]


def test_a_sentence_is_said_in_the_language_that_is_chosen_then() -> None:
    english = sentence("STORE_FULL")
    words.use("zh_CN")
    chinese = sentence("STORE_FULL")
    words.use("en")
    assert english == sentence("STORE_FULL")
    assert chinese != english
    assert "磁盘" in chinese


def test_help_speaks_the_language_of_the_locale() -> None:
    environment = {
        "LANG": "zh_CN.UTF-8",
        "PYTHONPATH": str(PACKAGE.parent),
        "PYTHONUTF8": "1",
        "HOME": "/nowhere",
    }
    for line in (["--help"], ["session", "--help"], ["session", "list", "--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "icme_tui.cli", *line],
            env=environment, capture_output=True, text=True, check=True, encoding="utf-8",
        )  # fmt: skip
        assert re.search("[\u4e00-\u9fff]", done.stdout)
        assert not re.search(r"Show this message|Usage|Options|Commands|Arguments|required", done.stdout), (
            line
        )
