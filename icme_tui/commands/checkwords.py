"""Sentences of accounts and of the check of a station."""

from __future__ import annotations

from icme_tui.commands.words import N_

SYSTEM: dict[str, str] = {
    "ADMIN_ONLY": N_("Only an admin of this station can do this."),
    "CHAIN_GAPS": N_("{facts} facts, all right. Gaps: {gaps}; earlier bundles of a venue are missing."),
    "CHAIN_GOOD": N_("{facts} facts: every hash and every chain is right."),
    "CHAIN_FORKS": N_(
        "{facts} facts. Places with two histories: {forks}. Decide which counts: icme fork list."
    ),
    "CHAIN_WRONG": N_(
        "{facts} facts: {wrong} things are wrong. Change nothing, and keep a copy of the home folder."
    ),
    "CLOCK_SYNCED": N_("The clock is kept right by the network."),
    "CLOCK_UNSYNCED": N_("Nothing keeps this clock right. Compare it with a watch before each session."),
    "CLOCK_WRONG": N_("The clock is wrong. Set it before anybody swipes."),
    "FILE_GOOD": N_("The file of the store is sound."),
    "LIBRARY_GOOD": N_("SQLite {version}."),
    "LIBRARY_OLD": N_("SQLite {version} may damage a store. Install what requirements.lock names."),
    "LISTS_DIFFER": N_("{rows} rows differ from the facts. 'icme journal rebuild' makes them agree."),
    "LISTS_GOOD": N_("All lists agree with the facts."),
    "OPERATOR_EXISTS": N_("There is an operator {operator} already. Choose another name."),
    "PASSWORD_SAME": N_("This is the old password. Choose another one."),
    "READER_TWICE": N_("{address} is named already."),
    "RIGHTS_GOOD": N_("Nobody else may read the home folder."),
    "RIGHTS_OPEN": N_("Others may read {file}. Close it with: chmod -R go= on the home folder."),
    "ROLE_UNKNOWN": N_("There is no role '{role}'. There are: {known}."),
    "ROOM_GOOD": N_("{free} MB are free."),
    "ROOM_LOW": N_("Only {free} MB are free. Make room before the next session."),
}

CHECKS: dict[str, str] = {
    "journal": N_("Journal"),
    "lists": N_("Lists"),
    "file": N_("Store"),
    "room": N_("Disk"),
    "rights": N_("Access"),
    "clock": N_("Clock"),
    "backup": N_("Backup"),
    "library": N_("Library"),
}

STATES: dict[str, str] = {"good": N_("good"), "warn": N_("look"), "bad": N_("bad")}

ROLES: dict[str, str] = {
    "admin": N_("admin"),
    "operator": N_("operator"),
    "removed": N_("being removed"),
}
