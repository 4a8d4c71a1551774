"""``python -m dashboard.cli.settings_page > docs/settings.md``: every setting, from the fields of Settings."""

from __future__ import annotations

from pydantic.fields import FieldInfo

from dashboard.cli.settings_flags import flag, is_secret
from dashboard.settings import Settings

HEAD = """# Settings

Every setting comes from the environment or, before it, from a flag of the command line
(`python -m dashboard serve --port 9000`). Secrets have no flag: others on the machine could read it.
This page is made from `dashboard/settings.py` by `make docs`; a test fails where it is out of date.

| Environment | Flag | Default | Meaning |
| --- | --- | --- | --- |
"""


def settings_page() -> str:
    """Give the page as Markdown."""
    return HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    shown_flag = "" if is_secret(field) else f"`{flag(name)}`"
    if field.annotation is bool:
        shown_flag += f", `--no-{name.replace('_', '-')}`"
    default = "" if field.default is None else f"`{field.default}`"
    return f"| `DASHBOARD_{name.upper()}` | {shown_flag} | {default} | {field.description} |\n"


if __name__ == "__main__":
    print(settings_page(), end="")
