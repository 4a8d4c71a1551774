"""The guard in front of Dash: a callback's payload must have the shape that the page itself would send."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from dash import Dash
from flask import Flask, abort, request
from flask.json.provider import DefaultJSONProvider

from core.errors import InvalidRequest
from core.texts import UNSTORABLE
from layouts.components import MAX_UPLOAD_MB
from layouts.ids import Batch, Comparison, Dataset

MAX_DEPTH: Final = 32
MAX_NODES: Final = 500_000
ROUTE: Final = "_dash-update-component"
MAX_START: Final = 2000
MAX_DIGITS: Final = 22
"""A browser writes no whole number with more: from 1e21 on it uses an exponent."""
MAX_UPLOAD_BYTES: Final = MAX_UPLOAD_MB * 1024 * 1024 * 4 // 3 + 64 * 1024
"""An uploaded file travels as base64, which makes four bytes of three; beside it stands little."""
_UPLOADS: Final = frozenset({Dataset.UPLOAD, Batch.UPLOAD, Comparison.IMPORT})
_KNOWN_KEYS: Final = frozenset(
    {"output", "outputs", "inputs", "state", "changedPropIds", "parsedChangedPropsIds", "outputIds", "end_id"}
)


class StrictJSON(DefaultJSONProvider):
    """Reads JSON as a browser writes it.

    No NaN, no Infinity, no number beyond a float, no bottomless nesting, no text that cannot be stored.
    """

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse UTF-8; raises ValueError, which Flask answers with HTTP 400."""
        text = s.decode("utf-8-sig") if isinstance(s, bytes) else s
        try:
            value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if isinstance(s, str) or "\\u" in text:  # what is UTF-8 can have such a text only where it is escaped
            _refuse_unstorable(value)
        return value


def install(app: Dash) -> None:
    """Check every payload sent to a callback before Dash sees it (HTTP 400, 405, 413 or 415 with a message)."""
    app.server.json = StrictJSON(app.server)
    _install_guard(app.server, app)


def _install_guard(server: Flask, app: Dash) -> None:
    @server.before_request
    def guard_callbacks() -> None:
        if not request.path.endswith(f"/{ROUTE}"):
            return
        if request.method != "POST":
            abort(405, "Callbacks are called with POST.")
        if request.mimetype != "application/json":
            abort(415, "Callbacks take JSON.")
        is_large = _is_large()
        if is_large:
            _allow_upload(app.callback_map)
        body = request.get_json()
        if is_large and body.get("output") not in upload_outputs(app.callback_map):
            abort(413, "The request is too large.")
        check_nesting(body)
        check_payload(body, app.callback_map)


def _is_large() -> bool:
    usual, given = request.max_content_length, request.content_length
    return usual is not None and given is not None and given > usual


def _allow_upload(callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Let a large body through only when it says, before anything of it is parsed, that it is an upload."""
    if (request.content_length or 0) > MAX_UPLOAD_BYTES:
        abort(413, f"A file may have at most {MAX_UPLOAD_MB} MB.")
    request.max_content_length = MAX_UPLOAD_BYTES
    start = request.get_data()[:MAX_START].decode("utf-8", "replace")
    if not any(start.startswith(f'{{"output":{json.dumps(output)},') for output in upload_outputs(callbacks)):
        abort(413, "The request is too large.")


def upload_outputs(callbacks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Give the output ids of the callbacks that take a file: the only ones whose requests may be large."""
    return [
        output
        for output, spec in callbacks.items()
        if any(one["id"] in _UPLOADS and one["property"] == "contents" for one in spec["inputs"])
    ]


def check_nesting(value: Any) -> None:
    """Refuse a value nested deeper than 32 levels or with more than 500,000 parts.

    Raises
    ------
    InvalidRequest
    """
    level, seen, depth = [value], 0, 0
    while level:
        seen, depth = seen + len(level), depth + 1
        if depth > MAX_DEPTH or seen > MAX_NODES:
            raise InvalidRequest(f"The request is nested deeper than {MAX_DEPTH} levels, or too large.")
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]


def check_payload(body: Any, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a payload that does not fit a registered callback.

    Parameters
    ----------
    body : object
        What came, parsed.
    callbacks : mapping
        ``app.callback_map``: output id to its inputs and state.

    Raises
    ------
    InvalidRequest
        Unknown callback; inputs, state or outputs other than the callback's; lists of one pattern that name different
        components; a changed property that is no input.
    """
    _require(isinstance(body, dict), "A callback takes a JSON object.")
    _require(set(body) <= _KNOWN_KEYS, "The callback's payload has unknown fields.")
    output = body.get("output")
    _require(isinstance(output, str) and output in callbacks, "There is no such callback on this page.")
    callback = callbacks[output]
    _check_list(body.get("inputs", []), callback["inputs"], "inputs")
    _check_list(body.get("state", []), callback["state"], "state")
    _check_outputs(body.get("outputs"), output, bool(callback.get("no_output")))
    _check_same_ids(body, callback, output)
    _check_changed(body.get("changedPropIds", []), body.get("inputs", []))


def _check_list(given: Any, expected: list[dict[str, Any]], what: str) -> None:
    fits = isinstance(given, list) and len(given) == len(expected)
    _require(fits, f"The callback's {what} do not fit: {len(expected)} expected.")
    for item, spec in zip(given, expected, strict=True):
        pattern = _pattern(spec["id"])
        if pattern is not None and "ALL" in _wildcards(pattern):
            _require(isinstance(item, list), f"The callback's {what} do not fit: a list is expected for {spec['id']}.")
            for one in item:
                _check_item(one, spec, pattern, what)
        else:
            _check_item(item, spec, pattern, what)


def _check_item(item: Any, spec: Mapping[str, Any], pattern: Mapping[str, Any] | None, what: str) -> None:
    fits = isinstance(item, dict) and item.get("property") == spec["property"].split("@")[0]
    fits = fits and _id_fits(item.get("id"), spec["id"], pattern)
    fits = fits and (spec["property"] != "id" or item.get("value") == item["id"])
    _require(fits, f"The callback's {what} do not fit: {spec['id']}.{spec['property']} is expected.")


def _id_fits(given: Any, expected: str, pattern: Mapping[str, Any] | None) -> bool:
    if pattern is None:
        return isinstance(given, str) and given == expected
    if not isinstance(given, dict) or set(given) != set(pattern):
        return False
    return all(_part_fits(given[key], value) for key, value in pattern.items())


def _part_fits(given: Any, expected: Any) -> bool:
    if isinstance(expected, list):  # a wildcard, written ["ALL"] or ["MATCH"]
        return isinstance(given, str | int | float) and len(str(given)) <= 200
    return type(given) is type(expected) and given == expected


def _check_outputs(given: Any, output: str, has_none: bool) -> None:
    if has_none:
        _require(given in (None, []), "The callback has no outputs.")
        return
    if output.startswith(".."):
        names = output[2:-2].split("...")
        _require(isinstance(given, list) and len(given) == len(names), "The callback's outputs do not fit.")
        pairs = zip(given, names, strict=True)
    else:
        pairs = zip([given], [output], strict=True)
    for item, name in pairs:
        expected, _, prop = name.rpartition(".")
        _check_output(item, expected, prop)


def _check_output(item: Any, expected: str, prop: str) -> None:
    pattern = _pattern(expected)
    if pattern is not None and "ALL" in _wildcards(pattern):
        _require(isinstance(item, list), "The callback's outputs do not fit: a list is expected.")
        for one in item:
            _check_one_output(one, expected, prop, pattern)
    else:
        _check_one_output(item, expected, prop, pattern)


def _check_one_output(item: Any, expected: str, prop: str, pattern: Mapping[str, Any] | None) -> None:
    fits = isinstance(item, dict) and item.get("property") in {prop, prop.split("@")[0]}
    fits = fits and _id_fits(item.get("id"), expected.replace("\\.", "."), pattern)
    _require(fits, "The callback's outputs do not fit.")


def _check_same_ids(body: Mapping[str, Any], callback: Mapping[str, Any], output: str) -> None:
    """Lists of one pattern name the same components in the same order: they come from one page at one moment."""
    named: dict[str, list[Any]] = {}
    for item, pattern in _lists(body, callback, output):
        ids = [one["id"] for one in item]
        _require(named.setdefault(pattern, ids) == ids, f"The callback's lists for {pattern} do not fit one another.")


def _lists(body: Mapping[str, Any], callback: Mapping[str, Any], output: str) -> Iterator[tuple[list[Any], str]]:
    for name in ("inputs", "state"):
        for item, spec in zip(body.get(name, []), callback[name], strict=True):
            if isinstance(item, list):
                yield item, spec["id"]
    outputs = body.get("outputs") or []
    several = output.startswith("..")
    names = output[2:-2].split("...") if several else [output]
    for item, name in zip(outputs if several else [outputs], names, strict=False):  # a callback may have no outputs
        if isinstance(item, list):
            yield item, name.rpartition(".")[0].replace("\\.", ".")


def _check_changed(changed: Any, inputs: list[Any]) -> None:
    flat = [one for item in inputs for one in (item if isinstance(item, list) else [item])]
    known = {f"{_written(one['id'])}.{one['property']}" for one in flat}
    fits = isinstance(changed, list) and all(isinstance(name, str) and name in known for name in changed)
    _require(fits, "A changed property is not an input of the callback.")


def _written(component_id: str | dict[str, Any]) -> str:
    if isinstance(component_id, str):
        return component_id
    return json.dumps(component_id, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _pattern(component_id: str) -> dict[str, Any] | None:
    return json.loads(component_id) if component_id.startswith("{") else None


def _wildcards(pattern: Mapping[str, Any]) -> set[str]:
    return {value[0] for value in pattern.values() if isinstance(value, list) and value}


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise InvalidRequest(message)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _refuse_unstorable(value: Any) -> None:
    level = [value]
    while level:
        for item in level:
            if isinstance(item, str) and (found := UNSTORABLE.search(item)):
                raise ValueError(f"\\u{ord(found[0]):04x} is no character that can be stored")
        level = [child for item in level for child in _parts(item)]


def _parts(item: Any) -> Iterable[Any]:
    if isinstance(item, dict):
        return (*item, *item.values())
    return item if isinstance(item, list) else ()


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text[:40]} is too large")
    return value


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"{text[:40]} is too large")
    return int(text)
