"""Payloads that no page sends: the right shape with odd values, and odd shapes."""

from __future__ import annotations

import json
import random
from typing import Any

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 3, 1e308, -1e-308, 2**63, 10**30, 0.5, "", " ", "a", "0", "x" * 5000, "\x00", "☃"),
    *("../../etc/passwd", "<img onerror=alert(1)>", "=cmd|' /C calc'!A0", "random_forest", "?run=1&run=2", "?run=%00"),
    *(
        "\ud800",
        "\udfffx",
        {"name": "\ud800"},
        ["\ud800"],
        "?text=\ud800",
        "?text=%00&tag=%00",
        "?runs=%00",
        "?job=%00",
    ),
    *([], [[]], {}, {"a": None}, [None], ["a", 1], {"job_id": "x"}, {"job_id": None}, {"points": None}),
    *({"points": [{"customdata": [1, 2]}]}, {"x": [1, 2], "range": {"x": ["a", None]}}, [0, 100], ["danceability"]),
    *(
        10**400,
        [0, 10**400],
        [10**400],
        "9" * 5000,
        "²",
        "²s",
        {"number": 10**20},
        {"run": "x", "values": {"energy": 1e21}},
    ),
    *({"chart": "scatter", "x": [0, 5e-324]}, {"chart": "feature", "x": [0, 5e-324], "y": [-5e-324, 0]}),
    *({"chart": "years", "x": [0, 10**400]}, {"chart": "scatter", "x": [-1e9, 1e9], "y": [1e9, 1e9]}),
    *({"chart": "group", "row": "²s"}, {"chart": "group", "row": "9" * 200}, {"chart": "correlation", "row": "²"}),
    *(
        "?group=decade",
        "?group=decade&section=groups",
        [{"value": "tempo"}],
        [{"value": 1}],
        [{}],
        {"position": 10**400},
    ),
    *("00000000-0000-4000-8000-000000000000", "/runs/00000000-0000-4000-8000-000000000000", "/predict", "song"),
)
ODD_QUERIES = ("", "", "", "?cacheKey=x&job=1", "?cacheKey=&job=", "?endId=x", "?oldJob=1&oldJob=x", "?job=1@2@3~ff")


LABELS: tuple[Any, ...] = (
    *("a", "tempo", "energy", "popularity", "x", "y", "low", "default", "ridge", "²s", "3", "release_year"),
    *("__class__", "__init__", "", 3, -1, 0.5, True),
)
"""What stands for a wildcard in a forged id; some are names that the page uses."""


class Forger:
    """Makes payloads that the page could post to a callback, with values it would not.

    Parameters
    ----------
    chance : random.Random
        Where all choices come from, so that a failure comes again.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def payload(self, spec: dict[str, Any]) -> dict[str, Any]:
        """A payload for one callback; lists of the same pattern hold the same ids, mostly."""
        output, known = spec["output"], {}
        names = output[2:-2].split("...") if output.startswith("..") else [output]
        inputs = [self._filled(one, known) for one in spec["inputs"]]
        state = [self._filled(one, known) for one in spec["state"]]
        outputs = [self._output(name, known) for name in names]
        flat = [one for item in inputs for one in (item if isinstance(item, list) else [item])]
        changed = [f"{written(one['id'])}.{one['property']}" for one in flat]
        few = self._chance.random() < 0.5  # a browser names one change, mostly
        changed = changed and [self._chance.choice(changed)] if few else changed
        return {
            "output": output,
            "outputs": None if spec["no_output"] else outputs if output.startswith("..") else outputs[0],
            "inputs": inputs,
            "state": state,
            "changedPropIds": changed,
        }

    def _output(self, name: str, known: dict[str, list[Any]]) -> Any:
        component_id, _, prop = name.rpartition(".")
        ids = self._ids(component_id.replace("\\.", "."), known)
        found = [{"id": one, "property": prop} for one in ids]
        return found if '["ALL"]' in component_id else found[0]

    def _filled(self, one: dict[str, Any], known: dict[str, list[Any]]) -> Any:
        """Give an input the shape the page sends, with an odd value, or none."""
        found = []
        for component_id in self._ids(one["id"], known):
            item = {"id": component_id, "property": one["property"], "value": self._chance.choice(ODD_VALUES)}
            if one["property"] == "id" and self._chance.random() < 0.9:
                item["value"] = item["id"]
            if self._chance.random() < 0.03:
                del item["value"]
            found.append(item)
        return found if '["ALL"]' in one["id"] else found[0]

    def _ids(self, component_id: str, known: dict[str, list[Any]]) -> list[Any]:
        """Ids that fit: as many as it likes for ALL, and now and then others than it said before."""
        if component_id not in known or self._chance.random() < 0.05:
            many = self._chance.randrange(4) if '["ALL"]' in component_id else 1
            known[component_id] = [self._concrete(component_id) for _ in range(many)]
        return known[component_id]

    def _concrete(self, component_id: str) -> Any:
        if not component_id.startswith("{"):
            return component_id
        pattern = json.loads(component_id)
        return {key: self._chance.choice(LABELS) if isinstance(part, list) else part for key, part in pattern.items()}


def fitting(spec: dict[str, Any], values: dict[str, Any], ids: dict[str, list[Any]]) -> dict[str, Any]:
    """The payload of a callback as the page would post it.

    Parameters
    ----------
    spec : dict
        One of ``/_dash-dependencies``.
    values : dict
        ``<type or id>.<property>`` to its value, or to one a component for a list.
    ids : dict
        Type of a pattern to the ids it has on the page; none by default.
    """

    def named(component_id: str) -> tuple[str, Any]:
        if not component_id.startswith("{"):
            return component_id, component_id
        kind = json.loads(component_id)["type"]
        return kind, ids.get(kind, [])

    def filled(one: dict[str, Any]) -> Any:
        name, found = named(one["id"])
        value = values.get(f"{name}.{one['property']}")
        if isinstance(found, str):
            return {"id": found, "property": one["property"], "value": value}
        each = found if one["property"] == "id" else value or [None] * len(found)
        return [
            {"id": component, "property": one["property"], "value": part}
            for component, part in zip(found, each, strict=True)
        ]

    def output(name: str) -> Any:
        component_id, _, prop = name.rpartition(".")
        _, found = named(component_id)
        if isinstance(found, str):
            return {"id": found, "property": prop}
        return [{"id": component, "property": prop} for component in found]

    names = spec["output"]
    outputs = [output(name) for name in names[2:-2].split("...")] if names.startswith("..") else output(names)
    return {
        "output": names,
        "outputs": outputs,
        "inputs": [filled(one) for one in spec["inputs"]],
        "state": [filled(one) for one in spec["state"]],
        "changedPropIds": [],
    }


def written(component_id: Any) -> str:
    """An id as it stands in ``changedPropIds``."""
    if isinstance(component_id, str):
        return component_id
    return json.dumps(component_id, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


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
