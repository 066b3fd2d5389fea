# %% [markdown]
# # Failing
#
# [Gone](gone.md), [no anchor](index.md#zzz).

# %%
before = "shown before"
print(before)

# %%
1 / 0

# %%
print("not reached")
