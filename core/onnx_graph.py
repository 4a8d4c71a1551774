"""What surrounds a converted model in its ONNX graph: the same treatment of values that every prediction here gets.

Before the model, values that cannot be measurements become missing, as ``core.inputs.check_frame`` does; after it, the
prediction is kept within the range of popularity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from core.features import FEATURES
from core.metrics import POPULARITY_RANGE
from data.values import RHYTHM_FEATURES

OUTPUT: Final = "popularity"
KNOWN: Final = "known:"
"""Begins the name of a value in the graph that is missing where the input was no measurement."""

DESCRIPTION: Final = (
    "Popularity of a track, 0 to 100 points: the best guess, without its interval. Each input has the shape "
    "(n_tracks, 1). A number that is missing is NaN, a text that is missing is empty. As in the dashboard, a number "
    "outside its range is taken for missing"
)
_BY_TEMPO: Final = ", and so is a 0 of {} without a tempo beside it, which says that no beat was found."
_WITHOUT_TEMPO: Final = (
    "Give it NaN for a 0 of {} where the tempo is 0 or missing: that says that no beat was found, and as the model "
    "does not look at the tempo, the file cannot tell."
)
_ENDS: Final = ("low", "high")


def describe_inputs(columns: Sequence[str]) -> str:
    """Say what the graph takes, gives, and does with values that are no measurements.

    Parameters
    ----------
    columns : sequence of str
        What the model reads.

    Examples
    --------
    >>> describe_inputs(["energy"]).endswith("taken for missing.")
    True
    """
    if "tempo" in columns and (concerned := _rhythm(columns)):
        return DESCRIPTION + _BY_TEMPO.format(" or ".join(concerned))
    return " ".join([f"{DESCRIPTION}.", *filter(None, [advice(columns)])])


def advice(columns: Sequence[str]) -> str:
    """What whoever feeds the graph must see to, as the graph cannot; empty for nothing.

    Parameters
    ----------
    columns : sequence of str
        What the model reads.
    """
    concerned = _rhythm(columns)
    return "" if "tempo" in columns or not concerned else _WITHOUT_TEMPO.format(" or ".join(concerned))


def complete(model: Any, columns: Sequence[str]) -> None:
    """Add to a converted model what is done before and after it, and what it takes, in words.

    Parameters
    ----------
    model : onnx.ModelProto
        Changed in place.
    columns : sequence of str
        Its inputs.
    """
    _forget_what_is_no_measurement(model.graph, [name for name in columns if not FEATURES[name].is_text])
    _keep_within_range(model.graph)
    model.doc_string = describe_inputs(columns)
    model.producer_name = "track-popularity-dashboard"


def _forget_what_is_no_measurement(graph: Any, numbers: Sequence[str]) -> None:
    from onnx import helper

    for node in graph.node:
        node.input[:] = [KNOWN + name if name in numbers else name for name in node.input]
    nan = _number(graph, "nan", float("nan"))
    nodes = []
    # The tempo comes first: others depend on whether it is known.
    for name in sorted(numbers, key=lambda each: each != "tempo"):
        low, high = (_number(graph, f"{name}:{end}", at) for end, at in zip(_ENDS, FEATURES[name].bounds, strict=True))
        nodes += [
            helper.make_node("Less", [name, low], [f"{name}:below"]),
            helper.make_node("Greater", [name, high], [f"{name}:above"]),
            helper.make_node("Or", [f"{name}:below", f"{name}:above"], [f"{name}:outside"]),
        ]
        wrong = f"{name}:outside"
        if name in RHYTHM_FEATURES and "tempo" in numbers:
            zero = _number(graph, f"{name}:zero", 0.0)
            nodes += [
                helper.make_node("Equal", [name, zero], [f"{name}:is_zero"]),
                helper.make_node("IsNaN", [KNOWN + "tempo"], [f"{name}:no_tempo"]),
                helper.make_node("And", [f"{name}:is_zero", f"{name}:no_tempo"], [f"{name}:undetected"]),
                helper.make_node("Or", [wrong, f"{name}:undetected"], [f"{name}:wrong"]),
            ]
            wrong = f"{name}:wrong"
        nodes.append(helper.make_node("Where", [wrong, nan, name], [KNOWN + name]))
    inside = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *inside])


def _keep_within_range(graph: Any) -> None:
    """Let the graph end as every prediction here does: within 0-100, under a name that says what it is."""
    from onnx import TensorProto, helper

    low, high = (_number(graph, f"{OUTPUT}:{end}", at) for end, at in zip(_ENDS, POPULARITY_RANGE, strict=True))
    graph.node.append(helper.make_node("Clip", [graph.output[0].name, low, high], [OUTPUT]))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, 1]))


def _number(graph: Any, name: str, value: float) -> str:
    from onnx import TensorProto, helper

    graph.initializer.append(helper.make_tensor(name, TensorProto.FLOAT, [], [value]))
    return name


def _rhythm(columns: Sequence[str]) -> list[str]:
    return [name for name in RHYTHM_FEATURES if name in columns]
