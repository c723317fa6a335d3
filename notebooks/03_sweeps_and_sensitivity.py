# %% [markdown]
# # Sweeps and sensitivity
#
# How many people for how many tickets? One simulation answers for one desk. A *sweep* simulates a
# whole range of them, all with the same customers, and keeps one tidy table: a row for each point
# and measure.

# %%
import supportsim as ss

# %% tags=["parameters"] quick="replications, base_points = 2, 2"
replications, base_points = 10, 128

# %% [markdown]
# ## A grid
#
# From one to four agents, for three to twelve tickets a day: sixteen desks.

# %%
grid = ss.sweep(
    "../scenarios/portal.toml",
    {
        "teams.desk.agents": range(1, 5),
        "channels.portal.arrivals.per_day": [3, 5, 8, 12],
    },
    replications=replications,
)
grid

# %%
judged = ["point", "teams.desk.agents", "channels.portal.arrivals.per_day", "mean", "verdict"]
grid.frame.query("measure == 'portal.answered_within_24h'")[judged].round(3)

# %% [markdown]
# The table as a picture. An outline is drawn around cells that match what is published: 60 % of
# tickets answered within a day, give or take three percent. A question mark says that so few
# replications do not tell. A desk that is *better* than the benchmark does not match it either.
# Whether that is bad is for you to say; a benchmark tells what others do.

# %%
ax = grid.plot("portal.answered_within_24h")

# %% [markdown]
# Anything in the table can be turned as pandas turns tables.

# %%
grid.pivot("portal.backlog_open").round(1)

# %% [markdown]
# ## Which number matters?
#
# Some numbers of a scenario were measured, others were guessed. It is worth finding out which of
# them the answer hangs on before spending a week on measuring the wrong one.
#
# *Sobol indices* say which share of the variation of a measure is due to each parameter, over the
# ranges that you think possible: alone (first order), and together with the others (total). They
# need points chosen for the purpose (Saltelli's design); on a grid they come for free.

# %%
ranges = {
    "channels.portal.arrivals.per_day": "4.0:6.0",
    "channels.portal.work.mean": "2min:6min",
    "channels.portal.patience.mean": "1d:8d",
    "channels.portal.replies.probability": "0.1:0.5",
}
sweep = ss.sweep(
    "../scenarios/portal.toml",
    ranges,
    design="saltelli",
    points=base_points,
    replications=2,
    changes={"run.window": "26w"},
)
sweep

# %%
drivers = sweep.sensitivity(["portal.answered_within_24h", "portal.abandonment", "portal.csat"])
drivers.round(2)

# %%
ax = sweep.plot_sensitivity(["portal.answered_within_24h", "portal.abandonment", "portal.csat"])

# %% [markdown]
# The intervals are wide: they say how far so few points can tell. Double the points before you
# rely on an order that they leave open.
#
# ## Long sweeps
#
# On the command line a sweep keeps each finished point at once, so that it can be stopped and goes
# on where it was:
#
# ```
# supportsim sweep scenarios/portal.toml --vary teams.desk.agents=1:6 \
#     --vary channels.portal.arrivals.per_day=3,5,8,12 --out results/
# ```
#
# and `--cluster tcp://…` sends the points to the machines of a Dask cluster. The numbers are the
# same, to the last bit.
