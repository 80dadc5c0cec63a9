"""The public contract: anybody opens a bundle of ours with tar, ssh-keygen, sha256sum and age."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from icme_tui.bundles import keys, rotation, sshsig
from icme_tui.bundles.age import Identity
from icme_tui.bundles.keys import SigningKey
from icme_tui.bundles.trust import namespace
from tests.support.forging import DOMAIN, World, swipes
from tests.support.tools import tool

pytestmark = pytest.mark.integration
FACTS = namespace("facts", DOMAIN)


def _run(*command: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> bytes:
    done = subprocess.run(
        [tool(str(command[0])), *map(str, command[1:])],
        input=stdin,
        cwd=cwd,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def _private(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("length", [0, 1, 1000])
def test_our_signature_is_that_of_ssh_keygen(tmp_path: Path, length: int) -> None:
    key = SigningKey.generate()
    message = _private(tmp_path / "message", os.urandom(length))
    _run("ssh-keygen", "-Y", "sign", "-f", _private(tmp_path / "key", key.to_openssh()), "-n", FACTS, message)
    theirs = (tmp_path / "message.sig").read_bytes()
    assert sshsig.sign(key, FACTS, message.read_bytes()) == theirs
    assert sshsig.parse(theirs).holds(message.read_bytes())


def test_the_four_commands_open_a_bundle_of_ours(tmp_path: Path) -> None:
    world = World()
    lines = swipes(50)
    built = world.bundle(lines)
    (tmp_path / built.name).write_bytes(built.data)
    signers = _private(tmp_path / "signers", f'V0007 namespaces="{FACTS}" {world.venue.public.line}\n')
    identity = _private(tmp_path / "office.txt", world.office_age.secret() + "\n")

    _run("tar", "-xf", built.name, cwd=tmp_path)
    told = _run(
        *("ssh-keygen", "-Y", "verify", "-f", signers, "-I", "V0007", "-n", FACTS, "-s", "manifest.json.sig"),
        stdin=(tmp_path / "manifest.json").read_bytes(),
        cwd=tmp_path,
    )
    assert told.startswith(b"Good ")
    digest = _run("sha256sum", "payload.age", cwd=tmp_path).split()[0].decode()
    assert digest == built.manifest.payload.sha256
    plain = _run("gunzip", stdin=_run("age", "-d", "-i", identity, "payload.age", cwd=tmp_path))
    assert plain.split(b"\n")[1:-1] == lines
    assert hashlib.sha256(plain).hexdigest() == built.manifest.payload.plain_sha256


def test_a_bundle_made_with_the_stock_tools_is_accepted(tmp_path: Path) -> None:
    world = World()
    data = world.bundle(swipes(2)).data
    (tmp_path / "made.cmeb").write_bytes(data)
    _run("tar", "-xf", "made.cmeb", cwd=tmp_path)
    (tmp_path / "manifest.json.sig").unlink()
    key = _private(tmp_path / "key", world.venue.to_openssh())
    _run("ssh-keygen", "-Y", "sign", "-f", key, "-n", FACTS, "manifest.json", cwd=tmp_path)
    _run(
        *("tar", "--format=ustar", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--mode=644"),
        *("-cf", "again.cmeb", "manifest.json", "manifest.json.sig", "payload.age"),
        cwd=tmp_path,
    )
    again = (tmp_path / "again.cmeb").read_bytes()
    assert world.check(again).code == "OK"
    assert again == data + bytes(-len(data) % 10_240)


def test_our_keys_are_those_of_ssh_keygen(tmp_path: Path) -> None:
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "somebody", "-f", tmp_path / "key")
    theirs = SigningKey.from_openssh((tmp_path / "key").read_bytes())
    assert keys.PublicKey.from_line((tmp_path / "key.pub").read_text()) == theirs.public
    ours = _private(tmp_path / "ours", SigningKey.generate().to_openssh())
    line = _run("ssh-keygen", "-y", "-f", ours).decode()
    assert keys.PublicKey.from_line(line) == SigningKey.from_openssh(ours.read_bytes()).public


def test_the_fingerprint_is_the_hash_that_ssh_keygen_shows(tmp_path: Path) -> None:
    key = SigningKey.generate().public
    told = _run("ssh-keygen", "-lf", _private(tmp_path / "key.pub", key.line + "\n")).decode().split()[1]
    digest = base64.b64decode(told.removeprefix("SHA256:") + "=")
    assert key.fingerprint.replace(" ", "") == f"{int.from_bytes(digest, 'big') % 10**30:030d}"


def test_ssh_keygen_verifies_the_word_of_a_new_key(tmp_path: Path) -> None:
    old, new = SigningKey.generate(), SigningKey.generate()
    recipient = Identity.generate().public
    stated = rotation.state("V0007", DOMAIN, old.public, new, recipient)
    told = {"age": recipient, "domain": DOMAIN, "fmt": "cmeb-rotation/1", "from": "V0007"}
    told |= {"new": new.public.line, "old": old.public.line}
    line = json.dumps(told, sort_keys=True, separators=(",", ":")) + "\n"
    columns = [stated.sig[i : i + 70] for i in range(0, len(stated.sig), 70)]
    (tmp_path / "sig").write_text(
        "\n".join(("-----BEGIN SSH SIGNATURE-----", *columns, "-----END SSH SIGNATURE-----", ""))
    )
    (tmp_path / "signers").write_text(f"V0007 {new.public.line}\n")
    use = namespace("rotate", DOMAIN)
    _run(
        "ssh-keygen", "-Y", "verify", "-f", tmp_path / "signers", "-I", "V0007", "-n", use,
        "-s", tmp_path / "sig", stdin=line.encode(),
    )  # fmt: skip
