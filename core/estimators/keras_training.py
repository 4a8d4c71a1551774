"""Where a network learns: the only module that knows Keras, imported by a fit and by nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.estimators.network import Layers, Settings, Singles, forward
from core.families.loading import load as load_library

Tell = Callable[[int, int, Layers], bool]

_WHILE_LOADING = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",  # says nothing but fatal errors
    "TF_ENABLE_ONEDNN_OPTS": "0",  # whose rounding depends on the machine
    "CUDA_VISIBLE_DEVICES": "-1",
}


@dataclass(frozen=True)
class Lesson:
    """What there is to learn from.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        Scaled.
    y : ndarray of shape (n_rows,)
        Scaled target.
    held_out : tuple of (ndarray, ndarray) or None
        Rows that are not learned from, to choose the best epoch by.
    seed : int
    threads : int
    """

    X: Singles
    y: Singles
    held_out: tuple[Singles, Singles] | None
    seed: int
    threads: int


def learn(settings: Settings, lesson: Lesson, tell: Tell) -> tuple[Layers, int]:
    """Let a network learn.

    Parameters
    ----------
    settings : Settings
    lesson : Lesson
    tell : callable
        ``tell(epoch, last, layers)`` is called after each epoch, and says whether to stop.

    Returns
    -------
    layers : list of (weights, biases)
        Those of the best epoch on the held-out rows; of the last epoch where none are held out.
    best : int
        That epoch, from 1.
    """
    with _quiet():
        tensorflow = load(lesson.threads)
        network = build(lesson.X.shape[1], settings, lesson.seed)
        one_epoch = _compiled_epoch(tensorflow, network, settings, lesson)
        rng = np.random.default_rng(lesson.seed)
        kept, best, least = layers_of(network), 0, np.inf
        for epoch in range(1, settings.epochs + 1):
            one_epoch(tensorflow.constant(rng.permutation(len(lesson.X))))
            layers = layers_of(network)
            loss = _held_out_loss(layers, lesson, settings.quantile)
            if loss is None or loss < least:
                kept, best, least = layers, epoch, loss or 0.0
            is_stuck = bool(settings.patience) and epoch - best >= settings.patience
            if tell(epoch, settings.epochs, layers) or is_stuck:
                break
    return kept, best


def load(threads: int) -> Any:
    """Import TensorFlow quietly; the number of threads counts for the first fit of a process."""
    with _environment(_WHILE_LOADING):
        tensorflow = load_library("tensorflow")

        try:
            tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
            tensorflow.config.threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:  # it works already, with the threads of that fit
            pass
        import keras  # noqa: F401  reads the name of its backend
    return tensorflow


def build(n_features: int, settings: Settings, seed: int) -> Any:
    """An untrained Keras model; all chance in it comes from the seed, none from the process."""
    import keras

    inputs = outputs = keras.Input((n_features,))
    for number, units in enumerate(settings.units):
        start = keras.initializers.GlorotUniform(seed=seed + number)
        outputs = keras.layers.Dense(units, activation="relu", kernel_initializer=start)(outputs)
        if settings.dropout:
            outputs = keras.layers.Dropout(settings.dropout, seed=seed + number)(outputs)
    start = keras.initializers.GlorotUniform(seed=seed + len(settings.units))
    return keras.Model(inputs, keras.layers.Dense(1, kernel_initializer=start)(outputs))


def layers_of(network: Any) -> Layers:
    """Weights and biases as they are now."""
    arrays = [np.array(each) for each in network.get_weights()]
    arrays = [each for each in arrays if each.dtype == np.float32]  # others are states of the dropout
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def _compiled_epoch(tensorflow: Any, network: Any, settings: Settings, lesson: Lesson) -> Any:
    """One pass over the rows in a given order, as a single graph: Keras' own loop costs four times as much here."""
    import keras

    optimizer = keras.optimizers.Adam(settings.learning_rate, weight_decay=settings.weight_decay or None)
    optimizer.build(network.trainable_variables)
    X, y = tensorflow.constant(lesson.X), tensorflow.constant(lesson.y)
    n_rows, size = len(lesson.X), settings.batch_size

    def one_epoch(order: Any) -> None:
        for start in tensorflow.range(0, n_rows, size):
            rows = order[start : start + size]
            truth = tensorflow.gather(y, rows)
            with tensorflow.GradientTape() as tape:
                rest = truth - network(tensorflow.gather(X, rows), training=True)[:, 0]
                loss = tensorflow.reduce_mean(_losses(tensorflow, rest, settings.quantile))
            optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)

    return tensorflow.function(one_epoch)


def _losses(library: Any, rest: Any, quantile: float | None) -> Any:
    """What each row costs, given what is left unexplained: its square, or the pinball loss of a quantile."""
    if quantile is None:
        return library.square(rest)
    return library.maximum(quantile * rest, (quantile - 1) * rest)


def _held_out_loss(layers: Layers, lesson: Lesson, quantile: float | None) -> float | None:
    if lesson.held_out is None:
        return None
    X, y = lesson.held_out
    return float(np.mean(_losses(np, y - forward(layers, X), quantile)))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the notes of TensorFlow's Python part, which are for programmers."""
    import logging

    logger = logging.getLogger("tensorflow")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set these for a while; what TensorFlow adds as it is loaded goes as well."""
    before = os.environ.copy()
    os.environ.update(values)
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            os.environ.pop(name)
        os.environ.update(before)
