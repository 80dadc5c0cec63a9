"""A manifest has one form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from icme_tui.bundles import container, manifest
from icme_tui.codes import BundleError

VECTORS = Path(__file__).parents[2] / "exports/vectors"


def _stored(name: str) -> bytes:
    return container.read((VECTORS / f"{name}.cmeb").read_bytes(), container.BUNDLE)[0]


FACTS, PACK = _stored("ok-01"), _stored("ok-pack-17")


def _changed(stored: bytes, name: str, value: Any) -> bytes:
    tree = msgspec.json.decode(stored)
    *path, last = name.split(".")
    part = tree
    for step in path:
        part = part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return msgspec.json.encode(tree, order="sorted") + b"\n"


@pytest.mark.parametrize("stored", [FACTS, PACK])
def test_what_is_decoded_is_encoded_the_same(stored: bytes) -> None:
    assert manifest.encode(manifest.decode(stored)) == stored


def test_the_name_of_the_file() -> None:
    assert manifest.decode(FACTS).file_name == "V0007-0f0f0f0f-000001.cmeb"


def test_fields_not_known_here_are_allowed() -> None:
    manifest.decode(_changed(FACTS, "successor", {"keys": ["a", 1]}))


@pytest.mark.parametrize(
    "stored",
    [
        FACTS.rstrip(b"\n"),
        FACTS + b"\n",
        b" " + FACTS,
        FACTS.replace(b'"seq":1', b'"seq": 1'),
        FACTS.replace(b'"seq":1', b'"seq":1,"seq":1'),
        FACTS.replace(b'"seq":1', b'"seq":1.0'),
        FACTS.replace(b'"seq":1', b'"seq":01'),
        FACTS.replace(b'"seq":1', b'"seq":-0'),
        FACTS.replace(b'"seq":1', b'"seq":true'),
        FACTS.replace(b'"seq":1', b'"seq":1e0'),
        FACTS.replace(b'"to":"OFFICE"', b'"to":"OFFIC\\u0045"'),
        FACTS.replace(b"{", b"[", 1),
        msgspec.json.encode(dict(reversed(msgspec.json.decode(FACTS).items()))) + b"\n",
    ],
)
def test_any_other_form_is_refused(stored: bytes) -> None:
    assert stored != FACTS
    with pytest.raises(BundleError, match="MANIFEST_BAD"):
        manifest.decode(stored)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fmt", "cmeb/2"),
        ("kind", "enrol"),
        ("from", ""),
        ("from", "../V0007"),
        ("to", "V 1"),
        ("to", "V1\n"),
        ("epoch", "0F" * 16),
        ("epoch", "0f" * 15),
        ("seq", -1),
        ("seq", 2**53 + 1),
        ("seq", "1"),
        ("prev", "0" * 63),
        ("prev", "0" * 64 + "\n"),
        ("log.first", 0),
        ("log.n", -1),
        ("log.head", "G" * 64),
        ("ack", None),
        ("ack.pos", 1.5),
        ("payload.name", "../payload.age"),
        ("payload.enc", "none"),
        ("payload.comp", "xz"),
        ("payload.len", 64 * 1024 * 1024 + 1),
        ("payload.plain_len", 512 * 1024 * 1024 + 1),
        ("payload.lines", 2_000_001),
        ("payload.sha256", None),
        ("recipients", []),
        ("recipients", ["AGE1X"]),
        ("recipients", ["age1x"] * 65),
        ("made.wall", "yesterday"),
        ("made.wall", "2026-13-01T00:00:00Z"),
        ("made.schema", None),
        ("made.sw", "x" * 101),
        ("more", 1.5),
        ("more", True),
        ("more", [[[[[1]]]]]),
    ],
)
def test_other_values_are_refused(name: str, value: Any) -> None:
    with pytest.raises(BundleError, match="MANIFEST_BAD"):
        manifest.decode(_changed(FACTS, name, value))


@pytest.mark.parametrize("name", ["snapshot", "expires", "office_time"])
def test_a_pack_says_all_that_a_pack_must(name: str) -> None:
    with pytest.raises(BundleError, match="MANIFEST_BAD"):
        manifest.decode(_changed(PACK, name, None))


@pytest.mark.parametrize("name", ["expires", "office_time"])
def test_the_times_of_a_pack_are_real(name: str) -> None:
    with pytest.raises(BundleError, match="MANIFEST_BAD"):
        manifest.decode(_changed(PACK, name, "2026-02-30T00:00:00Z"))


def test_an_unusable_manifest_cannot_be_made() -> None:
    good = manifest.decode(FACTS)
    with pytest.raises(BundleError, match="MANIFEST_BAD"):
        manifest.encode(msgspec.structs.replace(good, to="nobody at all"))
