"""Machines made of a few files, for what ``icme doctor`` checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from icme_tui.machine.surroundings import Surroundings

POLICY = "/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy"
NOW_MS = 1_790_000_000_000


class Made:
    """A folder that stands for ``/``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.put("/etc/group", "root:x:0:\ndialout:x:20:\ncardop:x:990:\n")

    def put(self, name: str, text: str = "") -> Made:
        """A file."""
        path = self.root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return self

    def link(self, name: str, target: str) -> Made:
        """A link, relative, as in ``/sys``."""
        path = self.root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
        return self

    def usb(self, place: str, id: str, name: str, kind: str = "0b", driver: str = "") -> Made:
        """A device on the USB with one interface."""
        folder = f"/sys/bus/usb/devices/{place}"
        maker, _colon, product = id.partition(":")
        self.put(f"{folder}/idVendor", f"{maker}\n").put(f"{folder}/idProduct", f"{product}\n")
        self.put(f"{folder}/product", f"{name}\n")
        self.put(f"/sys/bus/usb/devices/{place}:1.0/bInterfaceClass", f"{kind}\n")
        if driver:
            self.link(f"/sys/bus/usb/devices/{place}:1.0/driver", f"../../drivers/{driver}")
        return self

    def process(self, number: int, name: str, maps: str = "") -> Made:
        """Something that runs."""
        return self.put(f"/proc/{number}/comm", f"{name[:15]}\n").put(f"/proc/{number}/maps", maps)

    def machine(
        self,
        *,
        environ: Mapping[str, str] = {},
        tools: Mapping[str, str] = {},
        modules: Sequence[str] = ("smartcard", "serial"),
        groups: Sequence[str] = (),
        **more: Any,
    ) -> Surroundings:
        """The machine as somebody finds it. ``tools``: what programs print, by name."""
        return Surroundings(
            root=self.root,
            environ=dict(environ),
            user="technician",
            groups=frozenset(groups),
            has_module=lambda name: name in modules,
            run=lambda arguments: tools.get(arguments[0], ""),
            **{"size": (80, 24), "now_ms": NOW_MS, **more},
        )
