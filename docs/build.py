"""Write the pages that follow from porter's own data: ``make docs``."""

from __future__ import annotations

from pathlib import Path

from porter.report.rule import rule_page, rules_page
from porter.rules import load_rules

FOLDER = Path(__file__).resolve().parent / "rules"


def pages() -> dict[str, str]:
    """The text of each page in docs/rules/ by its file name."""
    rules = load_rules()
    return {"README.md": rules_page(rules), **{f"{name}.md": rule_page(rule) for name, rule in rules.items()}}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for page in FOLDER.glob("*.md"):
        page.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
