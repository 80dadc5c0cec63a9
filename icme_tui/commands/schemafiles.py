"""Writes the published JSON schemas: ``python -m icme_tui.commands.schemafiles exports/schema``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from icme_tui.operations.schemas import schemas


def files() -> dict[str, str]:
    """{name of a file: its text}."""
    return {
        f"{name}.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas().items()
    }


def main(folder: Path) -> None:
    """Write all of them; a schema of a kind that is no more is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    made = files()
    for path in folder.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
