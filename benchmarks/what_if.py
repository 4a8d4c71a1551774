"""Server-side time of one slider move on the prediction page, for each family and 1, 8 and 32 people at once.

    python -m benchmarks.what_if [TABLE.csv] [--families ridge,lightgbm] [--clients 1,8,32] [--moves 40] [--set audio]

Every family that can be trained here is trained once, without a search. Then each client is a thread that moves one
slider after another and waits for the answer, as the page does: prediction with interval, chance of a hit,
contributions, nearest tracks, all in one request through Flask. "alone" is the processor time of one request without
company: the figure to compare, where a machine is busy. The others are milliseconds a client waits, for half and for 95
of 100 moves; one process with threads, so that with 32 clients most of it is queueing. Without a table: the sample.
"""

from __future__ import annotations

from dashboard.environment import prepare_environment

prepare_environment()

# ruff: noqa: E402 - the environment comes before numpy
import argparse
import statistics
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from dash import Dash

from callbacks.prediction.controls import make_controls
from core.families import FAMILIES
from core.features import FEATURE_SETS
from core.requests import TrainingRequest
from core.runs.model import Run, RunState
from dashboard.app import create_app
from dashboard.services import Services, build_services
from dashboard.settings import Settings
from layouts.ids import Prediction


def main() -> None:
    """Train, ask, and print a line a family."""
    asked = _arguments()
    warnings.filterwarnings("ignore", module="sklearn.utils.parallel")  # said by threads, once a column and request
    settings = Settings(home=Path(tempfile.mkdtemp(prefix="what-if-")), data=asked.table)
    services = build_services(settings)
    app = create_app(settings, services)
    print(f"{len(services.tracks.dataset.tracks):,} tracks, {services.tracks.facts.source_name}")
    heads = "".join(f"{f'{n}: p50':>10}{'p95':>7}{'moves/s':>9}" for n in asked.clients)
    print(f"{'family':<24}{'first ms':>9}{'alone ms':>9}{heads}", flush=True)
    for family in asked.families:
        run = train(services, family, asked.features, asked.folds)
        if run.state is not RunState.FINISHED:
            print(f"{family:<24}{run.reason}", flush=True)
            continue
        print(f"{family:<24}{measure(app, services, run, asked.clients, asked.moves)}", flush=True)


def train(services: Services, family: str, features: tuple[str, ...], folds: int) -> Run:
    """Train one model with its recommended settings."""
    request = TrainingRequest(family=family, features=features, cv_folds=folds)
    (run,) = services.runs.run_inline([request])
    return run


def measure(app: Dash, services: Services, run: Run, clients: list[int], moves: int) -> str:
    """Milliseconds of the first request, of one alone, and of many at once."""
    bodies = [payload(app, services, run, number) for number in range(moves)]
    first = ask(app, bodies[:1])[0][0]
    alone = statistics.median(cpu for _, cpu in ask(app, bodies))
    line = f"{first:>9.0f}{alone:>9.1f}"
    for n_clients in clients:
        began = time.perf_counter()
        with ThreadPoolExecutor(n_clients) as pool:
            waited = [ms for rows in pool.map(lambda _: ask(app, bodies), range(n_clients)) for ms, _ in rows]
        a_second = n_clients * moves / (time.perf_counter() - began)
        waited.sort()
        line += f"{statistics.median(waited):>10.0f}{waited[int(0.95 * (len(waited) - 1))]:>7.0f}{a_second:>9.0f}"
    return line


def ask(app: Dash, bodies: list[dict[str, Any]]) -> list[tuple[float, float]]:
    """Milliseconds that each request took, on the clock and of the thread's processor time."""
    client = app.server.test_client()
    client.get("/")
    took = []
    for body in bodies:
        clock, cpu = time.perf_counter(), time.thread_time()
        answer = client.post("/_dash-update-component", json=body)
        took.append((1000 * (time.perf_counter() - clock), 1000 * (time.thread_time() - cpu)))
        assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
        assert "answer-number" in answer.get_data(as_text=True)
    return took


def payload(app: Dash, services: Services, run: Run, number: int) -> dict[str, Any]:
    """What the page sends when a slider has moved to its n-th place."""
    controls = make_controls(services.tracks.dataset.tracks, run, {})
    values = {one.name: one.value for one in controls}
    sliders = [one for one in controls if one.is_slider]
    if sliders:
        moved = sliders[number % len(sliders)]
        values[moved.name] = moved.low + (moved.high - moved.low) * (0.2 + 0.6 * ((number * 7) % 19) / 19)
    question = {"run": run.id, "number": number + 1, "values": values, "beside": []}
    output = f"{Prediction.ANSWERED}.data"
    return {
        "output": output,
        "outputs": {"id": str(Prediction.ANSWERED), "property": "data"},
        "inputs": [{"id": str(Prediction.VALUES), "property": "data", "value": question}],
        "state": [{"id": str(Prediction.START), "property": "data", "value": None}],
        "changedPropIds": [f"{Prediction.VALUES}.data"],
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    trainable = [key for key, family in FAMILIES.items() if not family.combines_runs]
    sets = {one.key: one.features for one in FEATURE_SETS}
    parser.add_argument("table", nargs="?", type=Path)
    parser.add_argument("--families", type=lambda text: text.split(","), default=trainable)
    parser.add_argument("--clients", type=lambda text: [int(one) for one in text.split(",")], default=[1, 8, 32])
    parser.add_argument("--moves", type=int, default=40)
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--set", dest="features", type=sets.__getitem__, default=sets["audio"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
