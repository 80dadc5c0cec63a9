"""A new key takes the place of an old one: the statement that a bundle or a pack carries in its manifest.

The manifest is signed by the old key; its field ``next`` names the new signing key and age recipient, and
holds a signature that the new key made over

    {"age":"age1…","domain":"…","fmt":"cmeb-rotation/1","from":"V0007",
     "new":"ssh-ed25519 …","old":"ssh-ed25519 …"}

without blanks and with a newline, in the namespace ``cmeb-rotate-v1@DOMAIN``. So nobody can be made to take
over a key that its owner does not hold. Readers that do not know the field pass over it.
"""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

import msgspec

from icme_tui.bundles import age, sshsig
from icme_tui.bundles.keys import PublicKey, SigningKey
from icme_tui.bundles.manifest import Manifest, Next
from icme_tui.bundles.trust import ROTATE, namespace
from icme_tui.codes import BundleError


class Successor(NamedTuple):
    """What takes the place of a key."""

    key: PublicKey
    age: str


def state(code: str, domain: str, old: PublicKey, new: SigningKey, recipient: str) -> Next:
    """The statement of the station ``code``."""
    message = _message(code, domain, old, new.public, recipient)
    armored = sshsig.sign(new, namespace(ROTATE, domain), message)
    return Next(sign=new.public.line, age=recipient, sig=base64.b64encode(sshsig.blob_of(armored)).decode())


def successor(manifest: Manifest, signer: PublicKey, domain: str) -> Successor | None:
    """What a manifest that ``signer`` has signed names; None for nothing, or for what does not hold."""
    told = manifest.next
    if told is None or not age.is_recipient(told.age):
        return None
    try:
        key = PublicKey.from_line(told.sign)
        blob = base64.b64decode(told.sig, validate=True)
        signature = sshsig.parse(sshsig.armored(blob))
    except (BundleError, binascii.Error, ValueError):
        return None
    message = _message(manifest.from_, domain, signer, key, told.age)
    # One statement has one form, so that no byte of it is without meaning.
    if key.line != told.sign or base64.b64encode(blob).decode() != told.sig:
        return None
    if key == signer or signature.key != key:
        return None
    if signature.namespace != namespace(ROTATE, domain) or not signature.holds(message):
        return None
    return Successor(key, told.age)


def _message(code: str, domain: str, old: PublicKey, new: PublicKey, recipient: str) -> bytes:
    told = {
        "age": recipient,
        "domain": domain,
        "fmt": "cmeb-rotation/1",
        "from": code,
        "new": new.line,
        "old": old.line,
    }
    return msgspec.json.encode(told, order="sorted") + b"\n"
