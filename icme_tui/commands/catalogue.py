"""Keeps the Chinese catalogue: ``python -m icme_tui.commands.catalogue`` (make messages).

Collects every message of floor 6, keeps the translations there are, writes the catalogue in a fixed order and
form, so that two people's changes merge, compiles it, and names what is still to be translated. Babel is a
tool of development: the program itself reads the compiled catalogue with the standard library.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from icme_tui.commands.docwords import documented
from icme_tui.commands.words import DOMAIN, LOCALE

PACKAGE = Path(__file__).parent.parent
CHINESE = LOCALE / "zh_CN" / "LC_MESSAGES" / f"{DOMAIN}.po"

_CALLS = {"_": 1, "N_": 1, "ngettext": 2}
"""What marks messages, and how many of the first arguments are one."""

_HEADER = "# Simplified Chinese of icme. `make messages` keeps the order and adds what is new.\n"
_PLACE = re.compile(r"\{(\w*)[^}]*\}")


def sources() -> list[Path]:
    """The modules that speak to people."""
    folders = [*(PACKAGE / "commands").rglob("*.py"), *(PACKAGE / "screens").rglob("*.py")]
    return sorted([PACKAGE / "app.py", *folders])


def said(source: str) -> Iterator[str | tuple[str, ...]]:
    """The messages in the calls of a module, those inside f-strings too; one with a plural is a pair."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            first = node.args[: _CALLS[node.func.id]]
            texts = tuple(
                each.value for each in first if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )
            if texts and len(texts) == len(first) and all(texts):
                yield texts if len(texts) > 1 else texts[0]


def collected() -> Catalog:
    """Every message that stands in the sources, with the modules in which it does."""
    catalogue = Catalog(domain=DOMAIN)
    for path in sources():
        place = [(path.relative_to(PACKAGE.parent).as_posix(), 0)]
        source = path.read_text("utf-8")
        for message in (*said(source), *(documented(source) if path.parent.name == "commands" else ())):
            catalogue.add(message, locations=place)
    return catalogue


def read(path: Path = CHINESE) -> Catalog:
    """A catalogue that is kept."""
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN", domain=DOMAIN)


def renewed(old: Catalog) -> Catalog:
    """What the sources say, with the translations that ``old`` has."""
    new = Catalog(locale="zh_CN", domain=DOMAIN, header_comment=_HEADER, fuzzy=False)
    for message in collected():
        if message.id:
            known = old.get(message.id if isinstance(message.id, str) else message.id[0])
            string = known.string if known is not None and not known.fuzzy else ""
            new.add(message.id, string, locations=message.locations, flags=message.flags)
    return new


def missing(catalogue: Catalog) -> Iterator[Message]:
    """The messages without a translation."""
    for message in catalogue:
        strings = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            yield message


def places(text: str) -> list[str]:
    """The names in braces that a message fills in, sorted."""
    return sorted(set(_PLACE.findall(text)))


def write(catalogue: Catalog, path: Path = CHINESE) -> None:
    """Write the catalogue without dates, and compile it."""
    lines: list[bytes] = [_HEADER.encode(), b'msgid ""\nmsgstr ""\n']
    lines += [b'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n']
    with path.open("wb") as file:
        file.write(b"".join(lines))
        write_po(file, catalogue, width=0, sort_output=True, omit_header=True, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, read(path))


def main() -> int:
    """Bring the catalogue up to date; 1 where something is still to be translated."""
    catalogue = renewed(read())
    write(catalogue)
    empty = list(missing(catalogue))
    print(f"{len(catalogue) - len(empty)} of {len(catalogue)} messages are translated.")
    for message in empty:
        print(f"  {message.locations[0][0]}: {message.id!r}")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())
