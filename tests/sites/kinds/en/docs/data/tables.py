# %% [markdown]
# # Reading tables
#
# Whoever gets data looks at the table first. How many rows are there? Is anything missing? Which units are used?
#
# ## A small table
#
# Click on the heading of a column to sort by it.

# %%
import numpy as np
import pandas as pd

cities = pd.DataFrame(
    {
        "city": ["Sapporo", "Sendai", "Tokyo", "Nagoya", "Osaka", "Fukuoka"],
        "people": [1_973_395, 1_096_704, 9_733_276, 2_332_176, 2_752_412, 1_612_392],
        "area (km²)": [1121.3, 786.4, 627.5, 326.5, 225.3, 343.5],
        "mean temperature": [9.2, 12.8, 15.8, 16.2, 17.1, 17.3],
    }
)
cities

# %% [markdown]
# ## Computing a column
#
# How dense is the population? The densest comes first.

# %%
cities["density"] = (cities["people"] / cities["area (km²)"]).round(1)
cities.sort_values("density", ascending=False)[["city", "density"]]

# %% [markdown]
# ## A wide table
#
# A table with many columns scrolls by itself. The page stays where it is.

# %%
rng = np.random.default_rng(3)
wide = pd.DataFrame(rng.normal(size=(60, 14)).round(3), columns=[f"measurement_{i:02d}" for i in range(14)])
wide.insert(0, "id", [f"S{i:03d}" for i in range(60)])
wide

# %% [markdown]
# ## A summary

# %%
wide.describe().T.round(2).head(8)

# %%
for step in range(60):
    print(f"step {step:3d}  loss {1 / (1 + step):.5f}")

# %% [markdown]
# ## As a figure
#
# Sometimes a figure says it sooner.

# %%
#| alt: Bars for the population density of six cities; Osaka has the longest.
#| caption: Population density of six cities, in people per km².
import matplotlib.pyplot as plt

ordered = cities.sort_values("density")
plt.figure(figsize=(5.6, 2.6))
plt.barh(ordered["city"], ordered["density"])
plt.xlabel("people / km²")
plt.title("Population density")
plt.show()
