"""What typer says of command lines, in the language that is spoken.

Typer has its own words for what is wrong with a command line, some through gettext and some not. Both are
messages of our catalogue; here are those that no module of ours says.
"""

from __future__ import annotations

import gettext
import os
import re
from typing import Any

import typer

from icme_tui.commands.words import DOMAIN, LOCALE, N_, _, language

_VALUE = r"Invalid value for (?P<name>.*?): "

_FORMS = tuple(
    (re.compile(pattern), message)
    for pattern, message in (
        (r"No such option: (?P<name>\S+)", N_("No such option: {name}")),
        (r"No such option: (?P<name>\S+) \(Possible options: (?P<known>.*)\)",
         N_("No such option: {name}. There are: {known}")),
        (r"Missing argument (?P<name>.*?)\.(?: .*)?", N_("The argument {name} is missing.")),
        (r"Missing option (?P<name>.*?)\.(?: .*)?", N_("The option {name} is missing.")),
        (r"Missing command\.", N_("Missing command.")),
        (r"No such command (?P<name>.*)\.", N_("No such command {name}.")),
        (r"Got unexpected extra argument\(s\) \((?P<given>.*)\)", N_("Too many arguments: {given}")),
        (r"Option (?P<name>.*) does not take a value\.", N_("The option {name} takes no value.")),
        (r"Option (?P<name>.*) requires .*", N_("The option {name} needs a value.")),
        (_VALUE + r"(?:Value error, )?(?P<given>'.*') is not one of (?P<known>.*)\.",
         N_("{given} does not fit {name}. There are: {known}")),
        (_VALUE + r"Input should be greater than or equal to (?P<least>\S+)",
         N_("The value for {name} must be at least {least}.")),
        (_VALUE + r"Input should be less than or equal to (?P<most>\S+)",
         N_("The value for {name} must be at most {most}.")),
        (_VALUE + r"Input should be a valid (?:integer|number).*",
         N_("The value for {name} must be a number.")),
        (_VALUE + r"(?P<why>.*)", N_("The value for {name} does not fit: {why}")),
    )
)  # fmt: skip
"""What typer says, as a pattern, and what we say instead."""

_BY_GETTEXT = (
    N_("Arguments"), N_("Options"), N_("Commands"), N_("required"), N_("default: {default}"), N_("(dynamic)"),
    N_("env var: {var}"), N_("Aborted!"), N_("No such command {name!r}."), N_("Show this message and exit."),
)  # fmt: skip
"""What typer gives to gettext itself, and the help of --help."""


class SpokenFormatter(typer.Context.formatter_class):  # type: ignore[misc,valid-type]
    """Puts help together with our words."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or _("Usage: "))

    def write_dl(self, rows: Any, *arguments: Any, **how: Any) -> None:
        translated = [(first, _(second) if second in _BY_GETTEXT else second) for first, second in rows]
        super().write_dl(translated, *arguments, **how)


class SpokenContext(typer.Context):
    """The context of every command."""

    formatter_class = SpokenFormatter


def speak() -> None:
    """Let what typer gives to gettext be said in the language that is spoken."""
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)


def usage_message(wrong: Any) -> str:
    """What is wrong with a command line, of a ``typer.TyperException``."""
    told = str(wrong.format_message())
    for pattern, message in _FORMS:
        if found := pattern.fullmatch(told):
            return _(message).format(**found.groupdict())
    return told


def usage_text(wrong: Any) -> str:
    """The whole of what is printed: how the command is used, where help is, what is wrong."""
    context = getattr(wrong, "ctx", None)
    lines = []
    if context is not None:
        lines.append(context.get_usage())
        lines.append(_("Try '{command} --help' for help.").format(command=context.command_path) + "\n")
    lines.append(_("Error: {message}").format(message=usage_message(wrong)))
    name = getattr(wrong, "option_name", "")
    if context is not None and name and context.parent is not None:
        top = context.find_root()
        if any(name in option.opts for option in top.command.params):
            told = _("{name} belongs before the command: {program} {name} ... {command}")
            command = context.command_path.removeprefix(f"{top.command_path} ")
            lines.append(told.format(name=name, program=top.command_path, command=command))
    return "\n".join(lines)
