"""The API described: OpenAPI for programs, and one plain page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from core import __version__
from dashboard.api.errors import CODES
from dashboard.api.models import Error, PredictAnswer, PredictRequest, RunDetail, RunList, RunsQuery

TITLE = "Track popularity: JSON API"
ABOUT = (
    "Predictions of finished runs, and the runs themselves, for a portal's own code. Whoever asks is known as on the "
    "pages: by the user that the trusted proxy names, or by the cookie that the first page sets. Foreign and absent "
    "runs answer alike. Every prediction comes with its interval, what that promises, and the protocol behind it. "
    "Predictions say how tracks like this one score; they do not say what would make a track popular."
)
REF = "#/components/schemas/{model}"
EXAMPLE = {
    "run_id": "5a3e0f0a-6c6f-4f0e-9c39-6a0c3f6a2b11",
    "tracks": [{"danceability": 0.7, "energy": 0.8, "tempo": 120, "genre": "pop"}],
    "reasons": True,
}


@dataclass(frozen=True)
class Operation:
    """One method of one address.

    Parameters
    ----------
    key, summary : str
    gives : model
        Of the answer with status 200.
    statuses : tuple of int
        Of the errors it may answer with, besides those of every address.
    takes : model, optional
        Of the body.
    query : model, optional
        Of the query string.
    path : str
        Name of the part of the path that stands for something.
    """

    key: str
    summary: str
    gives: type[BaseModel] | None
    statuses: tuple[int, ...] = ()
    takes: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    path: str = ""


ALWAYS = (401, 405, 500)
PATHS: Mapping[str, Mapping[str, Operation]] = MappingProxyType(
    {
        "/predict": {
            "post": Operation(
                "predict",
                "Score up to 1,000 tracks (100 with reasons) with the model of a finished run.",
                PredictAnswer,
                (400, 403, 404, 409, 413, 415, 422, 429),
                takes=PredictRequest,
            )
        },
        "/runs": {
            "get": Operation(
                "list_runs", "List the runs that you may see, newest first.", RunList, (422,), query=RunsQuery
            )
        },
        "/runs/{run_id}": {
            "get": Operation("show_run", "Show everything about one run.", RunDetail, (404,), path="run_id")
        },
        "/openapi.json": {"get": Operation("describe", "This description.", None)},
    }
)


@cache
def describe_api(base: str) -> dict[str, Any]:
    """Give the OpenAPI 3.1 description.

    Parameters
    ----------
    base : str
        Path of the API as browsers see it.
    """
    models = [one for path in PATHS.values() for each in path.values() for one in (each.gives, each.takes) if one]
    _, schemas = models_json_schema([(one, "validation") for one in (*models, Error)], ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": __version__, "description": ABOUT},
        "servers": [{"url": base}],
        "paths": {path: {method: _operation(one) for method, one in each.items()} for path, each in PATHS.items()},
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(one: Operation) -> dict[str, Any]:
    schema = _ref(one.gives) if one.gives else {"type": "object"}
    answers = {"200": {"description": _first_line(one.gives), "content": {"application/json": {"schema": schema}}}}
    for status in sorted({*one.statuses, *ALWAYS}):
        code, meaning = CODES[status]
        content = {"application/json": {"schema": _ref(Error)}}
        answers[str(status)] = {"description": f"`{code}`: {meaning}", "content": content}
    described: dict[str, Any] = {"operationId": one.key, "summary": one.summary, "responses": answers}
    if one.takes:
        content = {"application/json": {"schema": _ref(one.takes), "example": EXAMPLE}}
        described["requestBody"] = {"required": True, "content": content}
    parameters = [*_query_parameters(one), *_path_parameters(one)]
    return described | ({"parameters": parameters} if parameters else {})


def _query_parameters(one: Operation) -> list[dict[str, Any]]:
    properties = one.query.model_json_schema()["properties"] if one.query else {}
    return [
        {"name": name, "in": "query", "required": False, "description": schema["description"], "schema": schema}
        for name, schema in properties.items()
    ]


def _path_parameters(one: Operation) -> list[dict[str, Any]]:
    if not one.path:
        return []
    meaning = "A run's id, as the list of runs gives it."
    return [{"name": one.path, "in": "path", "required": True, "description": meaning, "schema": {"type": "string"}}]


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def _first_line(model: type[BaseModel] | None) -> str:
    return (model.__doc__ or "").strip().splitlines()[0] if model else "The description."


# -- the page ----------------------------------------------------------------------------------------------------------

_CSS = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.5rem}h3{font-size:1rem;margin-bottom:.25rem}
code,pre{font:14px/1.45 ui-monospace,monospace}
pre{overflow-x:auto;padding:.75rem;border:1px solid #8886;border-radius:6px}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #8884}
body{background:#fff;color:#1b1d21}a{color:#0a58ca}
:root[data-bs-theme=light]{color-scheme:light}:root[data-bs-theme=dark]{color-scheme:dark}
:root[data-bs-theme=dark] body{background:#16181d;color:#e3e5e8}:root[data-bs-theme=dark] a{color:#7db2ff}
@media(prefers-color-scheme:dark){:root:not([data-bs-theme]) body{background:#16181d;color:#e3e5e8}
:root:not([data-bs-theme]) a{color:#7db2ff}}
"""
"""The theme of the dashboard where its script has set one, else what the system prefers."""


def page(description: Mapping[str, Any], dashboard: str, theme_script: str) -> str:
    """Draw the description as one HTML page that reads the same without scripts, with nothing from elsewhere.

    Parameters
    ----------
    description : mapping
        As `describe_api` gives it.
    dashboard, theme_script : str
        Addresses of the first page, and of the script that sets the theme chosen there.
    """
    base = description["servers"][0]["url"]
    schemas = description["components"]["schemas"]
    parts = [f'<nav><a href="{escape(dashboard)}">Back to the dashboard</a></nav>']
    parts.append(f"<h1>{escape(TITLE)}</h1><p>{escape(ABOUT)}</p>")
    parts.append(f'<p>For programs: <a href="{escape(base)}/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>')
    for path, methods in description["paths"].items():
        parts += [_section(base, path, method, one) for method, one in methods.items()]
    parts.append("<h2>What is sent and answered</h2>")
    parts += [_schema(name, schema) for name, schema in schemas.items()]
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{escape(TITLE)}</title>"
    head += f"<link rel=icon href='data:,'><script src=\"{escape(theme_script)}\"></script>"
    head = f"<!doctype html><html lang=en><head>{head}<style>{_CSS}</style></head>"
    return f"{head}<body>{parts[0]}<main>{''.join(parts[1:])}</main></body></html>"


def _section(base: str, path: str, method: str, one: Mapping[str, Any]) -> str:
    parts = [f"<h2><code>{method.upper()} {escape(base + path)}</code></h2><p>{escape(one['summary'])}</p>"]
    if "requestBody" in one:
        content = one["requestBody"]["content"]["application/json"]
        parts.append(f"<p>Takes {_link(content['schema'])}, for example:</p>")
        parts.append(f"<pre tabindex=0>{escape(json.dumps(content['example'], indent=2))}</pre>")
    if "parameters" in one:
        rows = [
            (f"<code>{escape(each['name'])}</code>", escape(each["in"]), _kind(each["schema"]), _words(each))
            for each in one["parameters"]
        ]
        parts.append(_table(("Parameter", "In", "Kind", "Meaning"), rows))
    rows = []
    for status, answer in one["responses"].items():
        schema = answer["content"]["application/json"]["schema"]
        rows.append((escape(status), _words(answer), _kind(schema)))
    return "".join([*parts, _table(("Status", "Answer", "Body"), rows)])


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    needed = schema.get("required", ())
    rows = [
        (f"<code>{escape(field)}</code>" + ("" if field in needed else " (optional)"), _kind(one),
         _words(one))
        for field, one in schema.get("properties", {}).items()
    ]  # fmt: skip
    table = _table(("Field", "Kind", "Meaning"), rows)
    return f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{_words(schema)}</p>{table}'


def _words(one: Mapping[str, Any]) -> str:
    return escape(one.get("description", "")).replace("`", "")


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th scope=col>{word}</th>" for word in header)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class=scroll tabindex=0><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _kind(schema: Mapping[str, Any]) -> str:
    """What a value may be, in few words."""
    if "$ref" in schema:
        return _link(schema)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(escape(str(one)) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {_kind(schema['additionalProperties'])}"
    ends = [
        schema.get("minimum", schema.get("exclusiveMinimum")),
        schema.get("maximum", schema.get("exclusiveMaximum")),
    ]
    limits = f" from {ends[0]:,} to {ends[1]:,}" if None not in ends else ""
    return escape(str(schema.get("type", "anything"))) + limits


def _link(schema: Mapping[str, Any]) -> str:
    name = escape(str(schema["$ref"]).rpartition("/")[2])
    return f'<a href="#{name}">{name}</a>'
