"""The body of a request as JSON, or what is wrong with it and where."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import abort, current_app

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def read_json(body: bytes) -> Any:
    """Parse a body as strictly as those of the pages; what cannot be read is answered with HTTP 400, and says where.

    Parameters
    ----------
    body : bytes
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        abort(400, f"The body is not UTF-8: byte {error.start + 1} (0x{body[error.start]:02x}) cannot be read.")
    if not text.strip():
        abort(400, "The body is empty: send the request as a JSON object.")
    try:
        return current_app.json.loads(text)
    except json.JSONDecodeError as error:
        abort(400, f"The body is no JSON: {_lower_first(error.msg)} at line {error.lineno}, column {error.colno}.")
    except ValueError as error:  # a number or a text that is none; Python's reader does not say where it stands
        abort(400, f"The body is no JSON that can be used: {error}{_place(text, error)}.")


def _lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


def _place(text: str, error: ValueError) -> str:
    """Where the number, or the character as it is written, stands that an error of `StrictJSON` begins with."""
    named = str(error).split(" ", 1)[0]
    if named.startswith("\\u"):
        at = text.lower().find(named)
    else:
        at = _STRING.sub(lambda found: " " * len(found[0]), text).find(named)
    if at < 0:
        return ""
    line = text.count("\n", 0, at) + 1
    return f" (line {line}, column {at - text.rfind(chr(10), 0, at)})"
