"""The keys of an opened station: signing, opening what is sent to it, and the keyring that holds them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from icme_tui import durable
from icme_tui.bundles import age, rotation, sshsig
from icme_tui.bundles.keys import PublicKey, SigningKey
from icme_tui.bundles.manifest import Next
from icme_tui.bundles.trust import Trust, namespace
from icme_tui.cards.keys import CardKeys
from icme_tui.home import Config, Home
from icme_tui.keyring import Keyring, read_keyring, write_keyring
from icme_tui.station.believing import issuers_of, trust_of_office, trust_of_venue
from icme_tui.station.privatekeys import Secrets, secrets_in
from icme_tui.station.view import View
from icme_tui.store.store import Store

ROTATION = "rotation"
"""Setting while new keys are made known: {told: {venue: snapshot of the first pack that named them}}."""

ACKNOWLEDGED = "packs_acknowledged"
"""Setting at the office: {venue: snapshot of the newest pack that it has put in force}."""


class KeyHolder(View):
    """A store with the keys that belong to it."""

    def __init__(self, home: Home, config: Config, keys: Secrets, store: Store) -> None:
        super().__init__(store, config.code)
        self.folders = home
        self.home = home.path
        self.role = config.role
        self.domain = config.domain
        self._keys = keys
        self._lent: tuple[age.Identity, ...] = ()

    @property
    def office(self) -> str:
        """Code of the office that this station believes."""
        return self._store.books.office

    # Our own

    @property
    def age_identity(self) -> age.Identity:
        return self._keys.age

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this station signs."""
        return self._keys.sign.public

    @property
    def own_identities(self) -> list[age.Identity]:
        """The identity in use, and those beside it in the keyring."""
        return [self._keys.age, *self._keys.other_ages]

    @property
    def age_identities(self) -> list[age.Identity]:
        """Everything that opens what is sent to us, the identity in use first."""
        return [*self.own_identities, *self._lent]

    def lend(self, identities: Sequence[age.Identity]) -> None:
        """Open with these too what is read until the station is closed. They are not kept."""
        self._lent = tuple(identities)

    @property
    def new_public_key(self) -> PublicKey | None:
        """The key that will take the place of ``public_key``, while it is being made known."""
        return None if self._keys.new_sign is None else self._keys.new_sign.public

    @property
    def card_public_key(self) -> PublicKey:
        return self._keys.card.public

    def sign(self, kind: str, message: bytes, to: str = "") -> bytes:
        """Armored SSH signature in the namespace of ``kind`` (``facts``, ``pack``, ``enrol``), for the
        reader ``to``."""
        return sshsig.sign(self._key_for(to), namespace(kind, self.domain), message)

    def public_key_for(self, to: str) -> PublicKey:
        """The key that verifies what this station signs for the reader ``to``."""
        return self._key_for(to).public

    def _key_for(self, to: str) -> SigningKey:
        """The new key for a venue that has taken a pack that named it, else the one in use."""
        new = self._keys.new_sign
        if new is not None and self.role == "office":
            told = (self.setting(ROTATION) or {}).get("told", {}).get(to)
            if told is not None and self.setting(ACKNOWLEDGED, {}).get(to, 0) >= told:
                return new
        return self._keys.sign

    def successor_for(self, to: str) -> Next | None:
        """What a bundle for ``to`` says of the keys that will take the place of ours."""
        new, old = self._keys.new_sign, self._key_for(to).public
        if new is None or new.public == old:
            return None
        coming = self._keys.other_ages[0] if self.role == "venue" else self._keys.age
        return rotation.state(self.code, self.domain, old, new, coming.public)

    # Whom we believe

    def trust(self) -> Trust:
        """Whose signatures count here: at the office the enrolled venues', at a venue its office's."""
        if self.role == "venue":
            return trust_of_venue(self, self.office, self.domain)
        return trust_of_office(self, self.domain)

    @property
    def card_keys(self) -> CardKeys | None:
        """The keys for cards, or None at a venue before its first pack."""
        stored = self.setting("card_keys")
        if stored is None:
            return None
        issuers, lost = issuers_of(self)
        return CardKeys(
            bytes.fromhex(stored["k_a"]),
            bytes.fromhex(stored["k_ring"]),
            bytes.fromhex(stored["k_issue"]) if stored.get("k_issue") else None,
            bytes.fromhex(stored["record_key"]),
            self._keys.card.sign,
            issuers,
            stored.get("key_version", 1),
            lost,
            self._is_listed,
        )

    def _is_listed(self, uid: bytes, number: str, issue: int) -> bool:
        card = self.registry.get("card", number)
        if card is None or card.body.get("uid") != uid.hex().upper():
            return False
        return card.body.get("issue") == issue and card.body.get("state", "active") == "active"

    # The keyring

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """No other program has the store open within the block, and there is room to encrypt it anew.
        Raises StoreError ``STORE_IN_USE``, ``REKEY_ROOM``."""
        self._store.database.require_room()
        with self._store.exclusive():
            yield

    def encrypt_anew(self, keyring: Keyring) -> None:
        """Give the store a new key, and every slot and private key of ``keyring`` with it, inside
        ``exclusive``.

        The new keyring lies beside the old one until the store is done, so that one of the two always opens
        it. Raises StoreError ``KEYRING_BAD``, ``REKEY_ROOM``, ``REKEY_FAILED``, OSError.
        """
        new_key = secrets.token_bytes(32)
        write_keyring(self.folders.next_keyring, keyring.rewrapped(self._store.key, new_key))
        self._store.rekey(new_key)
        durable.replace(self.folders.next_keyring, self.folders.keyring)

    def use_keyring(self, keyring: Keyring) -> None:
        """Go on with the private keys of a keyring that was written."""
        self._keys = secrets_in(keyring, self._store.key)

    def move_key(self, keyring: Keyring, name: str, to: str) -> Keyring:
        """The keyring with a private key under another name, in the place of what has that name."""
        secret = keyring.key(name, self._store.key)
        return keyring.with_key(to, secret, self._store.key).without_key(name)

    def seal_key(self, keyring: Keyring, name: str, secret: bytes) -> Keyring:
        """The keyring with a private key of this station sealed in it."""
        return keyring.with_key(name, secret, self._store.key)

    def add_slot(self, keyring: Keyring, operator: str, password: str) -> Keyring:
        """The keyring with a slot that this password opens."""
        return keyring.with_slot(operator, password, self._store.key)

    def keep_recovery_slot(self) -> None:
        """Let the office's recovery identity open this store, once its recipient is known: nobody has to
        remember this. Raises StoreError ``KEYRING_MISSING``, ``KEYRING_BAD``, OSError."""
        recipient = self.recovery_recipient
        if not recipient:
            return
        keyring = read_keyring(self.folders.keyring)
        if not keyring.has_recovery(recipient, self._store.key):
            write_keyring(self.folders.keyring, keyring.with_recovery(recipient, self._store.key))

    @property
    def recovery_recipient(self) -> str:
        """The recovery recipient of the office, ``age1…``; empty at a venue before its first pack."""
        if self.role == "office":
            return str(self.setting("recovery") or "")
        recipients = self.setting("recipients") or [""]
        return str(recipients[-1])
