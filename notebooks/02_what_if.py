# %% [markdown]
# # What if?
#
# The desk of the first notebook meets the published figures with two people. Its manager wonders
# about three things: a third colleague, templates that would save each ticket a minute of wrap-up,
# and a campaign that would bring six tickets a day instead of five.
#
# One could simulate each of them and hold the results side by side. But two simulations differ by
# chance as well: other customers, other answers. It takes care to tell a change from luck.

# %%
import numpy as np

import supportsim as ss

# %% tags=["parameters"] quick="replications = 6"
replications = 40

# %% [markdown]
# ## The same customers twice
#
# In `supportsim` every random number belongs to something by name: this customer's patience, that
# ticket's work. Change one number of the scenario, and everything else stays: the same customers
# write the same tickets at the same moments. Most of the luck is then the same on both sides, and
# cancels in the difference (*common random numbers*).

# %%
changes = {
    "a third agent": {"teams.desk.agents": 3},
    "templates": {"channels.portal.wrap_up.mean": "9min"},
    "a campaign": {"channels.portal.arrivals.per_day": 6},
}
measures = ["portal.first_response_time", "portal.answered_within_24h", "portal.backlog_open"]
comparison = ss.compare(
    "../scenarios/portal.toml", changes, measures=measures, replications=replications
)
comparison

# %% [markdown]
# Nine differences at once are nine chances to be fooled. The intervals are therefore
# *simultaneous*: with 95 % confidence all of them hold together, not each on its own, and the p
# values are adjusted for their number (Holm).

# %%
axes = comparison.plot()

# %% [markdown]
# ## How much did the same customers help?
#
# The last column says by what factor the pairs have reduced the variance of the difference,
# compared with simulations that have nothing to do with each other.

# %%
differences = comparison.frame
differences[["alternative", "measure", "difference", "low", "high", "variance_reduction"]].round(2)

# %% [markdown]
# A factor of two is worth twice as many replications. Pairs bring most where a change leaves the
# noise as it is, as the templates do. Where it takes the noise away there is little left to share:
# a desk of three is hardly ever behind, one of two often is.
#
# ## What the change does to the verdicts

# %%
verdicts = comparison.verdicts.query("base != 'not simulated'")
verdicts.loc[verdicts["a campaign"] != verdicts["base"], ["base", *changes]]

# %% [markdown]
# ## Nothing is nothing
#
# A change that changes nothing makes no difference at all, not a small one. This is a good test of
# any simulator that claims common random numbers: an hour is sixty minutes.

# %%
same = ss.compare(
    "../scenarios/portal.toml",
    {"the same in minutes": {"run.warm_up": "80640min"}},
    measures=measures,
    replications=2,
)
np.abs(same.frame["difference"]).max()

# %% [markdown]
# ## Where to go on
#
# Three alternatives are soon asked for. For whole ranges of values, and for the question which of
# them matter at all, go on to the next notebook.
