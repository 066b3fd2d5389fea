# %% [markdown]
# # Errors are part of teaching
#
# A lecture shows what goes wrong as well. A cell tagged `raises-exception` may fail without failing the build, and
# the page shows the message, with the lines of the library folded away.

# %%
import warnings

import numpy as np
from sklearn.linear_model import LinearRegression

hours = np.array([1.0, 2.0, 3.0, 4.0])
marks = np.array([52.0, 61.0, 68.0, 80.0])

# %% [markdown]
# scikit-learn wants a table with one *column* for each feature. A plain list of numbers is not one:

# %% tags=["raises-exception"]
LinearRegression().fit(hours, marks)

# %% [markdown]
# The message even says what to do:

# %%
model = LinearRegression().fit(hours.reshape(-1, 1), marks)
print(f"each hour of work is worth {model.coef_[0]:.1f} marks")

# %% [markdown]
# ## Warnings
#
# Warnings name the line of the notebook that caused them.

# %%
warnings.warn("Four students are not many.", stacklevel=1)
marks.mean()

# %% [markdown]
# ## Your own functions
#
# Frames of the notebook are shown, with their lines:


# %%
def mark_of(name: str) -> float:
    """The mark of a student."""
    known = {"Sato": 61.0, "Suzuki": 68.0}
    return known[name]


# %% tags=["raises-exception"]
mark_of("Tanaka")
