"""As much of JSON Schema as the description uses; a word that it does not know fails."""

from __future__ import annotations

import re
from typing import Any

TYPES: dict[str, Any] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
KNOWN = {"type", "$ref", "anyOf", "enum", "properties", "required", "additionalProperties", "items", "pattern"}
KNOWN |= {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "maxProperties"}
KNOWN |= {"title", "description", "default", "example"}


def problems(value: Any, schema: Any, schemas: Any, at: str = "$") -> list[str]:
    """Where a value breaks a schema."""
    if schema is True:
        return []
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return problems(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, at)
    if "anyOf" in schema:
        tried = [problems(value, one, schemas, at) for one in schema["anyOf"]]
        return [] if any(not one for one in tried) else tried[0]
    if "type" in schema and not TYPES[schema["type"]](value):
        return [f"{at}: {value!r} is no {schema['type']}"]
    return [*_scalar(value, schema, at), *_nested(value, schema, schemas, at)]


def _scalar(value: Any, schema: Any, at: str) -> list[str]:
    broken = [
        "enum" in schema and value not in schema["enum"],
        "pattern" in schema and not re.search(schema["pattern"], value),
        "minimum" in schema and value < schema["minimum"],
        "maximum" in schema and value > schema["maximum"],
        "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"],
        "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"],
        len(value) < schema.get("minItems", 0) if isinstance(value, list) else False,
    ]
    return [f"{at}: {value!r}"] if any(broken) else []


def _nested(value: Any, schema: Any, schemas: Any, at: str) -> list[str]:
    if isinstance(value, list):
        return [
            one
            for n, each in enumerate(value)
            for one in problems(each, schema.get("items", True), schemas, f"{at}[{n}]")
        ]
    if not isinstance(value, dict):
        return []
    found = [f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, each in value.items():
        if name in known:
            found += problems(each, known[name], schemas, f"{at}.{name}")
        elif more is False:
            found.append(f"{at}.{name} is not described")
        else:
            found += problems(each, more, schemas, f"{at}.{name}")
    return found
