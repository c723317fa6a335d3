# %% [markdown]
# # Calibration
#
# Some numbers of a desk nobody has measured. How long would customers wait before they give up?
# How many write back once they have an answer? But figures that depend on them are known: how many
# tickets are answered within a day, how many are open on average. *Calibration* goes the way back:
# it looks for the numbers under which the simulated figures are the known ones.

# %%
import supportsim as ss

# %% tags=["parameters"] quick="starts, replications, check = 1, 8, 2"
starts, replications, check = 8, 40, 150

# %% [markdown]
# ## From a wrong guess
#
# We take the portal, forget what is known of its customers, and begin with guesses that are far
# off. Two numbers are free: the mean patience and the share of customers who write back.

# %%
guesses = {
    "channels.portal.patience.mean": "7d",
    "channels.portal.replies.probability": 0.1,
    "run.replications": check,
}
free = {
    "channels.portal.patience.mean": "1d:8d",
    "channels.portal.replies.probability": "0.05:0.6",
}
figures = ["portal.answered_within_24h", "portal.answered_within_48h", "portal.resolution_time"]

fitted = ss.calibrate(
    "../scenarios/portal.toml",
    free=free,
    to=figures,
    changes=guesses,
    starts=starts,
    polished=1,
    replications=replications,
)
fitted

# %% [markdown]
# ## What was found, and how well
#
# Each parameter comes with two ranges, which answer two questions. *Noise*: how far could it be off
# because so many replications were made and no more? *Figures hold*: how far could it go before a
# figure leaves what is accepted of it? The first shrinks with more simulation. The second does not:
# only more figures, or sharper ones, would narrow it.

# %%
fitted.parameters[["before", "fitted", "unit", "low", "high", "holds_low", "holds_high"]].round(3)

# %%
ax = fitted.plot_parameters()

# %%
fitted.figures[["published_low", "published_high", "unit", "simulated", "residual"]].round(3)

# %%
ax = fitted.plot_figures()

# %% [markdown]
# ## What the figures leave open
#
# Figures may not be able to tell two numbers apart: a little more of the one, a little less of the
# other, and nothing that was published changes. It is better to know. Here is what the figures do
# not pin down; an empty answer would mean that they pin down both numbers.

# %%
print(*fitted.not_pinned_down, sep="\n")

# %% [markdown]
# ## An honest check
#
# A fit is tried on the random numbers that it was made with, and so it flatters itself. The check
# runs the fitted scenario on fresh ones. Its verdicts on the fitted figures are called `fitted`,
# and never count as predictions.

# %%
fitted.verdicts.loc[
    figures, ["tolerance_low", "tolerance_high", "simulated", "low", "high", "verdict", "role"]
].round(3)

# %% [markdown]
# `fitted.write_scenario("fitted.toml")` would write the scenario with the numbers found, every
# comment kept. The portal scenario that comes with `supportsim` was made like this, of eight
# figures:
#
# ```
# supportsim calibrate scenarios/portal.calibrate.toml -o scenarios/portal.toml --overwrite
# ```
