"""What a model family is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from core.errors import InvalidRequest, unknown_name
from core.families.installed import install_command, is_installed
from core.families.loading import trouble
from core.search_space import Param, ParamValue

Defaults = Literal["recommended", "library"]
Treatment = Literal["plain", "scaled", "splines"]
MakeEstimator = Callable[[Mapping[str, Any], int, int], Any]


@dataclass(frozen=True)
class ModelFamily:
    """One kind of model: what it is, what it accepts and how it is built.

    Parameters
    ----------
    key : str
        Name in requests and in ``FAMILIES``.
    label, summary : str
        Name for people, and one plain sentence on how it works.
    make : callable
        ``make(params, seed, n_jobs)`` gives an unfitted scikit-learn estimator; it imports scikit-learn itself.
    params : tuple of Param
        Every hyperparameter a request may set, with its bounds.
    recommended : mapping
        Hyperparameters that do better on this kind of data than scikit-learn's own.
    preprocessing, library_preprocessing : {"plain", "scaled", "splines"}
        Treatment of the features under either kind of defaults.
    row_cap : int or None
        Most rows it is fitted on; beyond, a seeded sample is taken and the run says so.
    needs : tuple of str
        Columns it uses whether or not they are among the chosen features.
    uses_features : bool
        False for a model that looks at nothing but ``needs``.
    advice : str
        What helps where the solver stops before it settled; the end of a sentence.
    is_baseline : bool
        Whether it is a yardstick rather than a model.
    requires : tuple of str
        Packages that fitting it takes beyond scikit-learn, by their import names; looked for at run time.
    learns_in_steps : {"", "epoch", "tree"}
        What its learning curve counts; "" for a family that has none.
    stops_when_asked : bool
        Whether a fit under way can be ended early, keeping what it has learned.
    early_stopping : bool
        Whether it wants a part of its rows held out, to know when to stop.
    combines_runs : bool
        Whether it is made of finished runs rather than fitted to a table.
    quantile_params : callable or None
        ``quantile_params(q)`` gives the parameters with which it predicts the quantile q instead of the mean.
    """

    key: str
    label: str
    summary: str
    make: MakeEstimator
    params: tuple[Param, ...] = ()
    recommended: Mapping[str, ParamValue] = field(default_factory=lambda: MappingProxyType({}))
    preprocessing: Treatment = "plain"
    library_preprocessing: Treatment = "plain"
    row_cap: int | None = None
    needs: tuple[str, ...] = ()
    uses_features: bool = True
    is_baseline: bool = False
    advice: str = "more iterations or a stronger penalty may score better"
    requires: tuple[str, ...] = ()
    learns_in_steps: Literal["", "epoch", "tree"] = ""
    stops_when_asked: bool = False
    early_stopping: bool = False
    combines_runs: bool = False
    quantile_params: Callable[[float], Mapping[str, Any]] | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Packages it requires that are not installed."""
        return tuple(package for package in self.requires if not is_installed(package))

    @property
    def trouble(self) -> str:
        """Why an installed package it requires cannot be loaded, as far as that was looked at; "" for none."""
        return trouble(self.requires)

    @property
    def install_hint(self) -> str:
        """The command that adds what is missing, or else what it requires; "" where that is nothing."""
        return install_command(self.missing or self.requires)

    @property
    def quantiles(self) -> bool:
        """Whether it can be fitted for a quantile."""
        return self.quantile_params is not None

    @property
    def space(self) -> tuple[Param, ...]:
        """The hyperparameters worth searching."""
        return tuple(param for param in self.params if param.search is not None)

    @property
    def allowed(self) -> dict[str, Param]:
        """The hyperparameters a request may set, by name."""
        return {param.name: param for param in self.params}

    def columns(self, features: Sequence[str]) -> tuple[str, ...]:
        """The columns this family reads, given the chosen features."""
        chosen = tuple(features) if self.uses_features else ()
        return chosen + tuple(name for name in self.needs if name not in chosen)

    def check_params(self, params: Mapping[str, object]) -> dict[str, ParamValue]:
        """Give the parameters in the types that scikit-learn expects.

        Raises
        ------
        InvalidRequest
            For an unknown name (with the nearest known one) or a value out of bounds (with what came).
        """
        allowed = self.allowed
        for name in params:
            if name not in allowed:
                raise self._unknown(name)
        return {name: allowed[name].check(value) for name, value in params.items()}

    def resolve(self, params: Mapping[str, object], defaults: Defaults = "recommended") -> dict[str, ParamValue]:
        """Join what was asked for with the chosen defaults (library defaults stay unsaid: scikit-learn knows them)."""
        base = dict(self.recommended) if defaults == "recommended" else {}
        return base | self.check_params(params)

    def build(
        self,
        params: Mapping[str, object],
        defaults: Defaults,
        features: Sequence[str],
        seed: int = 0,
        n_jobs: int = 1,
        *,
        quantile: float | None = None,
    ) -> Any:
        """Give an unfitted scikit-learn Pipeline (steps "prepare" and "model") that takes a frame by column names.

        Parameters
        ----------
        params : mapping
            Hyperparameters that differ from the defaults.
        defaults : {"recommended", "library"}
            Where the others come from.
        features : sequence of str
            Chosen features; the family adds what it ``needs``.
        seed : int
            Random state of every step.
        n_jobs : int
            Threads for the estimators that can use several.
        quantile : float, optional
            Predict this quantile, between 0 and 1, instead of the mean.

        Raises
        ------
        InvalidRequest
            When a parameter is unknown or out of bounds, a library is missing, or the family has no quantiles.
        """
        from sklearn.pipeline import Pipeline

        from core.preprocessing import make_preprocessing

        self.check_installed()
        treatment = self.preprocessing if defaults == "recommended" else self.library_preprocessing
        estimator = self.make(self.resolve(params, defaults) | self._for_quantile(quantile), seed, n_jobs)
        prepare = make_preprocessing(self.columns(features), treatment, seed)
        return Pipeline([("prepare", prepare), ("model", estimator)])

    def check_installed(self) -> None:
        """Refuse to go on without a required library.

        Raises
        ------
        InvalidRequest
            With what is missing or is known not to load, and with what helps.
        """
        if self.missing:
            raise InvalidRequest(
                f"{self.label} needs {' and '.join(self.missing)}, which is not installed here. "
                f"Add it with: {self.install_hint}"
            )
        if self.trouble:
            raise InvalidRequest(f"{self.label} cannot be used here: {self.trouble}")

    def _for_quantile(self, quantile: float | None) -> dict[str, Any]:
        if quantile is None:
            return {}
        if self.quantile_params is None:
            raise InvalidRequest(f"{self.label} predicts a mean, and cannot be fitted for a quantile.")
        return dict(self.quantile_params(quantile))

    def _unknown(self, name: object) -> InvalidRequest:
        if not self.params:
            return InvalidRequest(f"{self.label} takes no parameters, got {str(name)[:80]!r}.")
        return unknown_name(f"parameter of {self.key}", name, self.allowed)
