# %% [markdown]
# # Secret

# %%
1 + 1
