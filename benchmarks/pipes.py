"""The stock pipes that an office could use without this program, as a yardstick of importing.

Each verifies the signature with ssh-keygen, decrypts with age, unpacks with gunzip and puts the lines into
SQLite: with sqlite-utils, or with Debian's ``sqlite3`` (``.import`` and ``json_extract``).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from benchmarks.made import DOMAIN, Sent, Venue
from icme_tui.bundles.trust import namespace
from icme_tui.station import Station

COLUMNS = ("p", "k", "at", "hlc", "person", "course", "session", "dir", "card", "cseq")


def missing_tools(*names: str) -> list[str]:
    """Those of the programs that are not installed."""
    return [name for name in names if shutil.which(name) is None]


def _run(command: str, folder: Path) -> None:
    subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n{command}"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )


def _lay_out(office: Station, venue: Venue, sent: Sequence[Sent], folder: Path) -> list[Path]:
    """The members of each bundle as files, and the keys that the tools read."""
    fact_namespace = namespace("facts", DOMAIN)
    (folder / "allowed").write_text(f'{venue.code} namespaces="{fact_namespace}" {venue.sign.public.line}\n')
    (folder / "office.txt").write_text(office.age_identity.secret() + "\n")
    places = []
    for number, bundle in enumerate(sent):
        place = folder / f"{number:04d}"
        with tarfile.open(fileobj=BytesIO(bundle.data)) as archive:
            archive.extractall(place, filter="data")
        places.append(place)
    return places


def _facts_a_second(office: Station, venue: Venue, sent: Sequence[Sent], folder: Path, into: str) -> int:
    folder.mkdir()
    places = _lay_out(office, venue, sent, folder)
    begun = time.perf_counter()
    for place in places:
        _run(
            f"ssh-keygen -Y verify -f ../allowed -I {venue.code} -n {namespace('facts', DOMAIN)}"
            " -s manifest.json.sig < manifest.json\n"
            f"age -d -i ../office.txt payload.age | gunzip | tail -n +2 {into}",
            place,
        )
    return round(sum(bundle.facts for bundle in sent) / (time.perf_counter() - begun))


def with_sqlite_utils(office: Station, venue: Venue, sent: Sequence[Sent], folder: Path) -> int:
    """Facts per second through ``sqlite-utils insert``."""
    beside = Path(sys.executable).with_name("sqlite-utils")
    tool = str(beside) if beside.exists() else "sqlite-utils"
    return _facts_a_second(office, venue, sent, folder, f"| {tool} insert ../facts.db facts - --nl --alter")


def with_sqlite_import(office: Station, venue: Venue, sent: Sequence[Sent], folder: Path) -> int:
    """Facts per second through the ``sqlite3`` program."""
    columns = ", ".join(f"json_extract(line, '$.{name}') AS {name}" for name in COLUMNS)
    names = ", ".join(COLUMNS)
    script = (
        "CREATE TEMP TABLE raw(line TEXT);\n"
        '.mode ascii\n.separator "\\001" "\\n"\n.import lines.jsonl raw\n'
        f"CREATE TABLE IF NOT EXISTS facts({names});\nINSERT INTO facts SELECT {columns} FROM raw;\n"
    )
    into = f"> lines.jsonl; sqlite3 ../facts.db <<'SQL'\n{script}SQL"
    return _facts_a_second(office, venue, sent, folder, into)


PIPES: dict[str, tuple[Callable[..., int], tuple[str, ...]]] = {
    "sqlite_utils": (with_sqlite_utils, ("ssh-keygen", "age", "gunzip", "sqlite-utils")),
    "sqlite3_import": (with_sqlite_import, ("ssh-keygen", "age", "gunzip", "sqlite3")),
}
"""Name → how to run it, and the programs that it needs."""
