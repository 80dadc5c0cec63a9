"""The enrolment request: what holds is read, and nothing else is."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Callable
from typing import Any

import pytest

from icme_tui.bundles import age, container, request, sshsig
from icme_tui.bundles.keys import PublicKey, SigningKey
from icme_tui.bundles.request import Request
from icme_tui.bundles.trust import namespace
from icme_tui.codes import BundleError

DOMAIN = "cme.example"
KEY, CARD = SigningKey.generate(), SigningKey.generate()
GOOD = Request(
    code="V0007",
    name="示范医院",
    domain=DOMAIN,
    sign_key=KEY.public.line,
    age=age.Identity.generate().public,
    card_key=CARD.public.line,
    made="2026-09-25T08:00:00Z",
)
P = 2**255 - 19
SMALL = [0, 1, P - 1, P, P + 1, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7]
"""Encodings of points of small order, and of such that are not reduced (RFC 8032)."""


def line_of(raw: bytes, length: int | None = None) -> str:
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (b"ssh-ed25519", raw))
    return "ssh-ed25519 " + base64.b64encode(blob[:length]).decode()


def signed(stored: bytes, kind: str = "enrol", domain: str = DOMAIN, key: SigningKey = KEY) -> bytes:
    return request.build(stored, sshsig.sign(key, namespace(kind, domain), stored))


def changed(**fields: Any) -> bytes:
    told = {**json.loads(request.encode(GOOD)), **fields}
    kept = {name: value for name, value in told.items() if value is not ...}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def code_of(data: bytes) -> str:
    with pytest.raises(BundleError) as refused:
        request.check(data, DOMAIN)
    return refused.value.code


def test_a_good_request_is_read_with_the_hash_that_the_pack_quotes() -> None:
    stored = request.encode(GOOD)
    assert changed() == stored
    received = request.check(signed(stored), DOMAIN)
    assert (received.request, received.key) == (GOOD, KEY.public)
    assert received.sha256 == hashlib.sha256(stored).hexdigest()


@pytest.mark.parametrize("y", SMALL)
@pytest.mark.parametrize("sign", [0, 1])
def test_keys_of_small_order_are_refused_wherever_they_stand(y: int, sign: int) -> None:
    line = line_of((y | sign << 255).to_bytes(32, "little"))
    assert code_of(signed(changed(card_key=line))) == "KEY_BAD"
    assert code_of(signed(changed(sign_key=line))) == "KEY_BAD"


@pytest.mark.parametrize(
    "line",
    [
        "", "ssh-ed25519", "ssh-ed25519 ====", "ssh-rsa AAAA", line_of(bytes(31)), line_of(b"\x02" * 33),
        line_of(KEY.public.raw, 50), KEY.public.line.replace("ssh-ed25519 ", "ssh-ed25519\0"),
        "ssh-ed25519 " + KEY.public.line[12:-4],
    ],
    ids=[
        "empty", "no key", "no base64", "another type", "31 bytes", "33 bytes", "a byte more inside",
        "a zero byte", "cut",
    ],
)  # fmt: skip
def test_malformed_keys_are_refused(line: str) -> None:
    assert code_of(signed(changed(card_key=line))) == "KEY_BAD"


def test_the_key_that_signs_is_the_one_that_is_named() -> None:
    assert code_of(signed(request.encode(GOOD), key=CARD)) == "REQUEST_BAD"
    assert code_of(signed(changed(sign_key=CARD.public.line))) == "REQUEST_BAD"


@pytest.mark.parametrize(
    "fields",
    [
        {"age": "age1nobody"}, {"age": ""}, {"code": "../etc"}, {"code": ""}, {"name": ""},
        {"name": "x" * 101}, {"made": "yesterday"}, {"fmt": "cmeb-enrol/2"}, {"domain": "other.example"},
        {"more": 1}, {"code": ...}, {"sign_key": 5}, {"name": None},
    ],
)  # fmt: skip
def test_what_is_not_as_it_must_be_is_refused(fields: dict[str, Any]) -> None:
    assert code_of(signed(changed(**fields))) == "REQUEST_BAD"


@pytest.mark.parametrize(
    "stored",
    [b"", b"\n", b"{}", b"null\n", b"[" * 20_000, b'{"a":' * 5000, b"\xff\xfe{}", b'{"code":"V\\u0000"}'],
)
def test_monsters_are_refused(stored: bytes) -> None:
    assert code_of(signed(stored)) == "REQUEST_BAD"


def test_another_form_of_the_same_json_is_refused() -> None:
    assert code_of(signed(json.dumps(json.loads(request.encode(GOOD))).encode() + b"\n")) == "REQUEST_BAD"


@pytest.mark.parametrize(
    ("kind", "domain", "code"),
    [
        ("enrol", "other.example", "OTHER_DEPLOYMENT"),
        ("facts", DOMAIN, "SIG_NAMESPACE"),
        ("pack", DOMAIN, "SIG_NAMESPACE"),
        ("enrol", "", "SIG_NAMESPACE"),
    ],
)
def test_a_signature_for_another_use_is_refused(kind: str, domain: str, code: str) -> None:
    assert code_of(signed(request.encode(GOOD), kind, domain)) == code


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data.replace(b"V0007", b"V0008"),
        lambda data: data.replace("示范".encode(), "示例".encode()),
        lambda data: b"",
    ],
)
def test_a_request_that_was_touched_on_its_way_is_refused(damage: Callable[[bytes], bytes]) -> None:
    assert code_of(damage(signed(request.encode(GOOD)))) in ("CONTAINER", "SIG_BAD")


def test_a_bundle_is_no_request() -> None:
    data = container.write(container.BUNDLE, [b"{}", b"x", b"y"])
    assert code_of(data) == "CONTAINER"


def test_control_a_key_that_is_not_looked_at_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("icme_tui.bundles.keys.is_sound", lambda raw: True)
    line = line_of((1).to_bytes(32, "little"))
    assert request.check(signed(changed(card_key=line)), DOMAIN).request.card_key == line
    assert PublicKey.from_line(line).raw == (1).to_bytes(32, "little")
