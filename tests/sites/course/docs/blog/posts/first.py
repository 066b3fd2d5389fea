# ---
# date: 2026-11-22
# categories: [News]
# ---

# %% [markdown]
# # First post
#
# A post that is a notebook.
#
# <!-- more -->

# %%
print("computed in a post")
