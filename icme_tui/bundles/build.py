"""Making bundles and packs in memory: lines in, one signed and encrypted file out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal, NamedTuple

from icme_tui import facts
from icme_tui.bundles import age, container, payload, sshsig
from icme_tui.bundles import manifest as manifests
from icme_tui.bundles.keys import PublicKey
from icme_tui.bundles.manifest import Ack, Log, Made, Manifest, Next
from icme_tui.codes import BundleError

Sign = Callable[[bytes], bytes]
"""The armored signature over the manifest's bytes, in the namespace that fits."""


class Route(NamedTuple):
    """Between whom a bundle travels, and which one of the sender's it is."""

    sender: str
    receiver: str
    epoch: str
    seq: int
    prev: str
    """Id of the bundle before it in this epoch, or ``manifest.NO_MANIFEST``."""
    recipients: list[str]
    """age recipients: the receiver, then the recovery key."""
    next: Next | None = None
    """What takes the place of the sender's keys."""


class Issue(NamedTuple):
    """What only a pack says of itself. Times are ``YYYY-MM-DDTHH:MM:SSZ``."""

    snapshot: int
    expires: str
    office_time: str


class Built(NamedTuple):
    """A finished bundle."""

    name: str
    data: bytes
    bundle_id: str
    """SHA-256 of the manifest's bytes."""
    manifest: Manifest


def facts_bundle(
    route: Route, first: int, head_before: bytes, lines: list[bytes], ack: Ack, made: Made, sign: Sign
) -> Built:
    """A bundle of the facts from position ``first`` on; ``lines`` may be empty.

    Raises BundleError ``TOO_LARGE``, ``RECIPIENT_BAD``, ``MANIFEST_BAD``.
    """
    return _seal("facts", route, first, head_before, lines, ack, made, sign, None)


def pack(route: Route, lines: list[bytes], issue: Issue, ack: Ack, made: Made, sign: Sign) -> Built:
    """A pack of these rows.

    Raises BundleError ``TOO_LARGE``, ``RECIPIENT_BAD``, ``MANIFEST_BAD``.
    """
    return _seal("pack", route, 1, manifests.PACK_CHAIN_START, lines, ack, made, sign, issue)


def verify_own(data: bytes, key: PublicKey, namespace: str) -> None:
    """Whether a file that was just written is a bundle signed by ``key``.

    Raises BundleError ``CONTAINER``, ``SIG_BAD``.
    """
    stored, armored, _cipher = container.read(data, container.BUNDLE)
    signature = sshsig.parse(armored)
    if signature.key != key or signature.namespace != namespace or not signature.holds(stored):
        raise BundleError("SIG_BAD")


def _seal(
    kind: Literal["facts", "pack"],
    route: Route,
    first: int,
    head_before: bytes,
    lines: list[bytes],
    ack: Ack,
    made: Made,
    sign: Sign,
    issue: Issue | None,
) -> Built:
    head = payload.head_line(kind, route.sender, route.receiver, route.epoch, route.seq)
    plain = payload.build(head, lines)
    cipher = age.encrypt(payload.compress(plain), route.recipients)
    manifest = Manifest(
        kind=kind,
        from_=route.sender,
        to=route.receiver,
        epoch=route.epoch,
        seq=route.seq,
        prev=route.prev,
        log=Log(
            first=first,
            last=first + len(lines) - 1,
            n=len(lines),
            head_before=head_before.hex(),
            head=facts.chain_over(head_before, [facts.line_hash(line) for line in lines]).hex(),
        ),
        ack=ack,
        payload=manifests.Payload(
            name="payload.age",
            enc="age/v1",
            comp="gzip",
            len=len(cipher),
            sha256=hashlib.sha256(cipher).hexdigest(),
            plain_len=len(plain),
            plain_sha256=hashlib.sha256(plain).hexdigest(),
            lines=len(lines) + 1,
        ),
        recipients=route.recipients,
        made=made,
        snapshot=issue.snapshot if issue else None,
        expires=issue.expires if issue else None,
        office_time=issue.office_time if issue else None,
        next=route.next,
    )
    stored = manifests.encode(manifest)
    data = container.write(container.BUNDLE, [stored, sign(stored), cipher])
    return Built(manifest.file_name, data, hashlib.sha256(stored).hexdigest(), manifest)
