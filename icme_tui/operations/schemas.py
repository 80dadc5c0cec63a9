"""JSON schemas (2020-12) of what leaves this program: the manifest and each kind of fact.

They are made from the structs that read and write the lines, so that what is published cannot differ from
what is done. They allow unknown fields, as every reader must.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import msgspec

from icme_tui import facts
from icme_tui.bundles.manifest import Manifest
from icme_tui.putfields import LIST_ITEMS, PUT_FIELDS

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_LIMIT = 2**53


def schemas() -> dict[str, dict[str, Any]]:
    """{name of the file without its ending: schema}: ``manifest`` and ``fact-KIND`` for every kind."""
    found = {"manifest": _manifest()}
    for fact in get_args(facts.AnyFact):
        found[f"fact-{facts.kind_name(fact)}"] = _fact(fact)
    return found


def _manifest() -> dict[str, Any]:
    schema = _schema(Manifest, "manifest")
    # Left out where it does not apply; null is never written.
    for name in ("snapshot", "expires", "office_time", "next"):
        schema["properties"][name] = _without_null(schema["properties"][name])
    schema["required"] = sorted([*schema["required"], "fmt"])
    schema["if"] = {"properties": {"kind": {"const": "pack"}}}
    schema["then"] = {"required": ["expires", "office_time", "snapshot"]}
    return schema


def _fact(fact: type[facts.Fact]) -> dict[str, Any]:
    kind = facts.kind_name(fact)
    schema = _schema(fact, kind)
    schema["properties"]["p"] = {"type": "integer", "minimum": 1, "maximum": _LIMIT}
    schema["required"] = sorted({*schema["required"], "p", "k"})
    if kind in facts.PUT_KINDS:
        schema["properties"]["set"] = _fields_of(kind)
    return schema


def _fields_of(kind: str) -> dict[str, Any]:
    """What a put of a kind may set. A value of another type is left out by the reader, not refused."""
    fields = {
        name: {"anyOf": [_value(name, of_type) for of_type in types] + [{"type": "null"}]}
        for name, types in sorted(PUT_FIELDS[kind].items())
    }
    return {"type": "object", "properties": fields}


def _value(name: str, of_type: type) -> dict[str, Any]:
    if of_type is str:
        return {"type": "string"}
    if of_type is int:
        return {"type": "integer", "minimum": -_LIMIT, "maximum": _LIMIT}
    shape = LIST_ITEMS[name]
    if isinstance(shape, tuple):
        return {"type": "array", "items": _value(name, shape[0])}
    items = {
        "type": "object",
        "properties": {field: _value(field, types[0]) for field, types in sorted(shape.items())},
        "additionalProperties": False,
    }
    return {"type": "array", "items": items}


def _schema(struct: type[msgspec.Struct], title: str) -> dict[str, Any]:
    made = msgspec.json.schema(struct)
    parts = {name: _portable(part) for name, part in made["$defs"].items()}
    schema: dict[str, Any] = {"$schema": _DRAFT, **parts.pop(struct.__name__)}
    schema["title"] = title
    if parts:
        schema["$defs"] = parts
    return schema


def _portable(part: Any) -> Any:
    """Patterns as ECMA 262 has them (``\\Z`` is Python's), descriptions as running text."""
    if isinstance(part, dict):
        return {name: _PORTABLE.get(name, _portable)(value) for name, value in part.items()}
    return [_portable(each) for each in part] if isinstance(part, list) else part


def _pattern(text: str) -> str:
    return text.replace("\\Z", "$")


def _running(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


_PORTABLE: dict[str, Callable[[Any], Any]] = {"pattern": _pattern, "description": _running}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    some = [each for each in schema["anyOf"] if each != {"type": "null"}]
    return dict(some[0])
