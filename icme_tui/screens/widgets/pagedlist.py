"""Lists."""

from __future__ import annotations

from icme_tui.screens.actions import Action


class PagedList:
    ACTIONS: tuple[Action, ...] = ()
