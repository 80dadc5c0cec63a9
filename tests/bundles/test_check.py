"""The five stages, each reason code by an example, and their order."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from icme_tui import facts
from icme_tui.bundles import age, container, sshsig
from icme_tui.bundles.keys import SigningKey
from icme_tui.bundles.trust import Mark, Signer, Trust, namespace
from tests.support.forging import DOMAIN, EPOCH, NOW, World, swipes

FACTS = namespace("facts", DOMAIN)


@pytest.fixture
def world() -> World:
    return World()


def _code(world: World, data: bytes, **how: Any) -> str:
    checked = world.check(data, **how)
    assert checked.result == {
        "OK": "accept",
        "STALE": "accept",
        "GAP": "hold",
        "TRUST_UNCONFIRMED": "hold",
    }.get(checked.code, "quarantine")
    return checked.code


def _trust(world: World, signer: Signer, **more: Any) -> Trust:
    return Trust({world.venue.public: (signer,)}, **more)


def test_a_bundle_of_ours_is_accepted_with_its_lines(world: World) -> None:
    lines = swipes(5)
    checked = world.check(world.bundle(lines).data)
    assert checked.code == "OK"
    assert checked.content is not None
    assert checked.content.lines == lines
    assert checked.content.hashes == [facts.line_hash(line) for line in lines]
    assert [fact.p for fact in checked.content.facts if fact] == [1, 2, 3, 4, 5]
    assert checked.bundle_id == world.bundle(lines).bundle_id or len(checked.bundle_id) == 64


class TestSignature:
    def test_a_key_that_is_not_enrolled(self, world: World) -> None:
        assert _code(world, world.forge(swipes(1), key=SigningKey.generate())) == "SIG_UNKNOWN_KEY"

    def test_before_the_office_is_confirmed_the_file_waits(self, world: World) -> None:
        trust = Trust(is_confirmed=False)
        assert _code(world, world.pack([]).data, me="V0007", trust=trust) == "TRUST_UNCONFIRMED"

    def test_a_key_may_not_sign_in_a_namespace_of_others(self, world: World) -> None:
        assert _code(world, world.forge(swipes(1), kind="pack")) == "SIG_NAMESPACE"

    def test_a_signature_for_enrolment_is_none_for_a_bundle(self, world: World) -> None:
        trust = _trust(world, Signer(("V0007",), ("cmeb-*",)))
        assert _code(world, world.forge(swipes(1), kind="enrol"), trust=trust) == "SIG_NAMESPACE"

    def test_a_revoked_key(self, world: World) -> None:
        trust = Trust(world.trust.signers, {world.venue.public: None})
        assert _code(world, world.bundle(swipes(1)).data, trust=trust) == "KEY_REVOKED"

    def test_a_revoked_key_is_named_before_its_signature_is_computed(self, world: World) -> None:
        trust = Trust(world.trust.signers, {world.venue.public: None})
        stored, armored, cipher = container.read(world.bundle(swipes(1)).data, container.BUNDLE)
        edited = container.write(container.BUNDLE, [stored.replace(b"test/1", b"test/2"), armored, cipher])
        assert _code(world, edited, trust=trust) == "KEY_REVOKED"
        assert _code(world, edited) == "SIG_BAD"

    def test_an_entry_is_for_its_time_only(self, world: World) -> None:
        data = world.bundle(swipes(1)).data
        early = _trust(world, Signer(("V0007",), (FACTS,), valid_before=NOW - 1))
        late = _trust(world, Signer(("V0007",), (FACTS,), valid_after=NOW + 1))
        exact = _trust(world, Signer(("V0007",), (FACTS,), NOW, NOW))
        assert [_code(world, data, trust=t) for t in (early, late, exact)] == [
            "SIG_UNKNOWN_KEY",
            "SIG_UNKNOWN_KEY",
            "OK",
        ]


class TestManifest:
    def test_another_owner_of_the_key(self, world: World) -> None:
        data = world.forge(swipes(1), {"from": "V0008"})
        assert _code(world, data) == "SIG_WRONG_PRINCIPAL"

    def test_a_kind_that_does_not_fit_the_namespace(self, world: World) -> None:
        changes = {
            "kind": "pack",
            "snapshot": 1,
            "expires": "2026-12-31T00:00:00Z",
            "office_time": "2026-09-20T09:00:00Z",
        }
        assert _code(world, world.forge(swipes(1), changes)) == "SIG_WRONG_PRINCIPAL"

    def test_the_principal_must_be_of_the_entry_that_allows_the_namespace(self, world: World) -> None:
        trust = Trust(
            {world.venue.public: (Signer(("V0007",), ("file",)), Signer(("V0008",), (FACTS,)))},
        )
        assert _code(world, world.bundle(swipes(1)).data, trust=trust) == "SIG_WRONG_PRINCIPAL"

    def test_another_audience(self, world: World) -> None:
        assert _code(world, world.forge(swipes(1), {"to": "OTHER-OFFICE"})) == "AUDIENCE"

    def test_a_newer_schema_with_fields_not_known_here(self, world: World) -> None:
        data = world.forge(swipes(1), {"made.schema": 2, "successor": {"key": "ssh-ed25519 AAAA"}})
        assert _code(world, data) == "SCHEMA_NEWER"

    @pytest.mark.parametrize(
        ("position", "head", "code"),
        [
            (3, None, "OK"),
            (4, None, "OK"),
            (2, None, "KEY_REVOKED"),
            (3, "11" * 32, "KEY_REVOKED"),
            (4, "11" * 32, "OK"),
        ],
    )
    def test_a_key_revoked_with_good_marks(
        self, world: World, position: int, head: str | None, code: str
    ) -> None:
        built = world.bundle(swipes(3))
        mark = Mark(position, head or built.manifest.log.head)
        trust = Trust(world.trust.signers, {world.venue.public: {EPOCH: mark}})
        assert _code(world, built.data, trust=trust) == code

    def test_a_key_revoked_with_marks_for_another_epoch(self, world: World) -> None:
        trust = Trust(world.trust.signers, {world.venue.public: {"aa" * 16: Mark(99, "0" * 64)}})
        assert _code(world, world.bundle(swipes(3)).data, trust=trust) == "KEY_REVOKED"


class TestPayload:
    def test_another_ciphertext(self, world: World) -> None:
        assert _code(world, world.forge(swipes(1), {"payload.sha256": "0" * 64})) == "CIPHER_HASH"

    def test_another_length_of_the_ciphertext(self, world: World) -> None:
        assert _code(world, world.forge(swipes(1), {"payload.len": 5})) == "CIPHER_HASH"

    def test_encrypted_to_somebody_else(self, world: World) -> None:
        cipher = age.encrypt(b"x", [world.recovery_age.public])
        assert _code(world, world.forge(swipes(1), cipher=cipher)) == "NOT_DECRYPTABLE"

    @pytest.mark.parametrize("cipher", [b"", b"age-encryption.org/v1\n", b"\0" * 200])
    def test_no_age_file(self, world: World, cipher: bytes) -> None:
        assert _code(world, world.forge(swipes(1), cipher=cipher)) == "NOT_DECRYPTABLE"

    @pytest.mark.parametrize("more", [-1, 1])
    def test_another_length_of_the_plaintext(self, world: World, more: int) -> None:
        length = world.bundle(swipes(1)).manifest.payload.plain_len
        data = world.forge(swipes(1), {"payload.plain_len": length + more})
        assert _code(world, data) == "PLAIN_LEN"

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda packed: packed + b"\0",
            lambda packed: packed + gzip.compress(b""),
            lambda packed: packed[:-1],
            lambda packed: packed[:-8] + bytes(8),
            lambda packed: b"not gzip at all",
            lambda packed: b"",
        ],
    )
    def test_a_stream_that_does_not_end_exactly(self, world: World, spoil: Any) -> None:
        plain = b"plain text\n"
        packed = spoil(gzip.compress(plain, mtime=0))
        assert _code(world, world.forge([], plain=plain, packed=packed)) == "PLAIN_LEN"

    def test_a_stream_that_swells_is_left_at_the_stated_length(self, world: World) -> None:
        packed = gzip.compress(bytes(30_000_000))
        assert _code(world, world.forge([], {"payload.plain_len": 1000}, packed=packed)) == "PLAIN_LEN"

    def test_another_plaintext(self, world: World) -> None:
        assert _code(world, world.forge(swipes(1), {"payload.plain_sha256": "0" * 64})) == "PLAIN_HASH"

    @pytest.mark.parametrize("changes", [{"seq": 2}, {"epoch": "aa" * 16}])
    def test_a_first_line_of_another_bundle(self, world: World, changes: dict[str, Any]) -> None:
        assert _code(world, world.forge(swipes(1), changes)) == "INNER_MISMATCH"

    def test_a_first_line_that_says_a_thing_twice(self, world: World) -> None:
        line = b'{"epoch":"%s","fmt":"cmeb/1","from":"V0007","kind":"facts","seq":1,"to":"X","to":"OFFICE"}\n'
        assert _code(world, world.forge([], plain=line % EPOCH.encode())) == "INNER_MISMATCH"


class TestLines:
    @pytest.mark.parametrize(
        "changes", [{"log.n": 4}, {"log.last": 4}, {"log.first": 2}, {"payload.lines": 3}, {"log.n": 0}]
    )
    def test_counts_that_disagree(self, world: World, changes: dict[str, Any]) -> None:
        assert _code(world, world.forge(swipes(3), changes)) == "COUNT"

    def test_a_last_line_without_its_end(self, world: World) -> None:
        built = world.forge(swipes(1))
        assert _code(world, built) == "OK"
        head = b'{"epoch":"%s","fmt":"cmeb/1","from":"V0007","kind":"facts","seq":1,"to":"OFFICE"}\n'
        plain = head % EPOCH.encode() + swipes(1)[0]
        assert _code(world, world.forge(swipes(1), plain=plain)) == "COUNT"

    @pytest.mark.parametrize(
        "line",
        [
            b'{"k":"note","p":3,"text":"x"}',
            b'{"k":"unheard-of","p":1}',
            b'{"k":"note","p":0,"text":"x"}',
            b'{"k":"note","p":-5,"text":"x"}',
            b'{"p":99999999999999999999999999}',
            b'{"p":2,"p":7}',
        ],
    )
    def test_a_line_that_tells_another_position(self, world: World, line: bytes) -> None:
        assert _code(world, world.forge([swipes(1)[0], line])) == "COUNT"

    @pytest.mark.parametrize(
        "line",
        [
            b"",
            b"}",
            b"\xff\xfe",
            b"\0",
            b"[" * 5000,
            b'{"a":' * 5000,
            b'{"k":"note"}',
            b'{"k":"note","p":"2","text":"x"}',
            b'{"k":"note","p":3.0,"text":"x"}',
            b'{"k":"unheard-of","p":2}',
            b"9" * 5000,
            b'"' + b"\\u0000" * 1000 + b'"',
        ],
    )
    def test_a_line_that_cannot_be_read_takes_its_place_by_order(self, world: World, line: bytes) -> None:
        checked = world.check(world.forge([*swipes(1), line, *swipes(1, 3)]))
        assert checked.code == "OK"
        assert checked.content is not None
        assert [fact.p if fact else None for fact in checked.content.facts] == [1, None, 3]

    def test_two_objects_on_one_line_do_not_shift_the_facts_behind_them(self, world: World) -> None:
        """As many objects as lines, but not one on each: line 1 and 2 are both bad."""
        lines = [b" ".join(swipes(2)), b" "]
        checked = world.check(world.forge(lines))
        assert checked.code == "OK"
        assert checked.content is not None
        assert list(checked.content.facts) == [None, None]

    def test_another_chain(self, world: World) -> None:
        assert _code(world, world.forge(swipes(2), {"log.head": "11" * 32})) == "CHAIN"

    def test_an_epoch_that_does_not_begin_at_its_beginning(self, world: World) -> None:
        assert _code(world, world.bundle(swipes(2), head_before=bytes(32)).data) == "CHAIN"


class TestHeld:
    def test_all_known_already_is_accepted_again(self, world: World) -> None:
        data = world.bundle(swipes(3)).data
        world.take(world.check(data))
        assert _code(world, data) == "OK"

    def test_what_follows_is_accepted_and_what_comes_too_early_waits(self, world: World) -> None:
        first = world.bundle(swipes(3))
        head = bytes.fromhex(first.manifest.log.head)
        second = world.bundle(swipes(2, 4), 4, head)
        assert _code(world, second.data) == "GAP"
        world.take(world.check(first.data))
        assert _code(world, second.data) == "OK"

    def test_an_acknowledgement_travels_alone(self, world: World) -> None:
        first = world.bundle(swipes(3))
        alone = world.bundle([], 4, bytes.fromhex(first.manifest.log.head))
        assert (alone.manifest.log.first, alone.manifest.log.last, alone.manifest.log.n) == (4, 3, 0)
        assert _code(world, alone.data) == "GAP"
        world.take(world.check(first.data))
        assert _code(world, alone.data) == "OK"
        assert _code(world, world.bundle([], 4, bytes(32)).data) == "FORK"
        assert _code(world, world.bundle([]).data) == "OK"

    def test_the_same_place_with_another_hash_is_a_fork_and_keeps_its_lines(self, world: World) -> None:
        world.take(world.check(world.bundle(swipes(3)).data))
        lines = [*swipes(2), b'{"k":"note","p":3,"text":"the other history"}']
        checked = world.check(world.bundle(lines).data)
        assert (checked.result, checked.code) == ("quarantine", "FORK")
        assert checked.content is not None
        assert checked.content.lines == lines

    def test_a_continuation_of_another_history_is_a_fork(self, world: World) -> None:
        world.take(world.check(world.bundle(swipes(3)).data))
        assert _code(world, world.bundle(swipes(1, 4), 4, bytes(32)).data) == "FORK"


class TestPacks:
    ROWS = (b'{"id":"C0000042","k":"course","v":3}', b"not json", b'["no object"]', b'{"k":"new-kind","x":1}')

    def test_a_pack_brings_rows_and_bad_ones_are_marked(self, world: World) -> None:
        checked = world.check(world.pack(list(self.ROWS)).data, me="V0007")
        assert checked.code == "OK"
        assert checked.content is not None
        assert [row["k"] if row else None for row in checked.content.rows] == [
            "course",
            None,
            None,
            "new-kind",
        ]

    def test_an_older_pack_and_the_same_again(self, world: World) -> None:
        world.take(world.check(world.pack([], 17).data, me="V0007"))
        assert _code(world, world.pack([], 16).data, me="V0007") == "ROLLBACK"
        assert _code(world, world.pack([], 17).data, me="V0007") == "ROLLBACK"
        assert _code(world, world.pack([], 18).data, me="V0007") == "OK"

    def test_a_pack_past_its_date_is_taken_with_a_warning(self, world: World) -> None:
        data = world.pack([], expires="2026-09-21T00:00:00Z").data
        assert _code(world, data, me="V0007", now=NOW) == "STALE"
        assert _code(world, data, me="V0007", now=NOW - 86_400_000) == "OK"

    def test_a_rollback_is_told_before_staleness(self, world: World) -> None:
        world.take(world.check(world.pack([], 17).data, me="V0007"))
        assert _code(world, world.pack([], 16, "2026-01-01T00:00:00Z").data, me="V0007") == "ROLLBACK"

    def test_a_venue_key_cannot_make_a_pack(self, world: World) -> None:
        world.office = world.venue
        assert _code(world, world.pack([]).data, me="V0007") == "SIG_NAMESPACE"


def test_nothing_is_parsed_before_its_signature_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("parsed too early")

    stored, armored, cipher = container.read(world.bundle(swipes(1)).data, container.BUNDLE)
    monkeypatch.setattr("icme_tui.bundles.manifest.decode", refuse)
    monkeypatch.setattr("icme_tui.bundles.age.decrypt", refuse)
    edited = container.write(container.BUNDLE, [stored + b" ", armored, cipher])
    assert world.check(edited).code == "SIG_BAD"
    stranger = sshsig.sign(SigningKey.generate(), FACTS, stored)
    assert (
        world.check(container.write(container.BUNDLE, [stored, stranger, cipher])).code == "SIG_UNKNOWN_KEY"
    )


def test_nothing_is_decrypted_before_its_hash_is_the_signed_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("decrypted too early")

    stored, armored, cipher = container.read(world.bundle(swipes(1)).data, container.BUNDLE)
    monkeypatch.setattr("icme_tui.bundles.age.decrypt", refuse)
    other = container.write(container.BUNDLE, [stored, armored, cipher[:-1] + b"x"])
    assert world.check(other).code == "CIPHER_HASH"
