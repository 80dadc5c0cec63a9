"""Sentences of ``icme doctor``: what each finding means. What to type against it belongs to the finding."""

from __future__ import annotations

from icme_tui.commands.checkwords import CHECKS as STATION_CHECKS
from icme_tui.commands.words import N_, _

DOCTOR: dict[str, str] = {
    "BRLTTY_ABSENT": N_("No program for Braille displays takes serial readers."),
    "BRLTTY_TAKES": N_(
        "brltty takes {name} for a Braille display, and the port vanishes. It serves blind people: ask"
        " before you switch it off."
    ),
    "CCID_MISSING": N_("The driver of USB readers (libccid) is missing."),
    "CCID_THERE": N_("The driver of USB readers is installed."),
    "CHECK_BROKE": N_("This check could not be made ({why})."),
    "ESCAPES_PASS": N_("The driver lets the program beep and set the reader."),
    "ESCAPES_REFUSED": N_(
        "The driver keeps commands from the reader while no card lies there, so it may beep by itself, look"
        " for cards only twice a second and take cards that are two in one for foreign ones."
    ),
    "FIRMWARE_REFUSED": N_("The driver refuses {name}: its firmware {version} is known to be faulty."),
    "HOME_GOOD": N_("The home folder is {home}."),
    "HOME_NONE": N_("There is no home folder here, so only the machine was checked."),
    "HOME_UNREADABLE": N_("The home folder cannot be read: {why}."),
    "KEYRING_GOOD": N_("The keyring can be read; accounts: {operators}."),
    "LETTERS_NOT_UTF8": N_("The locale is {locale}: names cannot be shown or typed. Set one with UTF-8."),
    "LETTERS_UTF8": N_("Chinese can be shown and typed ({locale})."),
    "MACHINE_CLOCK_ALONE": N_("Nothing keeps the machine's clock right. Compare it with a watch."),
    "MACHINE_CLOCK_KEPT": N_("The network keeps the machine's clock right."),
    "MACHINE_CLOCK_LOST": N_("The machine's clock has lost its time. Set it before anybody swipes."),
    "MODEMS_ABSENT": N_("No program tries serial ports for modems."),
    "MODEMS_TOLD": N_("ModemManager leaves the reader's port alone."),
    "MODEMS_TRIED": N_("ModemManager sends commands for modems to serial ports, which disturbs the reader."),
    "NOT_LINUX": N_("This applies to Linux only."),
    "NO_PCSC_READER": N_("No PC/SC reader is named here (pcsc:) or plugged in."),
    "NO_SERIAL_READER": N_("No serial reader is named here (pn532:) or plugged in."),
    "PCSC_ALONE": N_("No other program takes cards."),
    "PCSC_ELSEWHERE": N_("The smart card service of another machine is used; its rules count there."),
    "PCSC_MISMATCH": N_(
        "The service runs ({version}) and does not understand this program: its PC/SC library is of another"
        " version. Use the system's own."
    ),
    "PCSC_NOT_INSTALLED": N_("The smart card service (pcscd) is not installed."),
    "PCSC_NOT_HEARD": N_("{socket} is there, and nobody seems to listen at it."),
    "PCSC_OTHERS": N_(
        "Other programs use readers too and may hold or reset a card: {names}. Close them if cards are"
        " refused."
    ),
    "PCSC_OTHER_SOCKET": N_("The smart card service is reached by {socket}, as over SSH."),
    "PCSC_OWN_LIBRARY": N_(
        "Python comes from {what} and may bring a PC/SC library that does not match the service"
        " ({version}). Use the system's Python if readers are not found."
    ),
    "PCSC_RUNS": N_("The smart card service is there ({version})."),
    "PCSC_SOCKET_GONE": N_(
        "PCSCLITE_CSOCK_NAME names {socket}, and nothing is there. Connect again over SSH."
    ),
    "PCSC_STOPPED": N_("The smart card service does not run."),
    "PN533_FREE": N_("The kernel leaves card readers to the service."),
    "PN533_HOLDS": N_("The kernel's NFC driver holds {name}, so the service cannot use it."),
    "POLKIT_AT_SEAT": N_("Whoever sits at this machine may use readers."),
    "POLKIT_BLIND": N_("/proc hides other people's programs, so polkit cannot see who asks and refuses."),
    "POLKIT_GROUP": N_("The rule lets in the group {group}, and you are not in it. Log in again afterwards."),
    "POLKIT_HALF": N_("The rule lets you reach the service and not the card. It has to name both actions."),
    "POLKIT_NOT_ASKED": N_("The smart card service asks nobody for permission: it works over SSH too."),
    "POLKIT_REFUSES": N_(
        "Over SSH and in services polkit refuses readers. A rule for a group lets them in; log in again"
        " afterwards."
    ),
    "POLKIT_ROOT": N_("root may use readers everywhere."),
    "POLKIT_RULE": N_("A rule lets you use readers over SSH too."),
    "POLKIT_UNREADABLE": N_(
        "You are not at this machine's own screen, and the rules in {folder} cannot be read. If readers are"
        " refused, make this rule."
    ),
    "PYSCARD_MISSING": N_("Readers named pcsc: need pyscard, which is not installed."),
    "PYSCARD_THERE": N_("pyscard is installed."),
    "PYTHON_GOOD": N_("Python {version}."),
    "PYTHON_OLD": N_("Python {version} is too old: 3.11 or newer is needed."),
    "READER_ANSWERS": N_("{name} answers."),
    "READER_COPY": N_("{name} says it is an ACR122U and is not: such copies often see no card. Replace it."),
    "READER_HANGS": N_("The reader gave no answer in {seconds} seconds. Unplug it and plug it in again."),
    "READER_MODE": N_(
        "{name} does not look for cards as it is told: cards that are two in one may be taken for foreign"
        " ones, and it looks only twice a second. Plug it in again; if this stays, replace it."
    ),
    "READER_NOT_PLUGGED": N_("No card reader is plugged into the USB."),
    "READER_PLUGGED": N_("Plugged in: {names}."),
    "READER_SIMULATED": N_("A simulated reader: nothing to check."),
    "READER_SLEEPS": N_("The USB has sent {name} to sleep, so it may miss cards."),
    "SERIAL_GONE": N_("There is no {port}. Plug the reader in, or name the port where it is now."),
    "SERIAL_GROUP": N_(
        "{port} is open to the group {group}, and you are not in it. Log in again afterwards."
    ),
    "SERIAL_OPENS": N_("You may open {ports}."),
    "SERIAL_PROMPT": N_("The serial bridge hands over at once."),
    "SERIAL_WAITS": N_("{port} waits {ms} ms before it hands over an answer: each swipe takes longer."),
    "STATION_CLOSED": N_(
        "The store was not opened. With --login, or with a password file, it is checked too."
    ),
    "STICK_IN_TABLE": N_("Sticks are mounted by a line of /etc/fstab."),
    "STICK_MOUNTED": N_("A stick is mounted at {folder}."),
    "STICK_MOUNTS": N_("A stick that is put in can be mounted."),
    "STICK_REMOTE": N_(
        "Over SSH a stick is mounted with root's password only. Make the rule, or take the line for"
        " /etc/fstab."
    ),
    "STICK_RULE": N_("A rule lets you mount sticks over SSH too."),
    "TERMINAL_CONSOLE": N_("A bare console of {columns} by {rows}: no Chinese letters, names in pinyin."),
    "TERM_DUMB": N_("The terminal ({kind}) cannot show screens. Commands work."),
    "TERMINAL_GOOD": N_("{kind}, {columns} by {rows}, {colours} colours."),
    "TERMINAL_NONE": N_("There is no terminal here."),
    "TERMINAL_SMALL": N_(
        "The terminal has {columns} by {rows} cells; screens need 80 by 24. Make it larger."
    ),
    "STICKS_UNMOUNTED": N_("Nothing mounts sticks here. Install udisks2, or take the line for /etc/fstab."),
}

CHECKS: dict[str, str] = {
    "terminal": N_("Terminal"),
    "letters": N_("Letters"),
    "python": N_("Python"),
    "machine-clock": N_("Time kept"),
    "usb-reader": N_("USB reader"),
    "pn533": N_("Kernel"),
    "pcsc-driver": N_("Driver"),
    "pcsc-service": N_("PC/SC"),
    "pcsc-access": N_("Permission"),
    "pcsc-library": N_("pyscard"),
    "pcsc-protocol": N_("Versions"),
    "pcsc-others": N_("Others"),
    "serial-port": N_("Serial"),
    "brltty": N_("Braille"),
    "modemmanager": N_("Modems"),
    "serial-latency": N_("Latency"),
    "stick": N_("Stick"),
    "home": N_("Home"),
    "keyring": N_("Keyring"),
    "station": N_("Station"),
}

LEVELS: dict[str, str] = {"ok": N_("good"), "warn": N_("look"), "fail": N_("bad"), "skipped": "-"}


def name_of(check: str) -> str:
    """What people call a check. That of a reader is its address."""
    known = {**STATION_CHECKS, **CHECKS}.get(check)
    return _(known) if known else check.removeprefix("reader ")


def level_of(level: str) -> str:
    """``good``, ``look``, ``bad`` or a dash, translated."""
    return _(LEVELS[level]) if level != "skipped" else LEVELS[level]
