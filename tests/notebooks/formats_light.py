# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: light
#   kernelspec:
#     language: python
# ---

# # Light
#
# A paragraph of prose.

# A comment that belongs to its code.
x = 1
def double(y):

    return 2 * y

# + tags=["remove-input"]
a = 1

b = 2
# -

# %matplotlib inline

# Another *paragraph*.

# + [markdown]
# First.
#
#
# Second.
# -

double(x)
