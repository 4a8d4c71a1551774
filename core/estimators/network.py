"""A fully connected neural network: learned by Keras, kept and evaluated as plain arrays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.archives import check_unfolding
from core.estimators.stepwise import Floats, Monitor, StepwiseRegressor

Singles = npt.NDArray[np.float32]
Layers = list[tuple[Singles, Singles]]
"""Weights and biases of each layer, from the features to the answer."""


@dataclass(frozen=True)
class Settings:
    """Hyperparameters of a network; the values here are its "library" defaults, as Keras' own are no network yet.

    Parameters
    ----------
    hidden : str
        Units of each hidden layer, such as "128-64".
    dropout : float
        Share of the units of each hidden layer that are silent in a step.
    learning_rate, batch_size, weight_decay
        Of Adam: the size of a step, rows a step, and how strongly weights are drawn to zero.
    epochs : int
        Most passes over the rows.
    patience : int
        Epochs without a gain on the held-out rows after which it stops; 0 goes on to the end.
    quantile : float or None
        Predict this quantile instead of the mean.
    """

    hidden: str = "64"
    dropout: float = 0.0
    learning_rate: float = 1e-3
    batch_size: int = 32
    weight_decay: float = 0.0
    epochs: int = 20
    patience: int = 0
    quantile: float | None = None

    @property
    def units(self) -> list[int]:
        return [int(part) for part in self.hidden.split("-")]


class Network(StepwiseRegressor):
    """A fully connected network for rows that are scaled already.

    The target is scaled while it learns. Where rows are held out, the weights of the epoch that was best on them are
    kept. Predicting is a few products of matrices: it takes no Keras.
    """

    library = ""  # plain arrays: any version reads them
    member = "network.npz"

    def fit(
        self, X: Floats, y: Floats, monitor: Monitor | None = None, validation: tuple[Floats, Floats] | None = None
    ) -> Network:
        """See `StepwiseRegressor.fit`.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        y : ndarray of shape (n_rows,)
        monitor : Monitor, optional
        validation : tuple of (ndarray, ndarray), optional
            Rows that are not learned from, to stop by.
        """
        from core.estimators.keras_training import Lesson, learn

        self.center_, self.scale_ = float(np.mean(y)), float(np.std(y)) or 1.0
        held_out = None if validation is None else (as_singles(validation[0]), self._scaled(validation[1]))
        lesson = Lesson(as_singles(X), self._scaled(y), held_out, self.seed, self.n_jobs)
        self.layers_, self.best_ = learn(Settings(**(self.params or {})), lesson, self._telling(lesson, monitor))
        return self

    def predict(self, X: Floats) -> Floats:
        """See `StepwiseRegressor.predict`."""
        return self.center_ + self.scale_ * forward(self.layers_, as_singles(X)).astype(np.float64)

    def to_bytes(self) -> bytes:
        """See `StepwiseRegressor.to_bytes`."""
        arrays = {f"w{i}": weights for i, (weights, _) in enumerate(self.layers_)}
        arrays |= {f"b{i}": bias for i, (_, bias) in enumerate(self.layers_)}
        arrays["scaling"] = np.array([self.center_, self.scale_])
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, **arrays)
        return content.getvalue()

    def read(self, content: bytes) -> None:
        """See `StepwiseRegressor.read`."""
        try:
            check_unfolding(io.BytesIO(content))
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                self.center_, self.scale_ = (float(value) for value in arrays["scaling"])
                n_layers = (len(arrays.files) - 1) // 2
                self.layers_ = [(arrays[f"w{i}"], arrays[f"b{i}"]) for i in range(n_layers)]
        except (zipfile.BadZipFile, KeyError, EOFError) as error:
            raise ValueError("The arrays of the network are damaged.") from error

    def _scaled(self, y: Floats) -> Singles:
        scaled: Singles = ((np.asarray(y) - self.center_) / self.scale_).astype(np.float32)
        return scaled

    def _telling(self, lesson: Any, monitor: Monitor | None) -> Any:
        """What `learn` calls after each epoch with the layers as they are; says whether to stop."""
        if monitor is None:
            return lambda *_: False
        watched = (
            None if monitor.watched is None else (as_singles(monitor.watched[0]), self._scaled(monitor.watched[1]))
        )
        valid = watched or lesson.held_out
        sample = slice(0, MOST_ROWS_TO_MEASURE)

        def tell(epoch: int, last: int, layers: Layers) -> bool:
            if monitor.is_due(epoch, last):
                train = self.scale_ * error(layers, lesson.X[sample], lesson.y[sample])
                monitor.see(epoch, train, None if valid is None else self.scale_ * error(layers, *valid))
            return monitor.is_stopped()

        return tell


MOST_ROWS_TO_MEASURE = 2000
"""Of those learned from: the first ones say as much of the learning curve as all."""


def as_singles(X: Any) -> Singles:
    """Rows in the precision of the network."""
    return np.ascontiguousarray(X, dtype=np.float32)


def forward(layers: Sequence[tuple[Singles, Singles]], X: Singles) -> Singles:
    """What the network says, in the units of the scaled target.

    Parameters
    ----------
    layers : sequence of (ndarray of shape (n_in, n_out), ndarray of shape (n_out,))
    X : ndarray of shape (n_rows, n_features)

    Returns
    -------
    ndarray of shape (n_rows,)
    """
    for weights, bias in layers[:-1]:
        X = np.maximum(X @ weights + bias, 0)
    weights, bias = layers[-1]
    answer: Singles = (X @ weights + bias)[:, 0]
    return answer


def error(layers: Layers, X: Singles, y: Singles) -> float:
    """Root mean squared error, in the units of the scaled target."""
    return float(np.sqrt(np.mean((forward(layers, X) - y) ** 2)))
