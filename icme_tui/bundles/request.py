"""The enrolment request ``V0007.enrol``: how a venue introduces itself to its office.

A container of ``request.json`` and ``request.json.sig``; the signature is made with the very key that the
request names, in the namespace ``cmeb-enrol-v1@DOMAIN``. It proves that the sender holds the key. Whose key
it is, people decide by comparing its 30 digits.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from icme_tui.bundles import age, container, sshsig
from icme_tui.bundles.keys import PublicKey
from icme_tui.bundles.manifest import Code, Moment
from icme_tui.bundles.trust import ENROL, namespace
from icme_tui.codes import BundleError


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a venue says of itself."""

    fmt: Literal["cmeb-enrol/1"] = "cmeb-enrol/1"
    code: Code
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    domain: Annotated[str, Meta(min_length=1, max_length=100)]
    sign_key: str
    """The key that signs this and all bundles, ``ssh-ed25519 AAAA…``."""
    age: str
    """Recipient to which packs are encrypted, ``age1…``."""
    card_key: str
    """Ed25519 key of the cards that it issues, in the same form as ``sign_key``."""
    made: Moment


class Received(NamedTuple):
    """A request that holds."""

    request: Request
    key: PublicKey
    sha256: str
    """Of ``request.json``: the first pack quotes it."""


def encode(request: Request) -> bytes:
    """The bytes of ``request.json``: one line, keys sorted."""
    return msgspec.json.encode(msgspec.to_builtins(request), order="sorted") + b"\n"


def build(stored: bytes, armored: bytes) -> bytes:
    """The file."""
    return container.write(container.ENROLMENT, [stored, armored])


def check(data: bytes, domain: str) -> Received:
    """Read a request for the deployment ``domain``.

    Raises BundleError: ``CONTAINER``, ``SIG_BAD``, ``OTHER_DEPLOYMENT``, ``SIG_NAMESPACE`` (no request),
    ``REQUEST_BAD``, ``KEY_BAD``.
    """
    stored, armored = container.read(data, container.ENROLMENT)
    signature = sshsig.parse(armored)
    if signature.namespace != namespace(ENROL, domain):
        use, _at, theirs = signature.namespace.partition("@")
        if use == namespace(ENROL, "").rstrip("@") and theirs:
            raise BundleError("OTHER_DEPLOYMENT", theirs=theirs, ours=domain)
        raise BundleError("SIG_NAMESPACE")
    if not signature.holds(stored):
        raise BundleError("SIG_BAD")
    try:
        request = msgspec.json.decode(stored, type=Request)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BundleError("REQUEST_BAD") from None
    if encode(request) != stored or request.domain != domain or not age.is_recipient(request.age):
        raise BundleError("REQUEST_BAD")
    if PublicKey.from_line(request.sign_key) != signature.key:
        raise BundleError("REQUEST_BAD")
    PublicKey.from_line(request.card_key)
    return Received(request, signature.key, hashlib.sha256(stored).hexdigest())
