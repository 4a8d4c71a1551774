"""``--map``: which column of a file is which column of the schema."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from core.errors import InvalidRequest


def add_map_flag(parser: argparse.ArgumentParser, when: str = "") -> None:
    """Add the flag; ``when`` begins its help."""
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=NAME",
        help=f"{when}take COLUMN from the file's column NAME, or leave it out (COLUMN=); may repeat",
    )


def read_map(texts: Sequence[str]) -> dict[str, str | None]:
    """Read what was given: columns of the schema to columns of the file, None for those to leave out.

    Raises
    ------
    InvalidRequest

    Examples
    --------
    >>> read_map(["tempo=bpm", "valence="])
    {'tempo': 'bpm', 'valence': None}
    """
    pairs = [text.partition("=") for text in texts]
    wrong = next((name for name, equals, _ in pairs if not equals), None)
    if wrong is not None:
        raise InvalidRequest(f"--map {wrong!r} was given; write COLUMN=NAME, such as tempo=bpm.")
    return {target: source or None for target, _, source in pairs}
