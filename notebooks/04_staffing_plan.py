# %% [markdown]
# # A staffing plan
#
# A call centre takes some 180 calls a day, from eight to six. Six people answer them, and the goal
# is the industry's oldest: four calls in five answered within twenty seconds. Are six enough? Are
# they too many? And what if the volume grows?

# %%
import supportsim as ss

changes = {
    "run.window": "8w",
    "run.follow_up": "1w",
    "teams.calls.agents": 6,
    "teams.calls.shifts": [{"days": "Mon-Fri", "from": "08:00", "to": "18:00"}],
}
scenario = ss.load("../scenarios/phone.toml", changes)
target = "phone.service_level_20s>=0.8"

# %% tags=["parameters"] quick="months, precision = 1, 0.1"
months, precision = 3, 0.02

# %% [markdown]
# ## The cheapest staffing
#
# A planner's formula (Erlang C or A) needs a constant load, and callers who all behave. It is good
# for a first guess. From there `supportsim` simulates: it looks for the cheapest numbers of people
# that meet the target, and shows that one fewer would not.
#
# Each comparison goes on for as many replications as it takes to be sure, and no longer. The
# guarantee is stated: with 95 % confidence no verdict is wrong, unless the truth is so close to the
# target that it does not matter (the *precision*: here two percentage points).

# %%
plan = ss.plan(scenario, target, confidence=0.95, teams="calls", precision=precision)
plan

# %%
plan.staffing

# %%
plan.targets.round(3)

# %% [markdown]
# And with one person fewer:

# %%
plan.neighbours.round(3)

# %% [markdown]
# ## Where it is tight
#
# What theory asks for in each hour of the week, against who is on duty on average:

# %%
ax = plan.plot()

# %% [markdown]
# ## The question turned around
#
# How many calls a day can the team take as it is?

# %%
most = ss.most_tickets(scenario, target, "channels.phone.arrivals.per_day", precision=precision)
most

# %% [markdown]
# And if the volume grows by 3 % each month, when is the next person needed?

# %%
growth = ss.staffing_over_growth(
    scenario, target, "3%", months=months, teams="calls", precision=precision
)
growth.frame.round(2)

# %% [markdown]
# A table like this is what a budget is made of. Mind what it assumes: that the callers of March are
# as patient as those of January, and that everybody who is planned is there.
