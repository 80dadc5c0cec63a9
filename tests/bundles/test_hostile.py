"""Whatever comes, even signed by an enrolled but malicious station, gives a reason code and nothing else."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui import facts
from icme_tui.bundles import check as checks
from icme_tui.bundles import container, payload
from icme_tui.bundles.check import Checked
from icme_tui.codes import BundleError
from tests.support.forging import World, swipes

CODES = {
    "accept": {"OK", "STALE"},
    "hold": {"GAP", "TRUST_UNCONFIRMED"},
    "quarantine": {
        "CONTAINER", "SIG_BAD", "SIG_UNKNOWN_KEY", "SIG_NAMESPACE", "KEY_REVOKED", "MANIFEST_BAD",
        "SIG_WRONG_PRINCIPAL", "AUDIENCE", "SCHEMA_NEWER", "CIPHER_HASH", "NOT_DECRYPTABLE", "PLAIN_LEN",
        "PLAIN_HASH", "INNER_MISMATCH", "COUNT", "CHAIN", "FORK", "ROLLBACK",
    },
}  # fmt: skip
WORLD = World()
GOOD = WORLD.bundle(swipes(3)).data
MANIFEST_FIELDS = [
    "fmt", "kind", "from", "to", "epoch", "seq", "prev", "log", "log.first", "log.last", "log.n", "log.head",
    "log.head_before", "ack", "ack.pack", "ack.head", "payload", "payload.name", "payload.len",
    "payload.plain_len", "payload.lines", "payload.sha256", "recipients", "made", "made.schema", "made.wall",
    "made.clock", "snapshot", "expires", "office_time", "unheard-of",
]  # fmt: skip
ABSURD: st.SearchStrategy[Any] = st.one_of(
    st.integers(),
    st.sampled_from([-1, 0, 2**31, 2**53, 2**53 + 1, 2**63, 2**64, 10**30, True, None, 1.5, 1e308, [], {}]),
    st.sampled_from(["", "\0", "ö", "V0008", "../../etc/passwd", "A" * 60_000, "\ud7ff", "0" * 64, "age1"]),
    st.text(max_size=20),
    st.recursive(st.integers(), lambda inner: st.lists(inner, max_size=2), max_leaves=8),
)
LINES = st.lists(
    st.one_of(
        st.binary(max_size=60).filter(lambda line: b"\n" not in line),
        st.sampled_from(
            [
                b"", b"{}", b"null", b"\0", b"\xc3\x28", b'{"k":"note","p":2,"text":"\\ud800"}',
                b"[" * 3000, b'{"k":' * 3000, b"1" * 6000, b'{"p":' + b"9" * 6000 + b"}",
                b'{"k":"unit","p":1,"id":"U","v":1,"set":{"a":[[[[[[[[[]]]]]]]]]}}',
            ]
        ),
        st.integers(1, 5).map(lambda p: swipes(1, p)[0]),
    ),
    max_size=5,
)  # fmt: skip


def _require_reason(checked: Checked) -> None:
    assert checked.code in CODES[checked.result]


@given(st.binary(max_size=3000))
def test_any_bytes(data: bytes) -> None:
    assert WORLD.check(data).code == "CONTAINER"


@given(st.data())
def test_a_good_bundle_with_some_bytes_changed(data: st.DataObject) -> None:
    changed = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    checked = WORLD.check(bytes(changed))
    _require_reason(checked)
    assert (checked.result == "accept") is (bytes(changed) == GOOD)


@given(st.binary(max_size=200), st.binary(max_size=400), st.binary(max_size=200))
def test_any_members(stored: bytes, armored: bytes, cipher: bytes) -> None:
    _require_reason(WORLD.check(container.write(container.BUNDLE, [stored, armored, cipher])))


@given(st.dictionaries(st.sampled_from(MANIFEST_FIELDS), ABSURD, min_size=1, max_size=3), LINES)
def test_any_manifest_signed_by_a_station(changes: dict[str, Any], lines: list[bytes]) -> None:
    data = _forged(lines, changes)
    if data is not None:
        _require_reason(WORLD.check(data))


def _forged(lines: list[bytes], changes: dict[str, Any]) -> bytes | None:
    """None where the changes cannot be laid over one another or are too large for any container."""
    try:
        return WORLD.forge(lines, changes)
    except (TypeError, OverflowError, UnicodeEncodeError, LookupError):
        return None
    except Exception as error:
        if getattr(error, "code", "") == "TOO_LARGE" or "encode" in str(error):
            return None
        raise


@given(st.binary(max_size=300))
def test_any_bytes_signed_as_a_manifest(stored: bytes) -> None:
    assert WORLD.check(WORLD.forge([], stored=stored)).code == "MANIFEST_BAD"


@pytest.mark.parametrize(
    "stored",
    [
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"seq":' + b"9" * 60_000 + b"}",
        b'{"fmt":"cmeb/1\0"}',
        b'{"fmt":"\xff"}',
        b"\xef\xbb\xbf{}",
        b"",
        b"\n",
    ],
)
def test_monsters_signed_as_a_manifest(stored: bytes) -> None:
    assert WORLD.check(WORLD.forge([], stored=stored)).code == "MANIFEST_BAD"


@given(st.binary(max_size=300))
def test_any_ciphertext(cipher: bytes) -> None:
    assert WORLD.check(WORLD.forge([], cipher=cipher)).code == "NOT_DECRYPTABLE"


@given(st.binary(max_size=300))
def test_any_ciphertext_behind_an_age_header(body: bytes) -> None:
    cipher = b"age-encryption.org/v1\n-> X25519 " + body
    assert WORLD.check(WORLD.forge([], cipher=cipher)).code == "NOT_DECRYPTABLE"


@given(st.binary(max_size=300))
def test_any_packed_bytes(packed: bytes) -> None:
    _require_reason(WORLD.check(WORLD.forge([], packed=packed)))


@given(LINES)
def test_any_lines(lines: list[bytes]) -> None:
    checked = WORLD.check(WORLD.forge(lines))
    assert checked.code in ("OK", "COUNT")
    if checked.code == "OK":
        assert checked.content is not None
        assert checked.content.lines == lines
        assert list(checked.content.facts) == [facts.decode(line) for line in lines]


@given(LINES)
def test_any_rows(lines: list[bytes]) -> None:
    checked = WORLD.check(WORLD.pack(lines).data, me="V0007")
    assert checked.code == "OK"
    assert checked.content is not None
    for line, row in zip(lines, checked.content.rows, strict=True):
        assert row is None or isinstance(json.loads(line), dict)


@given(st.integers(0, 2**20), st.integers(0, 1000))
def test_a_swelling_stream_is_never_read_beyond_the_stated_length(real: int, stated: int) -> None:
    packed = gzip.compress(bytes(real), mtime=0)
    if real == stated:
        assert payload.expand(packed, stated) == bytes(real)
        return
    with pytest.raises(Exception, match="PLAIN_LEN"):
        payload.expand(packed, stated)


def test_control_without_the_check_of_positions_a_shifted_line_is_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The properties above can fail: with one rule broken, a line at another place goes through."""
    data = WORLD.forge(swipes(1, 2))
    assert WORLD.check(data).code == "COUNT"
    monkeypatch.setattr(checks, "_require_positions", lambda *_: None)
    assert WORLD.check(data).code == "OK"


def test_control_a_batch_decoder_that_only_counts_shifts_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [b" ".join(swipes(2)), b" "]
    assert [facts.decode(line) for line in lines] == [None, None]
    monkeypatch.setattr(facts, "decode_many", lambda lines: facts._decoder.decode_lines(b"\n".join(lines)))
    checked = WORLD.check(WORLD.forge(lines))
    assert checked.content is not None
    assert None not in checked.content.facts


def test_a_payload_encrypted_with_a_password_is_not_opened() -> None:
    import pyrage

    cipher = pyrage.passphrase.encrypt(b"x", "secret")
    assert WORLD.check(WORLD.forge([], cipher=cipher)).code == "NOT_DECRYPTABLE"


def test_an_armored_age_file_is_not_the_binary_form() -> None:
    import pyrage

    recipient = pyrage.x25519.Recipient.from_str(WORLD.office_age.public)
    cipher = pyrage.encrypt(gzip.compress(b"x"), [recipient], armored=True)
    assert WORLD.check(WORLD.forge([], cipher=cipher)).code == "NOT_DECRYPTABLE"


def test_lines_beyond_the_stated_ones_are_counted_but_never_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a gigabyte of empty objects would be ten gigabytes of Python."""
    plain = payload.build(b"{}", [b"{}"] * 1000)
    with pytest.raises(BundleError, match="COUNT"):
        payload.split(plain, 5)
    assert len(payload.split(plain, 1001)) == 1001
    monkeypatch.setattr(payload, "MAX_LINES", 1000)
    with pytest.raises(BundleError, match="TOO_LARGE"):
        payload.build(b"{}", [b"{}"] * 1000)
