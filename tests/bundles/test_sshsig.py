"""Signatures and keys in the forms of OpenSSH, each in exactly one form."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.bundles import keys, sshsig
from icme_tui.bundles.keys import PublicKey, SigningKey
from icme_tui.codes import BundleError

VECTORS = Path(__file__).parents[2] / "exports/vectors/keys"
KEY = SigningKey.from_openssh((VECTORS / "venue_V0007_sign").read_bytes())
NAMESPACE = "cmeb-facts-v1@cme.example"
MESSAGE = b"message\n"
GOOD = sshsig.sign(KEY, NAMESPACE, MESSAGE)


def _blob(armored: bytes = GOOD) -> bytes:
    return base64.b64decode(b"".join(armored.splitlines()[1:-1]))


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _assembled(
    *,
    magic: bytes = b"SSHSIG",
    version: int = 1,
    key: bytes = KEY.public.blob,
    namespace: bytes = NAMESPACE.encode(),
    reserved: bytes = b"",
    hash_name: bytes = b"sha512",
    algorithm: bytes = b"ssh-ed25519",
    raw: bytes = bytes(64),
    inner_rest: bytes = b"",
    rest: bytes = b"",
) -> bytes:
    inner = _string(algorithm) + _string(raw) + inner_rest
    fields = (key, namespace, reserved, hash_name, inner)
    blob = magic + struct.pack(">I", version) + b"".join(map(_string, fields)) + rest
    return sshsig._armor(blob)


def _refused(armored: bytes) -> bool:
    with pytest.raises(BundleError, match="SIG_BAD"):
        sshsig.parse(armored)
    return True


@given(st.binary(max_size=200))
def test_what_is_signed_holds_for_that_message_only(message: bytes) -> None:
    signature = sshsig.parse(sshsig.sign(KEY, NAMESPACE, message))
    assert (signature.key, signature.namespace) == (KEY.public, NAMESPACE)
    assert signature.holds(message)
    assert not signature.holds(message + b"x")
    assert not signature._replace(namespace="other").holds(message)


def test_signing_is_deterministic() -> None:
    assert sshsig.sign(KEY, NAMESPACE, MESSAGE) == GOOD


def test_the_assembled_form_is_the_good_one() -> None:
    """So that each refusal below is for the one thing that was changed."""
    assert _assembled(raw=sshsig.parse(GOOD).raw) == GOOD
    assert sshsig.parse(_assembled()).raw == bytes(64)


@pytest.mark.parametrize(
    "armored",
    [
        _assembled(magic=b"SSHSIh"),
        _assembled(version=2),
        _assembled(version=0),
        _assembled(reserved=b"x"),
        _assembled(hash_name=b"sha256"),
        _assembled(hash_name=b""),
        _assembled(algorithm=b"ssh-rsa"),
        _assembled(algorithm=b"ssh-ed25519 "),
        _assembled(raw=bytes(63)),
        _assembled(raw=bytes(65)),
        _assembled(inner_rest=b"x"),
        _assembled(rest=b"x"),
        _assembled(namespace=b""),
        _assembled(namespace=b"a b"),
        _assembled(namespace=b"a\0"),
        _assembled(namespace=b"\xc3\xa9"),
        _assembled(key=b""),
        _assembled(key=KEY.public.blob + b"x"),
        _assembled(key=KEY.public.blob[:-1]),
        _assembled(key=_string(b"ssh-rsa") + _string(bytes(32))),
        _assembled(key=keys._BLOB_START + bytes(32)),
    ],
)
def test_any_other_content_is_refused(armored: bytes) -> None:
    assert _refused(armored)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.rstrip(b"\n"),
        lambda text: text + b"\n",
        lambda text: b"\n" + text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"U1NIU0lH", b"U1NI U0lH"),
        lambda text: text.replace(b"U1NIU0lH", b"U1NI\nU0lH"),
        lambda text: text.replace(b"SSH SIGNATURE", b"SSH2 SIGNATURE"),
        lambda text: text[: len(text) // 2],
        lambda text: b"",
        lambda text: _loosened(text),
    ],
)
def test_any_other_armor_is_refused(spoil: object) -> None:
    assert _refused(spoil(GOOD))  # type: ignore[operator]


def _loosened(text: bytes) -> bytes:
    """The same blob, with bits set that base64 does not use."""
    lines = sshsig.sign(KEY, "nn", MESSAGE).splitlines(keepends=True)
    assert lines[-2].endswith(b"=\n")
    last = lines[-2].rstrip(b"=\n")
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(last[-1:]) + 1]
    lines[-2] = last[:-1] + bytes([other]) + lines[-2][len(last) :]
    loosened = b"".join(lines)
    assert _blob(loosened) == _blob(sshsig.sign(KEY, "nn", MESSAGE))
    return loosened


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert _refused(data)
    assert _refused(sshsig._armor(data))


def test_a_length_that_reaches_beyond_the_end_is_refused() -> None:
    assert _refused(sshsig._armor(b"SSHSIG" + struct.pack(">II", 1, 2**32 - 1) + b"x"))


class TestKeys:
    def test_the_line_is_that_of_the_public_file(self) -> None:
        line = (VECTORS / "venue_V0007_sign.pub").read_text()
        assert PublicKey.from_line(line) == KEY.public
        assert line.startswith(KEY.public.line + " ")
        assert PublicKey.from_blob(KEY.public.blob) == KEY.public

    def test_the_private_file_comes_back(self) -> None:
        again = SigningKey.from_openssh(KEY.to_openssh())
        assert again.public == KEY.public
        assert again.sign(b"x") == KEY.sign(b"x")

    def test_a_key_never_shows_itself(self) -> None:
        raw = KEY._private.private_bytes_raw()
        assert raw.hex() not in repr(KEY)
        assert repr(KEY) == f"SigningKey({KEY.public.fingerprint})"

    def test_the_fingerprint_is_thirty_digits_in_six_groups(self) -> None:
        assert KEY.public.fingerprint == "40021 79305 44677 09336 96158 97255"

    @pytest.mark.parametrize("pem", [b"", b"not a key", KEY.to_openssh()[:200], b"\xff" * 100])
    def test_a_spoiled_private_file_is_refused(self, pem: bytes) -> None:
        with pytest.raises(BundleError, match="KEY_BAD"):
            SigningKey.from_openssh(pem)

    def test_a_private_key_of_another_type_is_refused(self) -> None:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        with pytest.raises(BundleError, match="KEY_BAD"):
            SigningKey.from_openssh(other)

    @pytest.mark.parametrize(
        "line", ["", "ssh-ed25519", "ssh-rsa AAAA", "ssh-ed25519 ????", "ssh-ed25519 AAAA"]
    )
    def test_other_lines_are_refused(self, line: str) -> None:
        with pytest.raises(BundleError, match="KEY_BAD"):
            PublicKey.from_line(line)


class TestSoundness:
    """RFC 8032, section 5.1.3, and the points of order 1, 2, 4 and 8 in each of their encodings."""

    P = 2**255 - 19

    def _encoded(self, y: int, sign: int) -> bytes:
        return (y | sign << 255).to_bytes(32, "little")

    def _times_eight_is_neutral(self, y: int) -> bool:
        p, d = self.P, keys._D
        x_squared = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        x = pow(x_squared, (p + 3) // 8, p)
        if (x * x - x_squared) % p:
            x = x * pow(2, (p - 1) // 4, p) % p
        assert (x * x - x_squared) % p == 0
        for _ in range(3):
            t = d * x * x * y * y % p
            x, y = 2 * x * y * pow(1 + t, -1, p) % p, (y * y + x * x) * pow(1 - t, -1, p) % p
        return (x, y) == (0, 1)

    def test_the_points_of_small_order_are_all_there_are(self) -> None:
        """1 of order 1, 1 of 2, 2 of 4 (one y), 4 of 8 (two y): the five y of the table."""
        assert len(keys._SMALL_ORDER_Y) == 5
        assert all(self._times_eight_is_neutral(y) for y in keys._SMALL_ORDER_Y)

    @pytest.mark.parametrize("sign", [0, 1])
    def test_small_order_is_refused_in_every_encoding(self, sign: int) -> None:
        for y in keys._SMALL_ORDER_Y:
            assert not keys.is_sound(self._encoded(y, sign))
            if y + self.P < 2**255:
                assert not keys.is_sound(self._encoded(y + self.P, sign))

    def test_a_second_encoding_of_a_number_is_refused(self) -> None:
        for y in range(self.P, 2**255):
            assert not keys.is_sound(self._encoded(y, 0))

    def test_what_is_no_point_is_refused(self) -> None:
        assert not keys.is_sound(self._encoded(2, 0))
        assert not keys.is_sound(bytes(31))
        with pytest.raises(BundleError, match="KEY_BAD"):
            PublicKey(self._encoded(2, 0))

    def test_made_keys_are_sound(self) -> None:
        assert all(keys.is_sound(SigningKey.generate().public.raw) for _ in range(20))
