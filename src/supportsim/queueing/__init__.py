"""Exact formulas of queueing theory: first guesses for planning, and oracles for the simulator."""

from supportsim.queueing.day import DayQueue, day_queue
from supportsim.queueing.duty import PeriodicQueue, periodic_queue
from supportsim.queueing.erlang import (
    FiniteQueue,
    erlang_b,
    erlang_c,
    erlang_c_mean_queue,
    erlang_c_mean_wait,
    erlang_c_service_level,
    finite_queue,
)
from supportsim.queueing.offered_load import offered_load
from supportsim.queueing.patience import ErlangA, erlang_a
from supportsim.queueing.retrial import RetrialQueue, retrial_queue
from supportsim.queueing.single_server import (
    cobham_mean_waits,
    mg1_mean_wait,
    preemptive_mean_times,
)
from supportsim.queueing.staffing import agents_needed, square_root_servers
from supportsim.queueing.teams import InterruptingTeam, NModel, interrupting_team, n_model

__all__ = [
    "DayQueue",
    "ErlangA",
    "FiniteQueue",
    "InterruptingTeam",
    "NModel",
    "PeriodicQueue",
    "RetrialQueue",
    "agents_needed",
    "cobham_mean_waits",
    "day_queue",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "erlang_c_mean_queue",
    "erlang_c_mean_wait",
    "erlang_c_service_level",
    "finite_queue",
    "interrupting_team",
    "mg1_mean_wait",
    "n_model",
    "offered_load",
    "periodic_queue",
    "preemptive_mean_times",
    "retrial_queue",
    "square_root_servers",
]
