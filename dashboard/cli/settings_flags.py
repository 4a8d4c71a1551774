"""A flag for every setting, made from the fields of Settings, so that the two cannot drift apart."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from typing import Any, get_args

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from core.errors import InvalidRequest
from dashboard.settings import Settings

EVERY_SETTING = frozenset(Settings.model_fields)
_PREFIX = "setting_"


def add_settings_flags(parser: argparse.ArgumentParser, shown: Collection[str], without: Collection[str] = ()) -> None:
    """Add ``--run-slots`` for ``run_slots`` and so on; the help lists only those that matter to the command.

    A setting in ``without`` gets no flag at all, as the command would not heed it.
    Secrets get none either: everybody on the machine can read the arguments of a process.
    """
    group = parser.add_argument_group("settings", "each also from the environment, as DASHBOARD_ and its name")
    for name, field in Settings.model_fields.items():
        if is_secret(field) or name in without:
            continue
        options: dict[str, Any] = {
            "dest": _PREFIX + name,
            "default": None,
            "help": _help(field) if name in shown else argparse.SUPPRESS,
        }
        if field.annotation is bool:
            options["action"] = argparse.BooleanOptionalAction
        else:
            options["metavar"] = "VALUE"
        group.add_argument(flag(name), **options)


def flag(name: str) -> str:
    """The flag of a setting.

    Examples
    --------
    >>> flag("run_slots")
    '--run-slots'
    """
    return "--" + name.replace("_", "-")


def is_secret(field: FieldInfo) -> bool:
    """Whether the setting must not be seen by others."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def read_settings(arguments: argparse.Namespace) -> Settings:
    """Settings from the environment, with the given flags before it.

    Raises
    ------
    InvalidRequest
        With one sentence a setting that is out of bounds.
    """
    given = {
        name.removeprefix(_PREFIX): value
        for name, value in vars(arguments).items()
        if name.startswith(_PREFIX) and value is not None
    }
    try:
        return Settings(**given)
    except ValidationError as error:
        problems = [
            f"{flag(name)} (DASHBOARD_{name.upper()}): {item['msg']}, got {str(item['input'])[:80]!r}."
            for item in error.errors(include_url=False)
            for name in [str(item["loc"][0])]
        ]
        raise InvalidRequest(" ".join(problems)) from error


def _help(field: FieldInfo) -> str:
    default = "" if field.default is None else f" Default: {field.default}."
    return f"{field.description}{default}".replace("%", "%%")
