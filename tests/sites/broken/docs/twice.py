# %% [markdown]
# # Twice, from a notebook

# %%
1
