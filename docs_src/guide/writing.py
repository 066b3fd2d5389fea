# ---
# title: Writing prose
# description: The Markdown that notebooks may use, each kind as it is written and as it is read.
# ---

# %% [markdown]
# # Writing prose
#
# Prose cells hold Markdown. Authors bring different dialects of it from marimo, Jupyter, MkDocs, MyST, Quarto and GitHub, and
# all of these are understood, in one page if you like. Below, each is shown as it is written and, after it, as it is read.
#
# In marimo, prose is `mo.md(r"""…""")`; in a script, a `# %% [markdown]` cell, as in the source of this page; in `.ipynb` files, a
# Markdown cell. A page in a `.md` file is different: MkDocs renders it with Python-Markdown and the extensions in `mkdocs.yml`.
# [Formulas](#formulas), [diagrams](#diagrams) and [references](#numbers-and-references) are understood there as well, unless the site has
# an extension of its own for them.

# %% [markdown]
# ## Words
#
# Emphasis, code, marks, and what editors do:
#
# ````markdown
# *emphasis*, **strong**, `code`, ~~deleted~~, ==marked==, ^^inserted^^,
# H~2~O, 2^10^, ++ctrl+c++, {--out--} {++in++} {~~old~>new~~}
# ````
#
# *emphasis*, **strong**, `code`, ~~deleted~~, ==marked==, ^^inserted^^,
# H~2~O, 2^10^, ++ctrl+c++, {--out--} {++in++} {~~old~>new~~}

# %% [markdown]
# ### Japanese and Chinese
#
# Emphasis may begin or end at any bracket or full stop, and lines are joined without a space:
#
# ````markdown
# これは**「勾配降下法」**です。**重要。**次の文に続き、
# *ここで*行を改めても、**Python（3.12）**の後に空白は入りません。
# ````
#
# これは**「勾配降下法」**です。**重要。**次の文に続き、
# *ここで*行を改めても、**Python（3.12）**の後に空白は入りません。

# %% [markdown]
# ### Links and emoji
#
# Links to notebooks and pages are relative to the file, and are checked by the build. So are the parts after `#`: the id of a heading, or
# `cell-` and the name of a cell.
#
# ````markdown
# [Formats](formats.md), [the part on magics](formats.md#magics),
# [a cell](../course/02_linear_regression.py#cell-data),
# <https://example.org> and :tada:
# ````
#
# [Formats](formats.md), [the part on magics](formats.md#magics),
# [a cell](../course/02_linear_regression.py#cell-data),
# <https://example.org> and :tada:

# %% [markdown]
# ### Abbreviations and footnotes
#
# They hold for all cells of a page. Notes are numbered by their first use and stand at the end of the page.
#
# ````markdown
# SGD visits the examples one by one[^order],
# or in small groups^[These are called *mini-batches*.].
#
# [^order]: In random order, and in a new one each time.
#
# *[SGD]: stochastic gradient descent
# ````
#
# SGD visits the examples one by one[^order],
# or in small groups^[These are called *mini-batches*.].
#
# [^order]: In random order, and in a new one each time.
#
# *[SGD]: stochastic gradient descent

# %% [markdown]
# ## Lists
#
# No blank line is needed before a list, and two or four spaces nest it:
#
# ````markdown
# What we need:
# - data
#   - for training
#   - for testing
# 1. a model
#     - its parameters
# 2. a measure
# ````
#
# What we need:
# - data
#   - for training
#   - for testing
# 1. a model
#     - its parameters
# 2. a measure
#
# ````markdown
# - [x] install
# - [ ] read the first chapter
# ````
#
# - [x] install
# - [ ] read the first chapter
#
# ````markdown
# Loss
# :   What training makes small.
#
# Risk
# :   What we would like to make small.
# ````
#
# Loss
# :   What training makes small.
#
# Risk
# :   What we would like to make small.

# %% [markdown]
# ## Notes
#
# The way of MkDocs. `???` is folded, and `???+` can be folded:
#
# ````markdown
# !!! note "A title with *emphasis*"
#     The kinds are note, tip, important, warning, danger, example, question,
#     success, quote and more; any other word is a kind of its own.
# ````
#
# !!! note "A title with *emphasis*"
#     The kinds are note, tip, important, warning, danger, example, question,
#     success, quote and more; any other word is a kind of its own.
#
# ````markdown
# ??? question "What is the derivative of $x^2$?"
#     It is $2x$.
# ````
#
# ??? question "What is the derivative of $x^2$?"
#     It is $2x$.

# %% [markdown]
# The way of marimo, where folded text is called `details`:
#
# ````markdown
# /// warning | Scale the features first
# Gradient descent walks slowly through a long valley.
# ///
# ````
#
# /// warning | Scale the features first
# Gradient descent walks slowly through a long valley.
# ///
#
# ````markdown
# /// details | Solution
#     type: success
#
# Divide each feature by its standard deviation.
# ///
# ````
#
# /// details | Solution
#     type: success
#
# Divide each feature by its standard deviation.
# ///

# %% [markdown]
# The way of GitHub:
#
# ````markdown
# > [!TIP]
# > A learning rate that is too large makes the loss grow.
# ````
#
# > [!TIP]
# > A learning rate that is too large makes the loss grow.

# %% [markdown]
# The way of MyST and Quarto:
#
# ````markdown
# :::{important} Split first
# Whatever is learned from the test data is lost for testing.
# :::
# ````
#
# :::{important} Split first
# Whatever is learned from the test data is lost for testing.
# :::
#
# ````markdown
# ::: {.callout-caution}
# A mean over all data has seen the test data, too.
# :::
# ````
#
# ::: {.callout-caution}
# A mean over all data has seen the test data, too.
# :::

# %% [markdown]
# ## Tabs
#
# The way of MkDocs; `/// tab | Python` and MyST's `tab-set` work, too. Without JavaScript the contents stand below each other.
#
# ````markdown
# === "Python"
#
#     ```python
#     model.fit(x, y)
#     ```
#
# === "R"
#
#     ```r
#     fit <- lm(y ~ x)
#     ```
# ````
#
# === "Python"
#
#     ```python
#     model.fit(x, y)
#     ```
#
# === "R"
#
#     ```r
#     fit <- lm(y ~ x)
#     ```

# %% [markdown]
# ## Tables and figures
#
# Columns are aligned by colons. Bars in code and formulas do not end a cell.
#
# ````markdown
# | Model | Training | Test |
# |:------|---------:|-----:|
# | $P(A|B)$ | 1.00 | 0.93 |
# | `a|b` | 0.95 | 0.94 |
# ````
#
# | Model | Training | Test |
# |:------|---------:|-----:|
# | $P(A|B)$ | 1.00 | 0.93 |
# | `a|b` | 0.95 | 0.94 |
#
# ````markdown
# ![A ball rolls down a hill](img/hill.svg){ width=240 }
# ````
#
# ![A ball rolls down a hill](img/hill.svg){ width=240 }
#
# ````markdown
# ```{figure} img/hill.svg
# :alt: A ball rolls down a hill
# :width: 240px
# :name: fig-hill
#
# Gradient descent, seen from the side.
# ```
#
# {ref}`The figure <fig-hill>` can be referred to.
# ````
#
# ```{figure} img/hill.svg
# :alt: A ball rolls down a hill
# :width: 240px
# :name: fig-hill
#
# Gradient descent, seen from the side.
# ```
#
# {ref}`The figure <fig-hill>` can be referred to.

# %% [markdown]
# ## Formulas
#
# LaTeX becomes MathML when the site is built, so that readers load no script for it. A formula that cannot be converted is a
# problem at its line. `\label` [numbers](#numbers-and-references) an equation, and `\eqref` refers to it.
#
# ````markdown
# The loss $L(w)$ falls in the direction $-\nabla L$, and a coffee costs $3.
# ````
#
# The loss $L(w)$ falls in the direction $-\nabla L$, and a coffee costs $3.
#
# ````markdown
# $$
# L(w) = \frac{1}{n} \sum_{i=1}^{n} \left( y_i - w^\top x_i \right)^2
# \label{eq:loss}
# $$
# ````
#
# $$
# L(w) = \frac{1}{n} \sum_{i=1}^{n} \left( y_i - w^\top x_i \right)^2
# \label{eq:loss}
# $$
#
# ````markdown
# \begin{align}
# \nabla L(w) &= \frac{2}{n} X^\top (Xw - y) \label{eq:gradient} \\
# w &\leftarrow w - \eta \nabla L(w)
# \end{align}
#
# With $\eqref{eq:gradient}$ we make $\eqref{eq:loss}$ small.
# ````
#
# \begin{align}
# \nabla L(w) &= \frac{2}{n} X^\top (Xw - y) \label{eq:gradient} \\
# w &\leftarrow w - \eta \nabla L(w)
# \end{align}
#
# With $\eqref{eq:gradient}$ we make $\eqref{eq:loss}$ small.

# %% [markdown]
# ## Code
#
# A title, marked lines, line numbers; the languages are those of Pygments.
#
# ````markdown
# ```python title="fit.py" hl_lines="2" linenums="1"
# for step in range(100):
#     w -= rate * gradient(w)
# ```
# ````
#
# ```python title="fit.py" hl_lines="2" linenums="1"
# for step in range(100):
#     w -= rate * gradient(w)
# ```
#
# ````markdown
# ```{code-block} python
# :caption: fit.py
# w -= rate * gradient(w)
# ```
# ````
#
# ```{code-block} python
# :caption: fit.py
# w -= rate * gradient(w)
# ```
#
# ### Diagrams
# Flowcharts in Mermaid's language are drawn when the site is built, in the colours of the page and without a script.
#
# ````markdown
# ```mermaid
# flowchart LR
#     data[(Data)] --> split{Split}
#     split -- 80 % --> fit[Fit the model]
#     split -- 20 % --> test[Test it]
#     fit --> test
# ```
# ````
#
# ```mermaid
# flowchart LR
#     data[(Data)] --> split{Split}
#     split -- 80 % --> fit[Fit the model]
#     split -- 20 % --> test[Test it]
#     fit --> test
# ```
#
# Nodes may have any of the classic shapes, links any stroke, tip and label, and `subgraph`, `direction`, `classDef`, `style` and
# `click` work. `accTitle` and `accDescr` say what the drawing shows; without them it is told by its links. Other diagrams, such as
# `sequenceDiagram`, are drawn where Mermaid's command line is installed (`npm install -g @mermaid-js/mermaid-cli`), and are
# else shown as their source. `mo.mermaid(...)` does the same. `.md` pages have them as well, unless
# the site has a fence of its own for `mermaid`.

# %% [markdown]
# ## Numbers and references
#
# What has a label has a number, and can be referred to from every page, notebooks and `.md` pages alike. A label begins with its kind:
# `fig-`, `tbl-`, `eq-`, `lst-` for a listing of code, `sec-` for a section. References are written as in Quarto, and name the thing in the
# language of the page: Figure 3.2, 図 3.2.
#
# ````markdown
# ![Gradient descent, seen from the *side*](img/hill.svg){#fig-side width=200}
#
# The ball of @fig-side rolls down; [this picture](@fig-side) shows it.
# ````
#
# ![Gradient descent, seen from the *side*](img/hill.svg){#fig-side width=200}
#
# The ball of @fig-side rolls down; [this picture](@fig-side) shows it.
#
# ````markdown
# | Rate | Steps |
# |-----:|------:|
# | 0.1 | 88 |
# | 0.5 | 14 |
#
# : Steps until the loss stays {#tbl-steps}
#
# $$ w \leftarrow w - \eta \nabla L(w) $$ {#eq-step}
#
# ```{.python #lst-step lst-cap="One step"}
# w -= rate * gradient(w)
# ```
#
# By @eq-step, that is by @lst-step, we get @tbl-steps.
# ````
#
# | Rate | Steps |
# |-----:|------:|
# | 0.1 | 88 |
# | 0.5 | 14 |
#
# : Steps until the loss stays {#tbl-steps}
#
# $$ w \leftarrow w - \eta \nabla L(w) $$ {#eq-step}
#
# ```{.python #lst-step lst-cap="One step"}
# w -= rate * gradient(w)
# ```
#
# By @eq-step, that is by @lst-step, we get @tbl-steps.
#
# A heading with a label is called by its words, a cell by its name after `cell-`:
#
# ````markdown
# ### How the rate is chosen {#sec-rate}
#
# See [-@fig-side], [@fig-side; @tbl-steps], [Fig. %s](@fig-side) or @sec-rate.
# ````
#
# ### How the rate is chosen {#sec-rate}
#
# See [-@fig-side], [@fig-side; @tbl-steps], [Fig. %s](@fig-side) or @sec-rate.
#
# In Japanese no space is needed after a label:
#
# ````markdown
# 図は@fig-sideに、歩数は@tbl-stepsに示す。
# ````
#
# 図は@fig-sideに、歩数は@tbl-stepsに示す。

# %% [markdown]
# ### Parts of a figure
#
# Figures with labels within a labelled `div` are its parts. They have letters, and the paragraph at the end is the caption of the whole:
#
# ````markdown
# ::: {#fig-hills layout-ncol=2}
# ![From the side](img/hill.svg){#fig-hill-side}
# ![From the side, *again*](img/hill.svg){#fig-hill-again}
#
# The same hill, twice
# :::
#
# The ball of @fig-hill-side is that of @fig-hill-again; both are in @fig-hills.
# ````
#
# ::: {#fig-hills layout-ncol=2}
# ![From the side](img/hill.svg){#fig-hill-side}
# ![From the side, *again*](img/hill.svg){#fig-hill-again}
#
# The same hill, twice
# :::
#
# The ball of @fig-hill-side is that of @fig-hill-again; both are in @fig-hills.

# %% [markdown]
# ### What a cell shows
#
# A figure, a table or an equation that a cell makes gets label and caption from the cell's [options](cells.md), in every format. Above the
# code of a script, of marimo and of an `.ipynb` cell:
#
# ```python
# #| label: fig-loss
# #| caption: The loss falls **fast** at first.
# #| alt: A line falls from 3 to 0.1 in ten steps.
# plt.plot(losses)
# ```
#
# A script may say it in the cell's marker, `# %% label="fig-loss" caption="…"`, and Jupyter in the cell's metadata. With `lst-…` it is the
# code that gets the number. What the cell shows may be anything: printed text with the label `fig-…` is a figure, too.
#
# A cell that shows several figures may make them parts of one. They are referred to as `@fig-fits-1`, `@fig-fits-2`:
#
# ```python
# #| label: fig-fits
# #| caption: The same data and two polynomials.
# #| subcaptions: ["Degree 1", "Degree 9"]
# for degree in (1, 9):
#     display(plot(degree))
# ```

# %% [markdown]
# ### Which number
#
# Each kind is counted by itself, in the order of the page. On a page that is a chapter the number of the chapter comes first: Figure 3.2.
# A page is the chapter whose number its readers see. The first of these that is there decides:
#
# 1. `chapter: 3` in the page's metadata, also `chapter: A`; `chapter: false` for no chapter
# 2. the number at the beginning of its title: *3. Trees*, *Chapter 3*, *第3章 決定木*, *第3回*, *Appendix A*, *付録A*
# 3. the numbers with which its folders and its file begin: `03_trees.py`; `03_trees/01_gini.md` is 3.1
#
# So a page that is added elsewhere changes no number. Pages of one folder that are the same chapter count on, in the order of the
# navigation. Without a chapter each page counts from 1, and references from other pages name the page: Figure 1 in “Trees”. The
# [setting](../reference/configuration.md) `numbers: page` makes it so on every page. Rows of an equation count where LaTeX numbers them;
# `\tag{☆}` stands as it is.
#
# Labels are unique on a site; pages in two languages may have the same. A reference to nothing, and a label used twice, are
# [problems](../reference/problems.md#unknown-label) at their lines.

# %% [markdown]
# ### Other ways to write it
#
# | From | Labels | References |
# | --- | --- | --- |
# | Quarto | `::: {#fig-a} … :::`, `fig-cap`, `tbl-cap`, `lst-cap` | `@fig-a`, `[-@fig-a]`, `[Fig. @fig-a]` |
# | MyST | `:name: fig-a`, `(fig-a)=` above, `$$ … $$ (eq-a)` | `` {ref}`fig-a` ``, `` {numref}`Fig. %s <fig-a>` ``, `` {eq}`eq-a` ``, `[](#fig-a)` |
# | MkDocs | `/// figure-caption` with `attrs: {id: fig-a}`, `<figure id="fig-a">` | |
# | LaTeX, pandoc-crossref | `\label{eq:a}`, `fig:a` | `\ref{fig:a}`, `\eqref{eq:a}`, `\cref{eq:a}` |
#
# In `.md` pages, which MkDocs renders, images, tables with a caption, `<figure>`, code with an id and equations with a label are numbered,
# and all these references work. A `<figure id="fig-a" markdown>` with labelled images in it has parts, where the extension `md_in_html` is on.

# %% [markdown]
# ## Attributes and raw HTML
#
# An id, classes and other attributes stand in braces. With an id of its own a heading can be linked to even when its words change.
#
# ````markdown
# ### Choosing the rate {#rate}
#
# A paragraph that begins with [a link to it](#rate).
# {: .lead }
# ````
#
# ### Choosing the rate {#rate}
#
# A paragraph that begins with [a link to it](#rate).
# {: .lead }
#
# ````markdown
# <details>
# <summary>Raw HTML</summary>
#
# with **Markdown** after a blank line, and $x^2$.
#
# </details>
# ````
#
# <details>
# <summary>Raw HTML</summary>
#
# with **Markdown** after a blank line, and $x^2$.
#
# </details>

# %% [markdown]
# ## Where dialects disagree
#
# | Written | Meaning here | Elsewhere |
# | --- | --- | --- |
# | `~x~` | subscript | GitHub: deleted |
# | `\(x\)`, and `\[x\]` on a line of its own | a formula | CommonMark: brackets |
# | `a|b` in code within a table | part of the code | GitHub: ends the cell |
# | a line break between Japanese characters | nothing | most others: a space |
#
# A directive of MyST or Sphinx that has no meaning here keeps its content, in a box with its name, and is a
# [problem](../reference/problems.md#unknown-directive) that the build tells. Nothing is dropped.
