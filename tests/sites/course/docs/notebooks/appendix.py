# %% [markdown]
# Without a heading, the file name gives the title.

# %%
1 + 1
