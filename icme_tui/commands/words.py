"""Words for people: gettext with English msgids, in a language that is chosen while the program runs.

``_`` translates where it is called. A sentence that is written down before the language is known, in a
table at the top of a module, is marked with ``N_`` there and given to ``_`` where it is shown.
"""

from __future__ import annotations

import gettext
from pathlib import Path

DOMAIN = "icme"
LOCALE = Path(__file__).parent.parent / "locale"

LANGUAGES = {"en": "English", "zh_CN": "中文"}
"""What there is, each in its own words."""

_chosen = "en"
_translations = gettext.NullTranslations()


def use(language: str) -> None:
    """From now on speak ``language``, one of ``LANGUAGES``; English where its catalogue is missing."""
    global _chosen, _translations
    _chosen = language if language in LANGUAGES else "en"
    _translations = (
        gettext.NullTranslations()
        if _chosen == "en"
        else gettext.translation(DOMAIN, LOCALE, [_chosen], fallback=True)
    )


def language() -> str:
    """The language that is spoken."""
    return _chosen


def _(message: str) -> str:
    """The message in the chosen language."""
    return _translations.gettext(message) if message else ""


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a message that fits ``n`` things."""
    return _translations.ngettext(one, many, n)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Marks a message that is translated later, where it is shown."""
    return message
