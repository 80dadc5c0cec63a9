"""What fields each kind of put may set, and of which type: nothing else reaches a record.

The meaning of the fields stands with the structs in ``facts``.
"""

from __future__ import annotations

from typing import Any

_TEXT, _NUMBER = (str,), (int,)

PUT_FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    "unit": dict.fromkeys(("name", "type", "parent", "state"), _TEXT),
    "person": {
        **dict.fromkeys(("name", "idno", "idno4", "born", "unit", "employed_on", "specialty"), _TEXT),
        **dict.fromkeys(("phone", "card", "state"), _TEXT),
        **dict.fromkeys(("sex", "title", "employed_title", "education", "degree"), _NUMBER),
    },
    "card": {**dict.fromkeys(("uid", "person", "state", "why"), _TEXT), "issue": _NUMBER},
    "project": dict.fromkeys(("number", "title", "level", "unit", "starts", "ends", "state"), _TEXT),
    "course": {
        **dict.fromkeys(("project", "title", "role", "state"), _TEXT),
        **dict.fromkeys(("minutes", "credit_hundredths", "class"), _NUMBER),
    },
    "session": {
        **dict.fromkeys(("course", "title", "start", "end", "in_from", "in_until", "out_from"), _TEXT),
        **dict.fromkeys(("out_until", "mode", "state"), _TEXT),
        **dict.fromkeys(("minutes", "min_percent"), _NUMBER),
        "lecturers": (list,),
    },
    "guest": dict.fromkeys(("name", "unit_name", "phone", "idno", "card", "person", "state"), _TEXT),
    "station": {
        **dict.fromkeys(("name", "unit", "place", "sign_key", "age", "card_key", "request", "state"), _TEXT),
        **dict.fromkeys(("number", "key_version", "card_from", "card_to"), _NUMBER),
        "replaced_keys": (list,),
        "rotated_keys": (list,),
        "replaced_card_keys": (list,),
        "good_marks": (list,),
        "lost_versions": (list,),
    },
    "operator": dict.fromkeys(("name", "role", "state", "password_at", "reason"), _TEXT),
}
"""Per kind of put: field → the types that its value may have. None takes a field away."""

LIST_ITEMS: dict[str, dict[str, tuple[type, ...]] | tuple[type, ...]] = {
    "lecturers": {"person": _TEXT, "minutes": _NUMBER},
    "replaced_keys": _TEXT,
    "rotated_keys": _TEXT,
    "replaced_card_keys": _TEXT,
    "lost_versions": {"epoch": _TEXT, **dict.fromkeys(("version", "pos"), _NUMBER)},
    "good_marks": {**dict.fromkeys(("key", "epoch", "head"), _TEXT), "pos": _NUMBER},
}
"""Field that is a list → the types of its items, or of the fields of each."""


def is_field(kind: str, name: str, value: Any) -> bool:
    """Whether a put of this kind may set this field to this value."""
    types = PUT_FIELDS[kind].get(name)
    if types is None or value is None:
        return types is not None
    if type(value) not in types:
        return False
    if type(value) is list:
        return all(_is_item(LIST_ITEMS[name], item) for item in value)
    return type(value) is not int or abs(value) <= 2**53


def _is_item(shape: dict[str, tuple[type, ...]] | tuple[type, ...], item: Any) -> bool:
    if isinstance(shape, tuple):
        return type(item) in shape
    if type(item) is not dict or not item.keys() <= shape.keys():
        return False
    return all(
        type(value) in shape[name] and abs(value if type(value) is int else 0) <= 2**53
        for name, value in item.items()
    )
