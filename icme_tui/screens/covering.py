"""A compositor that does not cut what lies in front of a hidden edge.

Textual cuts every line of the screen wherever a widget begins or ends, also one that lies hidden behind
another. A wide character that stands across such an edge falls apart into two blanks. What reaches from one
side of the screen to the other hides every edge behind it, so those lines are not cut there.
"""

from __future__ import annotations

from textual._compositor import Compositor


class CoveringCompositor(Compositor):
    """Cuts a line only at the edges that can be seen."""

    @property
    def cuts(self) -> list[list[int]]:
        """For every line its columns where a widget in sight begins or ends, and both ends of the line."""
        if self._cuts is not None:
            return self._cuts
        width, height = self.size
        found = [{0, width} for _line in range(height)]
        is_covered = [False] * height
        for region, clip in self.visible_widgets.values():  # the front ones first
            seen = region.intersection(clip)
            for y in seen.line_range:
                if seen.width and not is_covered[y]:
                    found[y].update((seen.x, seen.right))
                    is_covered[y] = seen.width == width
        self._cuts = [sorted(line) for line in found]
        return self._cuts
