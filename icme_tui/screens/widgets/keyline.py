"""The line at the bottom: the keys that work now, by the registry, in the language of the screen."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from icme_tui.commands.words import _
from icme_tui.screens.actions import key_name
from icme_tui.screens.widgets.plain import Plain


class KeyLine(Plain):
    """Repaints only when other keys work than before."""

    FIXED = True

    def __init__(self) -> None:
        super().__init__("", id="keys")

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda screen: self.renew())
        self.renew()

    def on_resize(self) -> None:
        self.renew()

    def renew(self) -> None:
        """The shown actions in order, as far as there is room; help and back keep their place."""
        if not self.is_attached:
            return
        found: dict[str, tuple[str, str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.id is not None:
                found.setdefault(binding.id, (key_name(binding.key), _(binding.description)))
        last = [found.pop(id_) for id_ in ("app.help", "app.back", "app.leave") if id_ in found]
        room = (self.size.width or 80) - sum(_width(pair) for pair in last)
        line = Text(no_wrap=True)
        for pair in found.values():
            room -= _width(pair)
            if room < 0:
                break
            _append(line, pair)
        for pair in last:
            _append(line, pair)
        self.show(line)


def _width(pair: tuple[str, str]) -> int:
    return cell_len(pair[0]) + cell_len(pair[1]) + 3


def _append(line: Text, pair: tuple[str, str]) -> None:
    key, label = pair
    line.append(f" {key}", style="bold reverse")
    line.append(f" {label} ")
