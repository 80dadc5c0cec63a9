"""Reason code → a sentence for people: what happened, where, and what to do next.

Braces name values of the error's ``detail``; a value that is missing is shown as ``?``. Reasons that stand
in a column of a table beside what they are about are short.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from icme_tui.clock import parse_utc
from icme_tui.commands import (
    backupwords,
    cardwords,
    checkwords,
    decidingwords,
    doctorwords,
    doorwords,
    drivewords,
    exchangewords,
    keywords,
    linewords,
    pcscwords,
    peoplewords,
    rosterwords,
)
from icme_tui.commands.moments import show_moment
from icme_tui.commands.systemwords import reason_words
from icme_tui.commands.words import N_, _

_PROGRAM = {
    "DEMO_TERMINAL": N_("--office and --fresh need a terminal; without one only the round trip runs."),
    "DEMO_FAILED": N_("The demonstration came to a stop at: {step}. Please report it."),
    "DEMO_FOLDER": N_("{folder} holds something already. Give the demonstration an empty folder."),
    "DEMO_PEOPLE": N_("A demonstration has from {least} to {most} people."),
    "DEMO_ROSTER": N_("The roster of the demonstration, {file}, is missing. It is part of the source tree."),
    "CONFIRM_NEEDED": N_(
        "This asks for a yes and there is no terminal. Run it from a terminal, or use --yes."
    ),
    "LOCKED": N_("The screen is locked. Log in first."),
    "TERMINAL_DUMB": N_(
        "This terminal can only show lines, so there is no full-screen program on it. 'icme --help' lists the"
        " commands, which do the same."
    ),
    "INTERNAL": N_("The program made a mistake ({kind}); nothing more was done. Where it happened: {file}."),
    "INTERRUPTED": N_("Stopped. What was already recorded stays recorded."),
    "NO_HOME": N_(
        "There is no station in {home}. Make one with 'icme init', restore one with 'icme restore', or name"
        " its folder with --home."
    ),
    "PASSWORD_DIFFERS": N_("The two passwords differ. Start again."),
    "PASSWORD_FILE": N_("The password cannot be read from {file}: {reason}."),
    "PASSWORD_FILE_OPEN": N_("Others may read the password file {file}. Close it with: chmod 600 {file}"),
    "PASSWORD_NEEDED": N_(
        "A password is needed. Type it at a terminal, or name a file with --password-file."
    ),
    "NOT_TEXT": N_("A part of the command line is not text in the encoding of this terminal."),
    "SYSTEM": N_("The system refused: {reason} ({file})."),
    "TIME_BAD": N_("'{given}' is no moment. Write it like 2026-09-25T08:30."),
}

_STORE = {
    "STORE_BUSY": N_("Another program is writing to this store. Close it, then try again."),
    "STORE_DAMAGED": N_(
        "The store is damaged. Change nothing, and restore the newest backup: icme restore --replace FILE"
    ),
    "STORE_EXISTS": N_("There is a store already: {path}. Choose another folder."),
    "STORE_FAULT": N_("The store cannot do this: {error}."),
    "STORE_FULL": N_("The disk is full. Nothing was recorded. Make room, then try again."),
    "STORE_KEY": N_(
        "The store {path} does not open with the key in keyring.toml: its beginning is damaged, or they are"
        " of different stations. Change nothing, and restore the newest backup: icme restore --replace FILE"
    ),
    "STORE_READ_ONLY": N_(
        "The home folder cannot be written, and every command has to. Give its owner the right to write, or"
        " move it to a disk that can be written."
    ),
    "STORE_MISSING": N_("The store is gone: {path}. Restore the newest backup: icme restore --replace FILE"),
    "STORE_NEWER": N_(
        "The store was made by a newer version (form {found}, known here {known}). Update icme."
    ),
    "STORE_PLAIN": N_("The store {path} is not encrypted, so it is not opened."),
    "CODES_EXHAUSTED": N_("This station has no codes left for {kind}."),
    "CODE_BAD": N_("'{given}' is no code for a station. Use up to 16 of A-Z, 0-9 and '-', such as V0007."),
    "CONFIG_BAD": N_("{file} cannot be used, or does not belong to this store. Restore it from a backup."),
    "DOMAIN_BAD": N_("'{given}' is no name of a deployment. Write it like a host name: cme.example"),
    "FACT_BAD": N_("This cannot be recorded: a value has a form that nobody could read back."),
    "HOME_EXISTS": N_("There is a station in {home} already. Choose another folder with --home."),
    "HOME_UNSAFE": N_("The disk of {home} keeps no access rights. Move the folder, or use --unsafe-home."),
    "KEYRING_BAD": N_("The keyring is damaged. Restore the newest backup: icme restore --replace FILE"),
    "KEYRING_MISSING": N_(
        "The keyring is gone, and without it no password opens the store. Restore a backup: icme restore"
        " --replace FILE"
    ),
    "LOGIN_REFUSED": N_("No such operator here, or the wrong password. The attempt was noted."),
    "NAME_BAD": N_("'{given}' is no name. Use one line of at most 100 characters."),
    "OPERATOR_BAD": N_("'{given}' is no name for an operator. Use up to 32 of a-z, 0-9 and '.', '_', '-'."),
    "OPERATOR_NEEDED": N_("There are several operators: {operators}. Say who acts with --operator NAME."),
    "PASSWORD_WEAK": N_("A new password has at least {least} characters."),
    "RECOVERY_EXISTS": N_("{file} exists already and is not overwritten. Choose another file."),
}

_FILES = {
    "FOLDER_MISSING": N_("There is no folder {folder}. Is the stick put in and mounted?"),
    "FILE_MISSING": N_("There is no file {file}."),
    "FILE_NOT_REGULAR": N_("{file} is a link, a folder or a device, not a file. Name the file itself."),
    "FILE_NOT_TEXT": N_("{file} is not a text file."),
    "FILE_TOO_LARGE": N_("{file} is larger than {limit} bytes, so it is not read."),
    "FILE_UNREADABLE": N_("{file} cannot be read: {reason}."),
    "STICK_FAILED": N_("{file} could not be written: {reason}. Try another stick."),
    "STICK_FULL": N_("There is no room for {file}. Delete something, or take another stick."),
    "STICK_MISSING": N_("The folder for {file} is not there. Is the stick put in and mounted?"),
    "STICK_READ_BACK": N_("{file} did not read back as it was written. Do not use this stick any more."),
    "STICK_READ_ONLY": N_("{file} may not be written: {reason}. Is the stick locked?"),
}

_BUNDLES = {
    "ALREADY_TAKEN": N_("An older pack that was taken in before; a newer one is in force."),
    "DIGITS_NOT_CONFIRMED": N_(
        "Nobody has said that the digits are the same, so the venue is not admitted. Compare them, then"
        " answer with y."
    ),
    "ENROLMENT_REQUEST": N_(
        "{file} is a venue's request to be admitted, not a bundle. At the office: icme enroll {file}"
    ),
    "NOT_A_BUNDLE": N_("{file} is no bundle. Name the files that end in .cmeb, or the folder of the stick."),
    "OTHER_DEPLOYMENT": N_("This is for another deployment, {theirs}; ours is {ours}."),
    "AFTER_NOT_ACCEPTED": N_("{file}, given with --after, was not accepted itself: {reason}."),
    "AUDIENCE": N_("This file is for another station. Give it to the one it names."),
    "CHAIN": N_("The facts do not fit together as the sender said. Ask the sender to export again."),
    "CIPHER_HASH": N_("The encrypted part has changed since it was signed. Ask the sender to export again."),
    "CLOCK_AHEAD": N_("The sender's clock was more than ten minutes ahead of ours."),
    "CONTAINER": N_("This is not a whole bundle: its outer form is damaged. Copy it again from the sender."),
    "COUNT": N_("The number of facts is not the one that was signed. Ask the sender to export again."),
    "BUNDLE_FAULT": N_(
        "The signature holds, but the program cannot deal with the lines of this file. It is kept in"
        " quarantine/: report it."
    ),
    "FORK": N_("The sender has two different histories. The office must decide which one counts."),
    "GAP": N_(
        "An earlier bundle of this sender is still missing. This one waits until that one is imported."
    ),
    "IDENTITY_BAD": N_("The file holds no age identity. Name the file with the line AGE-SECRET-KEY-…"),
    "INNER_MISMATCH": N_(
        "The inside belongs to another bundle than the outside. Ask the sender to export again."
    ),
    "KEY_BAD": N_("This is no sound Ed25519 key. Copy it again from where it was made."),
    "KEY_REVOKED": N_("This was signed with a key that is no longer believed."),
    "MANIFEST_BAD": N_("The manifest is not as it must be. Ask the sender to update and to export again."),
    "NOT_DECRYPTABLE": N_("This cannot be decrypted with our key. Ask the sender to export again for us."),
    "OK": N_("In order."),
    "PACK_KEYS": N_("The pack does not name the office's keys as it must. Ask the office to write it again."),
    "PLAIN_HASH": N_("The decrypted facts are not those that were signed. Ask the sender to export again."),
    "PLAIN_LEN": N_("The decrypted facts are longer or shorter than signed. Ask the sender to export again."),
    "RECEIPT_DIFFERS": N_("The office holds another history of this station than we do. A new epoch begins."),
    "RECIPIENT_BAD": N_("A recipient is no age key. Enrol that station again."),
    "REQUEST_MISMATCH": N_(
        "The pack answers another request than ours. Ask the office to enrol this venue anew."
    ),
    "REVOKED_BAD": N_("Line {line} of the file of revoked keys cannot be read."),
    "ROLLBACK": N_("This pack is not newer than the one in force. Ask the office for its newest pack."),
    "SCHEMA_NEWER": N_("This was made by a newer version of the program. Update icme, then import it again."),
    "SIG_BAD": N_(
        "The signature is not right: the file is damaged or forged. Copy it again from the sender."
    ),
    "SIG_NAMESPACE": N_("The key that signed this may not sign files of this kind."),
    "SIG_UNKNOWN_KEY": N_("The key that signed this is not enrolled here."),
    "SIG_WRONG_PRINCIPAL": N_("This says that it comes from {sender}, but another station's key signed it."),
    "STALE": N_("The pack is past its date. It is in use; ask the office for a newer one."),
    "TOO_LARGE": N_("Too much for one bundle ({member}: at most {limit} bytes). Export more often."),
    "TRUST_BAD": N_("Line {line} of the file of allowed signers cannot be read."),
    "TRUST_UNCONFIRMED": N_(
        "The office is not confirmed here, or its digits were typed wrong. Have it read them out, and type"
        " them in: screen Transfer, or 'icme trust DIGITS'."
    ),
    "DIGITS_DIFFER": N_("The digits differ from those of the key, {digits}. Do not go on: find out why."),
    "DIGITS_BAD": N_("A fingerprint has 30 digits, in 6 groups of 5; {digits} were typed."),
    "JOURNAL_BROKEN": N_("The journal of epoch {epoch} breaks off at {p}. Run 'icme journal verify'."),
    "KEY_TAKEN": N_("The key of {station} belongs to another station. Make the venue's home folder anew."),
    "NO_OFFICE_KEY": N_(
        "The office's key is not known yet. Type in its digits, then take in its first pack."
    ),
    "NO_STATION": N_("There is no station {station}. Enrol it first with 'icme enroll'."),
    "OFFICE_KNOWN": N_("This venue has its office already."),
    "OFFICE_ONLY": N_("Only an office can do this."),
    "REQUEST_BAD": N_("This is no sound enrolment request. Copy it again from the venue's outbox."),
    "STATIONS_USED_UP": N_("This office has no station numbers left."),
    "KEY_VERSIONS_USED_UP": N_(
        "{station} has been replaced too often to go on under this code. Give the new home folder a new code."
    ),
    "STATION_EXISTS": N_(
        "{station} is enrolled with another key. If it lost its key, enrol it with --replace."
    ),
    "STATION_REVOKED": N_("The key of {station} is revoked. Enrol the station anew first."),
    "VENUE_ONLY": N_("Only a venue can do this."),
}

_CARDS = {
    "ACCESS_BITS": N_("The access bits of this card contradict themselves. Take another card."),
    "ACCESS_DENIED": N_("The card does not allow this. It is not in the state that we left it in."),
    "ALL_HAVE_CARDS": N_("Everybody of {unit} and of the units below it has a card."),
    "NOBODY_IN_UNIT": N_(
        "Nobody belongs to {unit} or to a unit below it. 'icme unit list' shows the units and their people."
    ),
    "AUTH_REFUSED": N_("The card does not know our key. It belongs to another system or another office."),
    "BLANK": N_("A blank card."),
    "CANCELLED": N_("This card was cancelled."),
    "CARD_GONE": N_("The card was taken away too early. Hold it to the reader until the answer."),
    "CARD_IN_USE": N_("This card is issued already. Inspect it, or take a blank one."),
    "CARD_WORN": N_("All record numbers of this card are used up (at {number}). Replace the card."),
    "FOREIGN_CARD": N_("This card belongs to another system, and nothing is written to it."),
    "NOT_LINKED": N_("Card {uid} is linked to nobody."),
    "UID_BAD": N_("'{uid}' is no number of a card. It has 8, 14 or 20 hex digits, such as 04A1B2C3."),
    "HOLDER_BAD": N_("The holder's data on the card is damaged. Replace the card."),
    "IMAGE_BAD": N_("What was to be written to the card is incomplete. Issue the card anew."),
    "INCOMPLETE": N_("Issuing this card was cut short. Issue it to the same person again to finish it."),
    "ISSUER_UNKNOWN": N_("The card was issued by an office or station that is not known here."),
    "LAYOUT_NEWER": N_("The card was written by a newer version (layout {layout}). Update icme."),
    "MAD_BAD": N_("The directory of the card is damaged. Replace the card."),
    "NOT_AUTHENTICATED": N_("The card was addressed before it was unlocked. Present it again."),
    "NO_ISSUE_KEY": N_("This station has no key to issue cards. Ask the office for a pack that grants it."),
    "READER_IN_USE": N_("Another program is using the reader {reader}. End it there first."),
    "READER_ADDRESS": N_(
        "'{address}' names no reader. Examples: pcsc:, pn532:/dev/ttyUSB0, keyboard:, sim:cards."
    ),
    "READ_BACK": N_("The card did not keep what was written (block {block}). Present it again."),
    "SESSION_CODE": N_("The session code {session} cannot stand on a card. Codes look like S007000C."),
    "SIGNATURE_BAD": N_("The issuer's signature on the card is not right: the card may be a copy."),
    "SIM_EXISTS": N_("There is a simulated card named {card} already."),
    "SIM_NAME": N_("'{card}' is no name for a simulated card. Use letters, digits, '-' and '_'."),
    "SIM_UNKNOWN": N_("There is no simulated card named {card}. 'icme sim list' shows those there are."),
    "ACCEPTED_IN": N_("Welcome."),
    "ACCEPTED_OUT": N_("Goodbye."),
    "ALREADY_IN": N_("Already here."),
    "ALREADY_OUT": N_("Already left."),
    "BLOCKED": N_("This card is blocked. Send its holder to the desk."),
    "BY_UID": N_("Taken by its number only; nothing was written to the card."),
    "CARD_BEHIND": N_("The card shows an older state than before: it may be a copy."),
    "HAS_CARD": N_("{person} has a card already, number {number}. Replace it if it is lost."),
    "NO_CARD": N_("No card was put on the reader in time."),
    "NO_CARD_KEYS": N_("This venue has no keys for cards yet. Import its first pack from the office."),
    "NUMBERS_USED_UP": N_("This station has no card numbers left. Ask the office for a new pack."),
    "PUT_CARD_BACK": N_("Not finished: put the card back and leave it there."),
    "SIM_KIND": N_("There are no simulated cards of the kind '{kind}'. There are: {known}."),
    "SIM_TORN": N_("There is no way '{torn}' to cut a write. There are: {known}."),
    "UNKNOWN_CARD": N_("An empty card that was never issued."),
}

_ATTENDANCE = {
    "BELOW_STEP": N_("Less than the smallest part of a credit."),
    "CLASS_1_BELOW": N_("Too few credits of class I."),
    "CLASS_2_BELOW": N_("Too few credits of class II."),
    "DOUBLE_TAP": N_("The same card again within a minute; it counts once."),
    "HOURS_BELOW": N_("Too few hours of study."),
    "LINE_BAD": N_("A line that cannot be read; it is kept and has no effect."),
    "MAKEUP_OPEN": N_("Entered by hand; it counts after the office has confirmed it."),
    "NOT_ALLOWED": N_("Not this station's to decide; it is kept as a proposal to the office."),
    "NOT_HELD": N_("Not held yet."),
    "NO_IN": N_("Left without having come."),
    "NO_OUT": N_("Came and did not sign out."),
    "NO_RATE": N_("The rules give no credit for this kind of activity."),
    "OVER_PROJECT_CAP": N_("Over what one project may give."),
    "OVER_YEAR_CAP": N_("Over what one year may give."),
    "POLICY_INVALID": N_("The rules {name} are wrong at {key}: {why}."),
    "SHORT": N_("Stayed too short."),
    "TOO_EARLY": N_("Before the time for swipes."),
    "TOO_LATE": N_("After the time for swipes."),
    "TOTAL_BELOW": N_("Too few credits in all."),
    "TWO_VENUES": N_("In two sessions or at two venues at the same time; credited once, look into it."),
    "VENUE_VIEW": N_(
        "This is what the venue knows: not what happened elsewhere, and not everybody's employed title."
        " What counts is said by the office."
    ),
    "UNKNOWN_COURSE": N_("The course or session is not known yet; it counts when it arrives."),
    "UNKNOWN_POLICY": N_("There are no rules named {policy}. There are: {known}."),
    "CLOCK_BACK": N_("The clock of this machine was set back."),
    "CLOCK_GOOD": N_("The clock of this machine is right again."),
    "MARK_MISSING": N_("This machine has not seen this home folder before."),
    "OTHER_MACHINE": N_("The home folder came from another machine."),
    "POLICY_OUTSIDE_DATES": N_("The rules are used outside the years that they were made for."),
}

_COURSES = {
    "BEFORE_PACK": N_("This venue has no pack of its office yet: the office has to enter this too."),
    "COURSE_NOT_IN_PACK": N_(
        "The office does not know the course {course} ({title}), so nothing of it would count. Ask the office"
        " to make it, then import its next pack."
    ),
    "OFFICE_PLANS": N_(
        "Projects and courses are made by the office ({office}). Ask it to make this one, then import its"
        " next pack. Sessions of its courses can be made here."
    ),
    "BAD_CREDIT": N_("A course cannot give {credit_hundredths} hundredths of a credit."),
    "BAD_DAY": N_("'{day}' is no day. Write it like 2026-09-25."),
    "BAD_MINUTES": N_("{minutes} minutes do not fit here: from 1 to {most}."),
    "BAD_MODE": N_("There is no mode '{mode}'. There are: {known}."),
    "BAD_PERCENT": N_("{percent} is no share: from 1 to 100."),
    "DAYS_ORDER": N_("The project ends ({ends}) before it starts ({starts})."),
    "LECTURER_TWICE": N_("{person} stands twice among the lecturers."),
    "NO_COURSE": N_("There is no course {course}. 'icme course list' shows them."),
    "NO_PERSON": N_("There is no person {person}."),
    "NO_PROJECT": N_("There is no project {project}. 'icme project list' shows them."),
    "NO_SESSION": N_("There is no session {session}. 'icme session list' shows them."),
    "NO_SWIPES_OUT": N_("People do not sign out of the session {session}: coming is enough."),
    "SESSION_ALREADY_OPEN": N_("The session {session} was open here already."),
    "SESSION_NOT_OPEN": N_("The session {session} was not open here."),
    "SESSION_OVER": N_("The session {session} is over since {end}."),
    "SESSION_TO_COME": N_("The session {session} only begins at {start}."),
    "NO_UNIT": N_("There is no unit {unit}."),
    "NUMBER_TAKEN": N_("The project number {number} belongs to {project} already."),
    "OUTSIDE_PROJECT": N_("{day} lies outside the days of the project ({starts} to {ends})."),
    "SESSION_OVERLAP": N_("It overlaps with the session {session} ({title}) of the same course."),
    "SESSION_TOO_LONG": N_("A session of {minutes} minutes is longer than a day. Make one for each day."),
    "TIMES_ORDER": N_("The end ({end}) must come at least a minute after the start ({start})."),
    "TITLE_FORM": N_("A title is one line of at most {most} characters, without control characters."),
    "TITLE_NEEDED": N_("A title is needed."),
    "UNKNOWN_LEVEL": N_("There is no level '{level}'. There are: {known}."),
    "WINDOW_ORDER": N_("The time for swipes {way} closes ({closes}) before it opens ({opens})."),
    "WINDOW_OUTSIDE": N_("The time for swipes {way} ({opens} to {closes}) does not belong to this session."),
    "WINDOW_WITHOUT_OUT": N_("Times for swipes out need the mode in_out."),
}

_SHEETS = {
    "SHEET_BINARY": N_("{file} is no text. Save it from the spreadsheet program as xlsx or csv."),
    "SHEET_BROKEN": N_("{file} is damaged. Open it in the spreadsheet program and save it again."),
    "SHEET_EMPTY": N_("{file} is empty."),
    "SHEET_ENCODING": N_("{file} is neither UTF-8 nor GB18030. Save it as 'CSV UTF-8' or as xlsx."),
    "SHEET_ENCRYPTED": N_("{file} is protected with a password. Save it without one."),
    "SHEET_FORMAT": N_("{file} is {found}, whatever its name says. Save it as xlsx, xls, ods or csv."),
    "SHEET_MISSING": N_("There is no file {file}."),
    "SHEET_QUOTES": N_("A quotation mark in row {row} of {file} is never closed. Save the file as xlsx."),
    "SHEET_TOO_LARGE": N_("{file} is over {limit} {unit}. Split it, or delete what lies beside the table."),
    "SHEET_UNREADABLE": N_("{file} cannot be read: {reason}."),
}

PARTS = (
    _PROGRAM,
    _STORE,
    _FILES,
    _BUNDLES,
    _CARDS,
    _ATTENDANCE,
    _COURSES,
    _SHEETS,
    rosterwords.FILES,
    rosterwords.ROWS,
    doorwords.DOOR,
    peoplewords.PEOPLE,
    checkwords.SYSTEM,
    cardwords.CARDS,
    backupwords.BACKUP,
    drivewords.DRIVES,
    linewords.LINES,
    keywords.SENTENCES,
    decidingwords.DECIDING,
    pcscwords.PCSC,
    exchangewords.SENTENCES,
    doctorwords.DOCTOR,
)
"""The tables by what they speak of. No code stands in two: it would say one thing for another."""

SENTENCES: dict[str, str] = {code: sentence for part in PARTS for code, sentence in part.items()}  # fmt: skip


LONG_NUMBER = 100_000
"""From here on a number is told in groups of three digits."""

_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(item) for item in value)
    if isinstance(value, str) and _UTC.fullmatch(value):
        return _local(value)
    if type(value) is int and abs(value) >= LONG_NUMBER:
        return f"{value:,}"
    return "?" if value is None else str(value)


def _local(moment: str) -> str:
    """A moment as people type and read it, on the clock of the place."""
    try:
        return show_moment(parse_utc(moment))
    except (ValueError, OverflowError):
        return moment


def sentence(code: str, detail: Mapping[str, Any] | None = None) -> str:
    """The sentence of a code with its values filled in; for an unknown code, the code and its values."""
    template = SENTENCES.get(code)
    values = _Values({name: _as_text(value) for name, value in (detail or {}).items()})
    if "reason" in values:
        values["reason"] = reason_words(values["reason"])
    if template is None:
        listed = ", ".join(f"{name}: {value}" for name, value in values.items())
        return f"{code} ({listed})" if listed else code
    return _(template).format_map(values)
