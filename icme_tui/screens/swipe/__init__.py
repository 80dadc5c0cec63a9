"""Screen 1: taking swipes at a session."""

from icme_tui.screens.swipe.screen import SwipeScreen

__all__ = ["SwipeScreen"]
