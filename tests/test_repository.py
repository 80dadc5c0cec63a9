"""What holds for the repository as a whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import icme_tui

ROOT = Path(__file__).parent.parent
BINARY = {".xlsx", ".xls", ".ods", ".cmeb", ".enrol", ".age", ".png", ".gz", ".db", ".mct", ".bin"}


def tracked() -> list[Path]:
    """Every file that git would hand on, or every file of the tree where there is no git."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]


def texts() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), path.read_bytes().decode("utf-8", "replace"))
        for path in tracked()
        if path.suffix not in BINARY
    ]


# A class of one letter keeps each pattern from matching itself.
ADDRESS = re.compile(
    r"(?i)(py[p]i\.org|python[h]osted\.org|registry\.npm[j]s|deb\.debian\.[o]rg|--(extra-)?index-[u]rl\b"
    r"|--find-[l]inks\b|file:[/]/)"
)
MACHINE = re.compile(r"(?<![\w.])/(?:wo[r]k|ro[o]t|hom[e]/[a-z]+|op[t]/pypi|tm[p]/v)(?:/|\b)")
SECRET = re.compile(r"-----BEGIN (?:OPENSSH |EC |RSA )?PRIVATE [K]EY-----|AGE-SECRET-KEY-[1][A-Z0-9]{50}")


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        (ADDRESS, "--index-" + "url https://x"),
        (ADDRESS, "https://files.python" + "hosted.org/packages"),
        (MACHINE, "see /wo" + "rk/main"),
        (SECRET, "AGE-SECRET-" + "KEY-1" + "Q" * 58),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], sample: str) -> None:
    assert pattern.search(sample)


def test_no_registry_is_named() -> None:
    allowed = {"Makefile"}  # tells pip-compile to leave the addresses out
    assert [name for name, text in texts() if name not in allowed and ADDRESS.search(text)] == []


def test_no_path_of_a_machine_is_named() -> None:
    assert [name for name, text in texts() if MACHINE.search(text)] == []


def test_no_private_key_outside_the_test_vectors() -> None:
    assert [
        name for name, text in texts() if not name.startswith("exports/vectors/keys/") and SECRET.search(text)
    ] == []


def test_no_rest_of_unfinished_work() -> None:
    unfinished = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|raise NotImplemented[E]rror)\b")
    code = [(name, text) for name, text in texts() if name.endswith(".py")]
    assert [name for name, text in code if unfinished.search(text)] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-pcsc.lock"])
def test_every_locked_requirement_has_hashes_and_nothing_else(lock: str) -> None:
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert entries
    for entry in entries:
        assert re.fullmatch(
            r"[a-z0-9][a-z0-9._-]*==[^\s=]+(\s*;[^-]+)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", entry
        ), entry


def locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([a-z0-9][a-z0-9._-]*)==([^\s\\;]+)", (ROOT / lock).read_text()))


def project() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def test_the_locks_agree_and_cover_what_the_project_names() -> None:
    run, development = locked("requirements.lock"), locked("requirements-dev.lock")
    assert run.items() <= development.items()
    data = project()["project"]
    assert isinstance(data, dict)

    def name(requirement: str) -> str:
        return re.split(r"[<>=~! \[;]", requirement)[0].lower().replace("_", "-")

    assert {name(each) for each in data["dependencies"]} <= run.keys()
    assert {name(each) for each in data["optional-dependencies"]["dev"]} <= development.keys()
    assert {name(each) for each in data["optional-dependencies"]["pcsc"]} == locked(
        "requirements-pcsc.lock"
    ).keys()
    textual = [each for each in data["dependencies"] if each.startswith("textual")]
    assert textual == [f"textual=={run['textual']}"]


def test_the_floors_are_held_by_a_contract() -> None:
    linter = project()["tool"]["importlinter"]  # type: ignore[index]
    floors = next(contract for contract in linter["contracts"] if contract["id"] == "floors")
    assert floors["exhaustive"] is True
    assert [layer.split()[0] for layer in floors["layers"]] == [
        "cli", "app", "screens", "commands", "terminal", "operations", "station", "home", "store", "durable",
        "cards", "facts", "utc",
    ]  # fmt: skip
    doors = {contract["id"] for contract in linter["contracts"]}
    assert {"floor-6", "no-front-end", "pure", "door-store", "door-age", "door-sheets", "door-typer"} <= doors
    assert "door-pcsc" in doors


def test_data_files_lie_inside_the_package() -> None:
    data = [name for name, _text in texts() if name.startswith("icme_tui/") and not name.endswith(".py")]
    assert any(name.endswith(".toml") for name in data)


def test_the_version_is_that_of_the_package_and_stands_in_the_changelog() -> None:
    assert project()["tool"]["hatch"]["version"]["path"] == "icme_tui/__init__.py"  # type: ignore[index]
    assert re.fullmatch(r"\d+\.\d+\.\d+", icme_tui.__version__)
    headings = re.findall(r"(?m)^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert headings[0] == "Unreleased" or headings[0] == icme_tui.__version__


def test_the_page_of_commands_is_up_to_date() -> None:
    from icme_tui.commands.manual import manual

    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == manual(), "run: make docs"


def test_every_command_tells_its_json() -> None:
    from icme_tui.commands.manual import leaves

    assert [path for path, command in leaves() if not command.json_keys or not command.help] == []


def test_links_between_pages_lead_somewhere() -> None:
    link = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
    broken = [
        f"{path.relative_to(ROOT)} → {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in link.findall(path.read_text(encoding="utf-8"))
        if not target.startswith(("http://", "https://", "mailto:")) and not (path.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_every_page_is_reached_from_both_readmes(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    pages = [f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")]
    pages += ["exports/README.md", "exports/FORMAT.md", "CHANGELOG.md", "LICENSE"]
    assert [name for name in pages if f"]({name})" not in text] == []


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()
    assert "set -euo pipefail" in script.read_text()
