# %% [markdown]
# # A script with cells
#
# `# %%` starts a cell, `# %% [markdown]` starts prose. The file runs with `python` as well.

# %%
import numpy as np

throws = np.random.default_rng(1).integers(1, 7, size=10_000)
throws.mean()

# %% [markdown]
# The mean of many throws of a die comes close to $3.5$.

# %%
faces, counts = np.unique(throws, return_counts=True)
for face, count in zip(faces, counts):
    print(face, "#" * (count // 50))
