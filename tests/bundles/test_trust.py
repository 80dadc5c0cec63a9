"""Trust files mean what they mean to ssh-keygen."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from icme_tui.bundles.keys import SigningKey
from icme_tui.bundles.trust import Mark, Signer, parse_allowed_signers, parse_revoked
from icme_tui.clock import parse_utc
from icme_tui.codes import BundleError

VECTORS = Path(__file__).parents[2] / "exports/vectors/keys"
A, B = (SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)).public for n in (1, 2))
EPOCH, HEAD = "0f" * 16, "ab" * 32


def _only(text: str) -> Signer:
    ((signer,),) = parse_allowed_signers(text).values()
    return signer


def test_the_file_of_the_vectors() -> None:
    signers = parse_allowed_signers((VECTORS / "allowed_signers").read_text())
    assert sorted(signer.principals[0] for (signer,) in signers.values()) == ["OFFICE", "V0007", "V0008"]
    assert all(signer.namespaces and len(signer.namespaces) == 1 for (signer,) in signers.values())


def test_blank_lines_comments_and_other_keys_are_left_out() -> None:
    text = (
        f"\n# comment\n  \nV1 ssh-rsa AAAAB3NzaC1yc2E=\nV2 cert-authority {A.line}\nV3 {B.line} a comment\n"
    )
    assert list(parse_allowed_signers(text)) == [B]


def test_a_key_may_stand_on_several_lines() -> None:
    signers = parse_allowed_signers(f"V1 {A.line}\nV2 {A.line}\n")
    assert [signer.principals for signer in signers[A]] == [("V1",), ("V2",)]


def test_patterns_are_those_of_openssh() -> None:
    signer = _only(f'V0*,!V0009,"W?" namespaces="cmeb-*@x,!cmeb-pack-*" {A.line}')
    assert [signer.is_owner(who) for who in ("V0001", "V0009", "V1", "W1", "W12", "v0001")] == [
        True, False, False, False, False, False,
    ]  # fmt: skip
    assert [signer.may_sign(n) for n in ("cmeb-facts-v1@x", "cmeb-pack-v1@x", "cmeb-facts-v1@y")] == [
        True,
        False,
        False,
    ]
    assert not _only(f"V[01] {A.line}").is_owner("V0")
    assert _only(f"V[01] {A.line}").is_owner("V[01]")


def test_without_namespaces_any_is_allowed() -> None:
    assert _only(f"V1 {A.line}").may_sign("whatever")


def test_times() -> None:
    signer = _only(f'V1 valid-after="20260101Z",valid-before="202607011230Z" {A.line}')
    assert signer.valid_after == parse_utc("2026-01-01T00:00:00Z")
    assert signer.valid_before == parse_utc("2026-07-01T12:30:00Z")
    assert _only(f'V1 valid-after="20260101120059Z" {A.line}').valid_after == parse_utc(
        "2026-01-01T12:00:59Z"
    )


@pytest.mark.parametrize(
    "line",
    [
        "V1",
        f"{A.line}",
        "V1 ssh-ed25519",
        "V1 ssh-ed25519 AAAA",
        f"V1 unheard-of {A.line}",
        f"V1 namespaces {A.line}",
        f'V1 namespaces="" {A.line}',
        f'V1 namespaces="a",namespaces="b" {A.line}',
        f'V1 namespaces="a {A.line}',
        f'V1 valid-after="yesterday" {A.line}',
        f'V1 valid-after="20261301Z" {A.line}',
        f"V1 cert-authority=1 {A.line}",
        f"V1,,V2 {A.line}",
    ],
)
def test_a_line_that_cannot_be_read_refuses_the_file(line: str) -> None:
    with pytest.raises(BundleError, match="TRUST_BAD") as refusal:
        parse_allowed_signers(f"# first\n{line}\n")
    assert refusal.value.detail == {"line": 2}


class TestRevoked:
    def test_a_plain_public_key_is_revoked_as_a_whole(self) -> None:
        assert parse_revoked(f"# lost\n{A.line}\n\n{B.line} stolen laptop\n") == {A: None, B: None}

    def test_good_marks(self) -> None:
        text = f"{A.line} good={EPOCH}:12:{HEAD} good={'aa' * 16}:3:{HEAD}"
        assert parse_revoked(text) == {A: {EPOCH: Mark(12, HEAD), "aa" * 16: Mark(3, HEAD)}}

    def test_twice_is_as_a_whole(self) -> None:
        marked = f"{A.line} good={EPOCH}:12:{HEAD}\n"
        for text in (marked + A.line, f"{A.line}\n" + marked, marked + marked):
            assert parse_revoked(text) == {A: None}

    @pytest.mark.parametrize("line", ["x", "ssh-rsa AAAA", f"{A.line} good=1:2:3", f"{A.line} good="])
    def test_a_line_that_cannot_be_read_refuses_the_file(self, line: str) -> None:
        with pytest.raises(BundleError, match="REVOKED_BAD"):
            parse_revoked(line)
