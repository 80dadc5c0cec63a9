"""What lies in a folder and is not for this station, for somebody who wonders why nothing was taken in.

What these files say of themselves is shown and never acted on: it is not verified.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from icme_tui.bundles import container, manifest, stick
from icme_tui.codes import BundleError
from icme_tui.operations.importing import bundles_in
from icme_tui.operations.scanning import requests_in


class Passed(NamedTuple):
    """A file that was left alone."""

    file: Path
    kind: str
    """``facts``, ``pack``, ``request``, or empty for a file that cannot be read."""
    sender: str = ""
    to: str = ""


def passed_over(paths: list[Path]) -> list[Passed]:
    """The bundles, packs and enrolment requests in the folders among ``paths``."""
    folders = [path for path in paths if path.is_dir()]
    found = [_look(file) for file in bundles_in(folders)]
    return found + [Passed(file, "request") for folder in folders for file in requests_in(folder)]


def _look(file: Path) -> Passed:
    try:
        stored, _armored, _cipher = container.read(stick.read(file), container.BUNDLE)
        said = manifest.decode(stored)
    except BundleError:
        return Passed(file, "")
    return Passed(file, said.kind, said.from_, said.to)
