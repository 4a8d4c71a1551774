"""Payloads that no page sends: the right shape with odd values, and odd shapes."""

from __future__ import annotations

import json
import random
from typing import Any

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 3, 1e308, -1e-308, 2**63, 10**30, 0.5, "", " ", "a", "0", "x" * 5000, "\x00", "☃"),
    *("../../etc/passwd", "<img onerror=alert(1)>", "=cmd|' /C calc'!A0", "random_forest", "?run=1&run=2", "?run=%00"),
    *([], [[]], {}, {"a": None}, [None], ["a", 1], {"job_id": "x"}, {"job_id": None}, {"points": None}),
    *({"points": [{"customdata": [1, 2]}]}, {"x": [1, 2], "range": {"x": ["a", None]}}, [0, 100], ["danceability"]),
    *("00000000-0000-4000-8000-000000000000", "/runs/00000000-0000-4000-8000-000000000000", "/predict", "song"),
)
ODD_QUERIES = ("", "", "", "?cacheKey=x&job=1", "?cacheKey=&job=", "?endId=x", "?oldJob=1&oldJob=x", "?job=1@2@3~ff")


def valid_payload(spec: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """What the page could post to a callback, with values it would not."""
    output = spec["output"]
    names = output[2:-2].split("...") if output.startswith("..") else [output]
    outputs = [as_output(name) for name in names]
    inputs = [filled(one, chance) for one in spec["inputs"]]
    flat = [one for item in inputs for one in (item if isinstance(item, list) else [item])]
    changed = [f"{written(one['id'])}.{one['property']}" for one in flat if chance.random() < 0.7]
    return {
        "output": output,
        "outputs": None if spec["no_output"] else outputs if output.startswith("..") else outputs[0],
        "inputs": inputs,
        "state": [filled(one, chance) for one in spec["state"]],
        "changedPropIds": changed,
    }


def as_output(name: str) -> Any:
    component_id, _, prop = name.rpartition(".")
    item = {"id": concrete(component_id), "property": prop}
    return [item] if '["ALL"]' in component_id else item


def concrete(component_id: str) -> Any:
    """Turn a pattern into an id that fits it."""
    if not component_id.startswith("{"):
        return component_id
    pattern = json.loads(component_id)
    return {key: "a" if isinstance(value, list) else value for key, value in pattern.items()}


def filled(one: dict[str, Any], chance: random.Random) -> Any:
    """Give an input the shape the page sends, with an odd value."""
    item = {"id": concrete(one["id"]), "property": one["property"], "value": chance.choice(ODD_VALUES)}
    if one["property"] == "id" and chance.random() < 0.9:
        item["value"] = item["id"]
    return [item] if '["ALL"]' in one["id"] else item


def written(component_id: Any) -> str:
    if isinstance(component_id, str):
        return component_id
    return json.dumps(component_id, sort_keys=True, separators=(",", ":"))


def mutate(body: dict[str, Any], chance: random.Random) -> Any:
    """Change a payload at a random place, in one case of two; the others test the callbacks with odd values."""
    kind = chance.randrange(10)
    if kind < 5:
        return body
    if kind == 5:
        body.pop(chance.choice(list(body)))
    elif kind == 6:
        body[chance.choice(list(body))] = chance.choice(ODD_VALUES)
    elif kind == 7 and body["inputs"]:
        body["inputs"][chance.randrange(len(body["inputs"]))] = chance.choice(ODD_VALUES)
    elif kind == 8 and body["state"]:
        body["state"][chance.randrange(len(body["state"]))] = chance.choice(ODD_VALUES)
    elif kind == 9:
        return chance.choice(ODD_VALUES)
    return body
