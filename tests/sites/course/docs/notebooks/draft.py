# %% [markdown]
# # Draft

# %%
1 + 1
