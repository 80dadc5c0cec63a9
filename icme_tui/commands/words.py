"""Words for people: gettext with English msgids."""

from __future__ import annotations

import gettext
from pathlib import Path

_translations = gettext.translation("icme", Path(__file__).parent.parent / "locale", fallback=True)

_ = _translations.gettext
ngettext = _translations.ngettext
