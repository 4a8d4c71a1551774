"""The addresses of the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dash import Dash
from flask import Blueprint, Response, abort, jsonify, request

from callbacks.identity import current_owner
from core import __version__
from core.errors import InvalidRequest
from core.plain_json import as_plain
from dashboard.api import errors
from dashboard.api.bodies import read_json
from dashboard.api.description import PATHS, describe_api, page
from dashboard.api.models import PredictAnswer, PredictRequest, RunDetail, RunList, RunsQuery, RunSummary
from dashboard.payload import check_nesting

if TYPE_CHECKING:
    from pydantic import BaseModel

    from core.runs.model import Run

MAX_BODY_BYTES = 1024 * 1024
VERSION = "v1"
_RUN = re.compile(r"runs/[^/]+")


def install(app: Dash, services: Any) -> None:
    """Add the API to an app; identity, origin and headers are those of the pages."""
    blueprint = Blueprint("api", __name__)
    errors.install(blueprint)
    base = f"{app.config.requests_pathname_prefix}api/{VERSION}"
    _add_description(blueprint, app, base)
    _add_runs(blueprint, services)
    _add_predict(blueprint, services)
    _add_rest(blueprint)
    app.server.register_blueprint(blueprint, url_prefix=f"{app.config.routes_pathname_prefix}api/{VERSION}")


def _add_description(blueprint: Blueprint, app: Dash, base: str) -> None:
    home, theme_script = app.config.requests_pathname_prefix, f"{app.get_asset_url('theme-boot.js')}?v={__version__}"

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(describe_api(base))

    @blueprint.get("/")
    def documentation() -> Response:
        return Response(page(describe_api(base), home, theme_script), mimetype="text/html")


def _add_runs(blueprint: Blueprint, services: Any) -> None:
    @blueprint.get("/runs")
    def runs() -> Response:
        from core.runs.history import Asked

        asked = _query()
        wanted = Asked(state=asked.state or "", limit=asked.limit, offset=asked.offset)
        services.runs.sweep()
        found = services.runs.history.page(current_owner(), wanted)
        listed = [_summary(run) for run in found.runs]
        return _given(RunList, {"runs": listed, "total": found.total, "limit": asked.limit, "offset": asked.offset})

    @blueprint.get("/runs/<run_id>")
    def run(run_id: str) -> Response:
        found = services.runs.get(run_id, current_owner())
        told = found.to_dict()
        detail = {**_summary(found), **{name: told[name] for name in RunDetail.model_fields if name in told}}
        return _given(RunDetail, detail)


def _add_predict(blueprint: Blueprint, services: Any) -> None:
    @blueprint.post("/predict")
    def predict() -> Response:
        from dashboard.api import predicting

        asked = PredictRequest.model_validate(_body())
        runs, owner = services.runs, current_owner()
        with predicting.place(asked, owner, is_loaded=asked.run_id in runs.models):
            predictor = runs.predictor(asked.run_id, owner)
            return _given(PredictAnswer, predicting.predict(predictor, asked))


def _add_rest(blueprint: Blueprint) -> None:
    """Whatever else lies below the API is answered by it: an unknown address, or a known one with another method."""

    @blueprint.route("/", methods=["POST", "PUT", "PATCH", "DELETE"], defaults={"rest": ""})
    @blueprint.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def unknown(rest: str) -> Response:
        path = "/runs/{run_id}" if _RUN.fullmatch(rest) else f"/{rest}"
        known = [method.upper() for method in PATHS.get(path, ())]
        if known and request.method not in known:
            response = errors.answer(405, f"This address takes {' and '.join(known)} only.")
            response.headers["Allow"] = ", ".join(known)
            return response
        abort(404, "There is no such address in the API. See openapi.json.")


def _given(model: type[BaseModel], value: dict[str, Any]) -> Response:
    """Answer with what a model promises; what breaks the promise is an error of the server, never sent."""
    return jsonify(model.model_validate(value).model_dump())


def _body() -> Any:
    """The body of the request, parsed and not nested without end."""
    request.max_content_length = MAX_BODY_BYTES
    if (request.content_length or 0) > MAX_BODY_BYTES:
        abort(413, f"A request may have at most {MAX_BODY_BYTES // 1024} KiB.")
    if request.mimetype != "application/json":
        abort(415, "The API takes JSON: send it as application/json.")
    body = read_json(request.get_data())
    try:
        check_nesting(body)
    except InvalidRequest as error:
        abort(400, str(error))
    return body


def _query() -> RunsQuery:
    given: dict[str, Any] = {}
    for name, values in request.args.lists():
        given[name] = _number(values[0]) if len(values) == 1 else values
    return RunsQuery.model_validate(given)


def _number(text: str) -> str | int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else text


def _summary(run: Run) -> dict[str, Any]:
    told = run.to_dict()
    found = {name: told[name] for name in RunSummary.model_fields if name in told}
    test = (run.metrics or {}).get("test")
    return {**found, "table": run.data.get("source_name"), "scores": None if test is None else as_plain(test)}
