"""Cards, keys and a chip without a reader for the tests of cards. All keys are for tests only."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from icme_tui.cards.holder import Holder
from icme_tui.cards.image import Image, sign
from icme_tui.cards.issue import examine, write
from icme_tui.cards.keys import CardKeys, record_key
from icme_tui.cards.plan import Authenticate, Operation, Plan, Read, Result, drive
from icme_tui.devices.mifare import Classic1K, new_memory

UID = bytes.fromhex("04A1B2C3")
ISSUER = 7
MASTER_A, MASTER_RING, MASTER_ISSUE, MASTER_RECORD = (bytes([i]) * 16 for i in (1, 2, 3, 4))
CARD_KEY = Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
PUBLIC = CARD_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
HOLDER = Holder("123456782", "P0070001", "U0070001", "王试验", sex=1, title=233, station=ISSUER)


def keys_of(station: int) -> CardKeys:
    """What a station of the test deployment holds."""
    return CardKeys(
        k_a=MASTER_A,
        k_ring=MASTER_RING,
        k_issue=MASTER_ISSUE,
        record_key=record_key(MASTER_RECORD, station, 1),
        card_sign=CARD_KEY.sign,
        issuers={ISSUER: PUBLIC},
    )


def image_of(holder: Holder = HOLDER, uid: bytes = UID) -> Image:
    """The signed image of a holder."""
    return sign(uid, holder, keys_of(ISSUER))


class Field:
    """A chip in a field: performs operations, counts them, selects again after a failed key."""

    def __init__(self, memory: bytearray | None = None, uid: bytes = UID) -> None:
        self.memory = memory if memory is not None else new_memory(uid)
        self.chip = Classic1K(self.memory, lambda block, data: None)
        self.log: list[Operation] = []

    def perform(self, operation: Operation) -> bytes:
        """Carry out one operation."""
        self.log.append(operation)
        if isinstance(operation, Authenticate):
            if self.chip.halted:
                self.chip.select()
            self.chip.authenticate(operation.block, operation.key_type, operation.key)
            return b""
        if isinstance(operation, Read):
            return self.chip.read(operation.block)
        self.chip.write(operation.block, operation.data)
        return b""

    def run(self, plan: Plan[Result]) -> Result:
        """Carry out a plan with a freshly selected card."""
        self.chip.select()
        return drive(plan, self.perform)

    def run_on(self, plan: Plan[Result]) -> Result:
        """Carry out a plan with the card as the last plan left it."""
        return drive(plan, self.perform)

    def counts(self) -> tuple[int, int, int]:
        """Authentications, reads and writes so far."""
        return count(self.log)


def count(log: list[Operation]) -> tuple[int, int, int]:
    """Authentications, reads and writes in a list of operations."""
    auths = sum(isinstance(operation, Authenticate) for operation in log)
    reads = sum(isinstance(operation, Read) for operation in log)
    return auths, reads, len(log) - auths - reads


def issue(begun: bool, keys: CardKeys | None = None) -> Plan[None]:
    """The whole plan of an issue to ``HOLDER``."""
    keys = keys or keys_of(ISSUER)
    blank = yield from examine(UID, keys, begun)
    yield from write(UID, keys, image_of(), blank)


def issued_memory() -> bytearray:
    """The memory of a card that was issued to ``HOLDER``."""
    field = Field()
    field.run(issue(begun=False))
    return field.memory
