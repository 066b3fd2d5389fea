# ---
# title: 分類
# tags: [lecture, 二値]
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 分類
#
# Two classes, one line.
# Don't stop at `"""`.

# %% 準備
# %matplotlib inline
# !echo started
import numpy as np

# %% Draw tags=["hide-input", "figure"] timeout=30
#| alt: 散布図
#| label: fig-points
# A comment of the author's.
points = np.zeros((3, 2))
text = """
# %% no marker, a string
"""

# %% [markdown] {"slideshow": {"slide_type": "slide"}}
r"""
## As a string

$\alpha$
"""

# %%
# %%time
total = sum(range(10))

total

# %% language="bash"
# echo hello
# date

# %% [raw] raw_mimetype="text/html"
# <b>bold</b>

#%% md
# PyCharm's own

#%%
last = 1
