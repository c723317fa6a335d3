# %% [markdown]
# # A first run
#
# A small company offers support through a web portal. Some five tickets come in a day; two people
# look after them, a few minutes in every hour, beside their other work. Is that enough?
#
# "Enough" needs a yardstick. Published benchmarks say what customer portals achieve: 10 % of
# tickets answered within an hour, 60 % within a day, 90 % within two days, a backlog of ten open
# tickets, and so on. `supportsim` plays the desk through, ticket by ticket, and gives a verdict on
# each of these figures.

# %%
import supportsim as ss

# %% tags=["parameters"] quick="replications = 6"
replications = 150

# %% [markdown]
# The desk is described in a file. It says when tickets arrive, how long answers take, how patient
# customers are, and when the two people are there. Have a look at it: it is short, and each number
# says where it comes from.

# %%
result = ss.run("../scenarios/portal.toml", replications=replications)
result

# %% [markdown]
# ## Reading a verdict
#
# Every replication is a simulated year of its own: the same desk, other customers. No two years are
# the same, so what the simulation says is an interval, not a number. A figure **matches** if the
# whole 95 % interval lies within what is accepted of it; it is **missed** if the interval lies
# outside; and if the interval reaches over the edge the honest answer is **undecided**, with the
# number of replications that would tell.

# %%
result.verdicts.query("verdict != 'not simulated'")[
    ["tolerance_low", "tolerance_high", "unit", "simulated", "low", "high", "verdict", "role"]
].round(3)

# %% [markdown]
# Look at the last column before you are impressed. A figure with the role `input` was put into the
# scenario: of course it comes out again. For those that are `fitted` a parameter was chosen so that
# they match. Only what is `predicted` tells you whether the model has caught something of the real
# desk.
#
# The same as a picture: the band is what is accepted, the dot and the bar are what was simulated.

# %%
ax = result.plot_verdicts()
# %% [markdown]
# ## From the average to the whole curve
#
# "60 % within a day" is one point of a curve. Most customers of this desk hear from it within two
# or three days; the steps are the nights.

# %%
ax = result.plot_first_response()
# %% [markdown]
# The backlog is the other side of the same coin. By Little's law the tickets that are open at a
# time are the tickets a day multiplied by the days that a ticket is open, so whoever shortens one
# shortens the other.

# %%
measures = result.measures["mean"]
per_day, days_open = measures["portal.arrivals_per_day"], measures["portal.resolution_time"] / 1440
print(
    f"{per_day:.2f} tickets a day × {days_open:.2f} days to resolve one = {per_day * days_open:.1f}"
)
print(f"backlog of open tickets, counted:            {measures['portal.backlog_open']:.1f}")

# %%
ax = result.plot_backlog()
# %% [markdown]
# ## Single tickets
#
# Behind every number are tickets, and you can look at them: any replication can be made again on
# its own, and comes out the same.

# %%
result.tickets(replication=0).head()

# %% [markdown]
# ## Where to go on
#
# You now know what this desk does. The next notebook changes it: what if there were three people,
# or eight tickets a day?
