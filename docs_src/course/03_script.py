# ---
# title: A script with cells
# description: Percent scripts run from top to bottom, and publish like notebooks.
# ---

# %% [markdown]
# # A script with cells
#
# Many people keep their analyses as ordinary scripts, with `# %%` between the steps. Spyder, VS Code, PyCharm and
# jupytext understand that, and so does nbpublish. Cells run **from top to bottom**, and a name may be given a new
# value as often as you like.

# %%
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split

iris = load_iris(as_frame=True)
iris.frame.sample(5, random_state=0)

# %% [markdown]
# ## Looking at the data
#
# Averages by species already tell two of them apart:

# %%
table = iris.frame.assign(species=iris.target_names[iris.target]).drop(columns="target")
table.groupby("species").mean().round(2)

# %% [markdown]
# ## A classifier
#
# Magics work too, in cells that use them:

# %%
# %matplotlib inline
train, test, train_y, test_y = train_test_split(iris.data, iris.target, random_state=0, stratify=iris.target)
model = LogisticRegression(max_iter=1000).fit(train, train_y)
print(f"{model.score(test, test_y):.1%} of {len(test)} flowers in the test set are named correctly")

# %%
#| caption: Which species is taken for which.
#| label: fig-confusion
display = ConfusionMatrixDisplay.from_estimator(
    model, test, test_y, display_labels=iris.target_names, colorbar=False, cmap="Blues"
)
display.figure_.set_size_inches(4, 3.4)
plt.title("Confusion matrix on the test set")
plt.show()

# %% [markdown]
# ## Redefinition
#
# In a script, `model` may become another one. What stands below uses the new one; what stands above keeps the old
# result.

# %%
model = LogisticRegression(max_iter=1000, C=0.01).fit(train, train_y)
pd.Series({"strongly regularised": model.score(test, test_y)}, name="accuracy").round(3)

# %% [markdown] tags=["solution"]
# !!! tip "Solution"
#     A small `C` pulls all weights towards zero, so that the classes lie closer together and more flowers are
#     mistaken.
