# ---
# title: Alpha in full
# description: The first notebook
# tags: [circles, first]
# ---

# %% [markdown]
# # Alpha
#
# Read the [setup](../guide/intro.md#setup) first, then [beta](beta.py), or
# [a cell of it](beta.py#cell-area).
#
# ![A dot](../assets/dot.png)

# %%
print("```python\n\tkept tab\n\n  <not a tag>\n```\n!!! note\n    [x](y.md) $a$ *b*")

# %% [markdown]
# ## Results of alpha
#
# An admonition:
#
# !!! tip "A tip"
#     Advice stands here.

# %%
from IPython.display import HTML

HTML("<table><tr><td>*raw* &amp; [l](m.md) " + "needle".upper() + "</td></tr></table>")

# %% [markdown]
# ### Deeper
#
# By name, where it is documented: [the formula][mymod.area].
