"""The word of a new key: only what its owner said is heard, whatever else stands in the field."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from icme_tui.bundles import rotation
from icme_tui.bundles.age import Identity
from icme_tui.bundles.keys import SigningKey
from icme_tui.bundles.manifest import Next

DOMAIN = "cme.example"
OLD, NEW = SigningKey.from_seed(bytes(32)), SigningKey.from_seed(bytes([1]) * 32)
RECIPIENT = Identity.generate().public
GOOD = rotation.state("V0007", DOMAIN, OLD.public, NEW, RECIPIENT)


def heard(sign: str, age: str, sig: str) -> Any:
    told: Any = SimpleNamespace(from_="V0007", next=Next(sign=sign, age=age, sig=sig))
    return rotation.successor(told, OLD.public, DOMAIN)


def test_what_the_new_key_signed_is_heard() -> None:
    assert heard(GOOD.sign, GOOD.age, GOOD.sig) == (NEW.public, RECIPIENT)


@given(st.data())
def test_any_other_byte_is_not(data: st.DataObject) -> None:
    fields = [GOOD.sign, GOOD.age, GOOD.sig]
    which = data.draw(st.integers(0, 2))
    place = data.draw(st.integers(0, len(fields[which]) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda one: one != fields[which][place]))
    fields[which] = fields[which][:place] + letter + fields[which][place + 1 :]
    assert heard(*fields) is None


@given(st.text(max_size=200), st.text(max_size=100), st.text(max_size=300))
def test_nonsense_is_passed_over(sign: str, age: str, sig: str) -> None:
    assert heard(sign, age, sig) is None


@given(st.binary(max_size=300))
def test_a_signature_of_any_form_is_passed_over(raw: bytes) -> None:
    assert heard(GOOD.sign, GOOD.age, base64.b64encode(raw).decode()) is None


def test_a_key_does_not_follow_itself() -> None:
    own = rotation.state("V0007", DOMAIN, OLD.public, OLD, RECIPIENT)
    assert heard(own.sign, own.age, own.sig) is None
