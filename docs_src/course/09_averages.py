# %% [markdown]
# # Averages of anything
#
# The sliders on this page move, although no Python runs behind it: what follows from each of their values was computed
# when the page was built. This is an ordinary script. A comment beside a constant, such as
# `size = 2  # widget: values(1, 2, 5, …)`, makes the control.
#
# Draw a few numbers, take their average, and do that four thousand times. What do the averages look like?

# %%
import matplotlib.pyplot as plt
import numpy as np

# %%
source = "waiting times"  # widget: radio("dice", "waiting times", "two camps", label="draw from")
size = 2  # widget: values(1, 2, 5, 10, 30, 100, label="numbers in each average")

# %%
def draw(source, shape):
    """Numbers with an average of 1."""
    rng = np.random.default_rng(0)
    if source == "dice":
        return rng.integers(1, 7, shape) / 3.5
    if source == "waiting times":
        return rng.exponential(1, shape)
    return rng.choice([0.2, 1.8], shape) + rng.normal(0, 0.08, shape)

# %%
means = draw(source, (4000, size)).mean(axis=1)

# %%
spread = means.std()
grid = np.linspace(-0.2, 3.2, 300)
bell = np.exp(-((grid - means.mean()) ** 2) / (2 * spread**2)) / (spread * np.sqrt(2 * np.pi))
fig, ax = plt.subplots(figsize=(5.2, 2.9))
ax.hist(means, bins=np.linspace(-0.2, 3.2, 69), density=True, alpha=0.45, label="averages")
ax.plot(grid, bell, lw=2, label="bell curve of the same width")
ax.set(xlim=(-0.2, 3.2), ylim=(0, None), xlabel="average", yticks=[])
ax.spines[["left", "top", "right"]].set_visible(False)
ax.legend(loc="upper right", frameon=False)
plt.show()

# %%
skewness = np.mean(((means - means.mean()) / spread) ** 3)
print(f"spread {spread:.3f}   spread × √{size} {spread * size ** 0.5:.3f}   skewness {skewness:+.2f}")

# %% [markdown]
# **Try this.** Stay with the waiting times and move from 1 to 100: the lopsided heap becomes a bell, and its skewness falls
# as $1/\sqrt{n}$. Then take the two camps at 1, 2 and 5: nothing in between is ever drawn, and yet the averages
# fill the gap. Whatever you draw from, spread × $\sqrt{n}$ stays the same. That is the central limit theorem:
#
# $$
# \sqrt{n}\,(\bar X_n - \mu) \;\longrightarrow\; \mathcal N(0, \sigma^2)
# $$
