"""What the program makes: small, and the same apart from fresh encryption."""

from __future__ import annotations

import gzip

import pytest

from icme_tui.bundles import age, build, container, payload
from icme_tui.bundles.trust import namespace
from icme_tui.codes import BundleError
from tests.support.forging import DOMAIN, World, swipes


def test_the_payload_is_a_header_line_and_the_lines() -> None:
    world = World()
    lines = swipes(3)
    _stored, _armored, cipher = container.read(world.bundle(lines).data, container.BUNDLE)
    for identity in (world.office_age, world.recovery_age):
        packed = age.decrypt(cipher, [identity])
        head, *rest = gzip.decompress(packed).split(b"\n")
        assert head == (
            b'{"epoch":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f","fmt":"cmeb/1","from":"V0007","kind":"facts",'
            b'"seq":1,"to":"OFFICE"}'
        )
        assert rest == [*lines, b""]
        assert packed[4:8] == bytes(4), "no time in the gzip header"


def test_equal_lines_give_equal_packed_bytes() -> None:
    assert payload.compress(b"x" * 1000) == payload.compress(b"x" * 1000)


def test_the_budget_of_bytes() -> None:
    """4.6 kB and 40 bytes for each swipe. age adds a stanza of random length, so few swipes tell little."""
    assert len(World().bundle(swipes(1000)).data) <= 4600 + 40 * 1000


def test_no_recipient_and_a_wrong_one_are_refused() -> None:
    for recipients in ([], ["age1x"], ["AGE1"], [World().office_age.public.upper()]):
        with pytest.raises(BundleError, match="RECIPIENT_BAD"):
            age.encrypt(b"x", recipients)


def test_an_identity_never_shows_itself() -> None:
    identity = age.Identity.generate()
    assert identity.secret() not in repr(identity)
    assert age.parse_identities(f"# made today\n{identity.secret()}\n")[0].public == identity.public


@pytest.mark.parametrize(
    "text", ["", "# only a comment", "AGE-SECRET-KEY-1ABC", "age1abc", "ssh-ed25519 AAAA"]
)
def test_other_identity_files_are_refused(text: str) -> None:
    with pytest.raises(BundleError, match="IDENTITY_BAD"):
        age.parse_identities(text)


def test_our_own_signature_is_checked_for_key_and_use() -> None:
    world = World()
    data = world.bundle(swipes(1)).data
    build.verify_own(data, world.venue.public, namespace("facts", DOMAIN))
    for key, kind in ((world.office.public, "facts"), (world.venue.public, "pack")):
        with pytest.raises(BundleError, match="SIG_BAD"):
            build.verify_own(data, key, namespace(kind, DOMAIN))


def test_too_much_is_refused_before_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload, "MAX_PLAIN", 100)
    with pytest.raises(BundleError, match="TOO_LARGE"):
        World().bundle(swipes(1))
