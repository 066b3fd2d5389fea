# %% [markdown]
# # Learning from mistakes
#
# An error is no reproach but an explanation. Read it from below, and you know what happened.

# %%
import warnings

import numpy as np

hours = np.array([1.0, 2.0, 3.0, 4.0])
marks = np.array([52.0, 61.0, 68.0, 80.0])

# %% [markdown]
# ## Shapes that do not fit
#
# A matrix can be multiplied by a vector only if their shapes agree.

# %% tags=["raises-exception"]
A = np.vander(hours, 3)
product = A @ marks

# %% [markdown]
# The next cell had been waiting for this product.

# %%
centred = product - product.mean()

# %%
centred

# %% [markdown]
# ## Within a function of your own
#
# The lines of your own code are shown, those of libraries are folded away.


# %%
def mark_of(name: str) -> float:
    """The mark of a student."""
    known = {"Sato": 61.0, "Suzuki": 68.0}
    return known[name]


# %% tags=["raises-exception"]
mark_of("Tanaka")

# %% [markdown]
# ## Warnings
#
# A warning tells of what does not break now but may later.

# %%
warnings.warn("Four students are not many.", stacklevel=1)
marks.mean()

# %% [markdown]
# ## How to read them
#
# - The **last line** has the name of the error and the reason.
# - Above it stands the **line** where it happened.
# - If that does not help, `print` the values.
