"""Formulas and diagrams in `.md` pages: as in notebooks, unless the site has its own way with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mkdocs_sites import build_site, write_site

MATH = r"""---
title: A page
---

# The $R^2$ of a fit

A price of $5 and one of $10, then $x_1 * y_1 * z$ and \(a_b\), `$code$`, \$3 and $$ e = mc^2 $$ within.
![A $z$ in words](hill.svg)

Before it:
$$
\mathcal{L}(w) = \frac{1}{n} \sum_i (y_i - w^\top x_i)^2
$$
After it.

!!! note
    $$ \tau $$

- in a list $p$

\begin{align}
a &= b \label{eq:one} \\
c &= d
\end{align}

```text
$x$
```

| of | is |
|----|----|
| $|x|$ and `$|$` | $p(y|x)$ \| |

[A link](hill.svg "with $t$")

[A [bracket] in $q$](hill.svg) and wrong: $\frac{1}$.
"""
DIAGRAMS = """# Diagrams

```mermaid
flowchart LR
  a[データ] --> b[モデル]
```

- in a list

    ```mermaid
    flowchart LR
      one --> two
    ```

````markdown
```mermaid
flowchart LR
  shown --> only
```
````

    ```mermaid
    as code
    ```

Text.

```mermaid
sequenceDiagram
  A->>B: hello
```
"""
HILL = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'


def page(folder: Path, text: str, **settings: Any) -> tuple[str, list[tuple[int, str]]]:
    """The page as HTML, and lines and messages of its problems."""
    extensions = {"markdown_extensions": ["admonition", "tables"], **settings}
    source = write_site(folder, {"index.md": text, "hill.svg": HILL}, **extensions)
    site = build_site(source, folder / "site")
    return site.html("index.html"), [(problem.line, problem.message) for problem in site.problems]


def formulas(html: str) -> list[str]:
    return re.findall(r'data-nb-tex="([^"]*)"', html)


def test_formulas_are_those_of_notebooks(tmp_path: Path) -> None:
    html, problems = page(tmp_path, MATH)
    assert formulas(html) == [
        "R^2",
        "x_1 * y_1 * z",
        "a_b",
        "e = mc^2",
        r"\mathcal{L}(w) = \frac{1}{n} \sum_i (y_i - w^\top x_i)^2",
        r"\tau",
        "p",
        "\\begin{align}\na &amp;= b \\\\\nc &amp;= d\n\\end{align}",
        "|x|",
        "p(y|x)",
        "q",
    ]
    assert '<h1 id="the-r2-of-a-fit">' in html
    assert "A price of $5 and one of $10, then <math" in html
    assert '<code>$code$</code>, $3 and <span class="nb-math"' in html
    assert 'alt="A $z$ in words"' in html
    assert 'title="with $t$"' in html
    assert html.count("<td><") == 2
    assert "and <code>$|$</code></td>" in html
    assert "<p>Before it:</p>" in html
    assert "<p>After it.</p>" in html
    assert ">(1)<" in html, "a number of its own"
    [(line, message)] = problems
    assert line == 1 + MATH[: MATH.index(r"\frac{1}$")].count("\n")
    assert message.startswith("This formula cannot be shown")


@pytest.mark.parametrize("others", ["pymdownx.arithmatex", {"pymdownx.arithmatex": {"generic": True}}])
def test_a_site_with_its_own_way_with_formulas_keeps_it(tmp_path: Path, others: Any) -> None:
    html, problems = page(tmp_path, MATH, markdown_extensions=["admonition", others])
    assert formulas(html) == ["\\begin{align}\na &amp;= b \\\\\nc &amp;= d\n\\end{align}"], "for its number"
    assert 'class="arithmatex"' in html
    assert problems == []


LINES = """# 見出し

一行目、
二行目。
**強調**
と`code`
の後、English
words
と日本語。\x20\x20
改行

- 項目の
  続き
- two
  words

```text
一
二
```
"""


def test_japanese_lines_are_joined_without_a_space(tmp_path: Path) -> None:
    html, _ = page(tmp_path, LINES)
    assert "<p>一行目、二行目。<strong>強調</strong>と<code>code</code>\nの後、English\nwords\nと日本語。<br />" in html
    assert "<li>項目の続き</li>" in html
    assert "<li>two\n  words</li>" in html or "<li>two\nwords</li>" in html
    assert "一\n二\n</code>" in html


def test_an_empty_cell_in_the_head_of_a_table_heads_nothing(tmp_path: Path) -> None:
    html, _ = page(tmp_path, "| | a |\n|:--|---|\n| b | 1 |\n\n| `c` | |\n|---|---|\n| d | 2 |\n")
    heads = re.findall(r"<t([hd])[^>]*>(.*?)</t[hd]>", "".join(re.findall("<thead>.*?</thead>", html, re.DOTALL)))
    assert heads[:4] == [("d", ""), ("h", "a"), ("h", "<code>c</code>"), ("d", "")]


def test_flowcharts_are_drawn_where_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbpublish.frontends.mermaid_program.shutil.which", lambda name: None)
    html, problems = page(tmp_path, DIAGRAMS)
    assert html.count('<svg class="nb-flowchart"') == html.count("<svg") == 2
    assert "データ" in html
    assert re.search(r"<li>.*<figure.*one.*two.*</figure>.*</li>", html, re.DOTALL)
    assert "shown --&gt; only" in html
    assert "as code" in html
    assert '<pre class="nb-mermaid">sequenceDiagram' in html
    [(line, message)] = problems
    assert line == 1 + DIAGRAMS[: DIAGRAMS.index("sequenceDiagram")].count("\n")
    assert "only flowcharts are drawn" in message


def test_what_mermaids_program_draws_is_a_file_of_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = lambda program, store: lambda source: HILL.encode()  # noqa: E731
    monkeypatch.setattr("nbpublish.frontends.mkdocs.drawn_by", draws)
    html, problems = page(tmp_path, DIAGRAMS)
    [address] = re.findall(r'<figure class="nb-figure nb-diagram"><img src="([^"]+)"', html)
    assert (tmp_path / "site" / address).read_text() == HILL
    assert problems == []


def test_a_site_that_draws_diagrams_itself_keeps_its_way(tmp_path: Path) -> None:
    fence = {"name": "mermaid", "class": "mermaid", "format": "pymdownx.superfences.fence_code_format"}
    settings = {"pymdownx.superfences": {"custom_fences": [fence]}}
    source = write_site(tmp_path, {"index.md": DIAGRAMS}, markdown_extensions=[settings])
    path = source / "mkdocs.yml"
    named = "!!python/name:pymdownx.superfences.fence_code_format"
    path.write_text(path.read_text().replace("pymdownx.superfences.fence_code_format", named + " ''"))
    html = build_site(source, tmp_path / "site").html("index.html")
    assert '<pre class="mermaid"><code>flowchart LR' in html
    assert "nb-flowchart" not in html
