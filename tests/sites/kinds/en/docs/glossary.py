# %% [markdown]
# # Glossary
#
# The words of this course.

# %% [markdown]
# ## Linear algebra
#
# ### Vector
#
# Numbers in a column: $\mathbf{x} = (x_1, \dots, x_D)^\top$.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Matrix
#
# Numbers in rows and columns; in `numpy` an array whose `shape` is `(N, D)`.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Inner product
#
# $\mathbf{w}^\top \mathbf{x} = \sum_d w_d x_d$ tells how much two vectors point the same way.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Norm
#
# The length of a vector: $\lVert \mathbf{w} \rVert_2 = \sqrt{\mathbf{w}^\top \mathbf{w}}$.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Eigenvalue
#
# A $\lambda$ for which $A\mathbf{v} = \lambda\mathbf{v}$.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.

# %% [markdown]
# ## Probability
#
# ### Random variable
#
# A variable whose value depends on the outcome of a trial.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Expectation
#
# $\mathbb{E}[X] = \sum_x x\,p(x)$, the mean value.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Variance
#
# The expected square of the distance from the expectation.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Conditional probability
#
# $p(y \mid x) = p(x, y) / p(x)$.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Bayes’ theorem
#
# $p(y \mid x) = \dfrac{p(x \mid y)\,p(y)}{p(x)}$.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.

# %% [markdown]
# ## Learning
#
# ### Training data
#
# What a model learns from.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Test data
#
# What it is judged by in the end, and never learns from.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Overfitting
#
# To learn the noise of the training data by heart.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Regularisation
#
# A penalty on how complex a model is.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Cross-validation
#
# To split the data and let each part be the judge in turn.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Gradient descent
#
# To repeat $\mathbf{w} \leftarrow \mathbf{w} - \eta \nabla \mathcal{L}(\mathbf{w})$.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.

# %% [markdown]
# ## Tools
#
# ### Notebook
#
# A document of prose, code and results.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Cell
#
# One piece of a notebook.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Virtual environment
#
# Where the packages of one course are installed: the folder `.venv`.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
#
# ### Package
#
# Python code that is passed on; `pip install` installs it.
#
# The word is used again and again in this course; come back here whenever you are in doubt. Where it is met for the first time there is an example. Symbols in formulas mean the same in all chapters.
