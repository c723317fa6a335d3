"""Distributions of durations, each a model of the scenario file and a quantile function."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from supportsim.scenario.bounded_laws import Constant, Empirical, Triangular, Uniform
from supportsim.scenario.fields import Duration, Model, shown
from supportsim.scenario.law import WideSpread
from supportsim.scenario.unbounded_laws import (
    Exponential,
    Gamma,
    Lognormal,
    Weibull,
    weibull_shape,
)

__all__ = [
    "AnyDistribution",
    "Constant",
    "Distribution",
    "Empirical",
    "Exponential",
    "Gamma",
    "Lognormal",
    "Triangular",
    "Uniform",
    "Weibull",
    "WideSpread",
    "weibull_shape",
]


def _bare_duration(given: Any) -> Any:
    if isinstance(given, str):
        return {"dist": "constant", "value": given}
    if not isinstance(given, dict | Model):
        wanted = 'has to be a duration such as "3min" or a table { dist = "gamma", ... }'
        raise ValueError(f"{wanted}, not {shown(given)}")
    return given


AnyDistribution = Annotated[
    Constant | Exponential | Gamma | Lognormal | Weibull | Triangular | Uniform | Empirical,
    Field(discriminator="dist"),
]
Distribution = Annotated[
    AnyDistribution,
    BeforeValidator(_bare_duration, json_schema_input_type=Duration | AnyDistribution),
]
