"""Rosters: people and their departments from a spreadsheet into the registry."""

from __future__ import annotations

from icme_tui.operations.roster.applying import Applied, apply
from icme_tui.operations.roster.papers import template, write_back
from icme_tui.operations.roster.plan import Absent, Change, Entry, Finding, RosterPlan
from icme_tui.operations.roster.planning import plan_import

__all__ = [
    "Absent",
    "Applied",
    "Change",
    "Entry",
    "Finding",
    "RosterPlan",
    "apply",
    "plan_import",
    "template",
    "write_back",
]
