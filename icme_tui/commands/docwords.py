"""The docstrings of commands are their help, so they are messages too.

Each paragraph of a command's docstring, and each meaning in its section ``JSON:``, is one message, with its
line breaks made blanks.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

_JSON_SECTION = "\nJSON:\n"


def split_help(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The prose of a docstring and its ``JSON:`` section as (key, meaning)."""
    prose, _section, listed = (text + "\n").partition(_JSON_SECTION)
    keys: list[tuple[str, str]] = []
    for line in textwrap.dedent(listed).splitlines():
        if line.startswith(" ") and keys:
            keys[-1] = (keys[-1][0], f"{keys[-1][1]} {line.strip()}")
        elif line.strip():
            key, _colon, meaning = line.partition(":")
            keys.append((key.strip(), meaning.strip()))
    return prose.strip(), keys


def paragraphs(prose: str) -> list[str]:
    """The paragraphs of a text, each on one line."""
    return [" ".join(each.split()) for each in prose.split("\n\n") if each.strip()]


def messages(docstring: str) -> list[str]:
    """What of a command's docstring is translated."""
    prose, keys = split_help(docstring)
    return [*paragraphs(prose), *(meaning for _key, meaning in keys)]


def documented(source: str) -> Iterator[str]:
    """The messages in the docstrings of the commands of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and _is_command(node):
            yield from messages(ast.get_docstring(node) or "")


def _is_command(node: ast.FunctionDef) -> bool:
    """A command's first argument is a ``typer.Context``; ``_root`` is ``icme`` itself."""
    first = node.args.args[:1]
    takes_context = first and first[0].annotation and ast.unparse(first[0].annotation) == "typer.Context"
    return bool(takes_context) and (node.name == "_root" or not node.name.startswith("_"))
