"""A page that is rendered again after each save is the one that is rendered for the first time, and most states of its
widgets need not be rendered for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from nbpublish.model import Cell, Output, Page, Run, Still
from nbpublish.page import states
from nbpublish.page.kept_states import MOST, KeptStates, PageStates
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.project import Project

NOTEBOOK = '''\
# %% [markdown]
# # Chapter
#
# Some words.

# %%
size = 1  # widget: slider(1, 3)

# %%
#| label: tbl-numbers
#| caption: Numbers
from IPython.display import HTML, Markdown
HTML(f"<table><tr><td>{size}</td></tr></table>")

# %%
Markdown(f"size {size} of [page](other.md), [term] and @tbl-numbers")

# %%
print("only", size)

# %%
from PIL import Image
Image.new("L", (2, size))

# %%
assert size < 3, "too large"
'''
STATES = 15
SETTINGS = PageSettings()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Project(tmp_path_factory.mktemp("course")) as project:
        yield project


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cells of which a state was rendered."""
    found: list[str] = []
    made = vars(states)["result"]

    def noted(cell: Cell, *more: object) -> str:
        found.append(cell.id)
        return str(made(cell, *more))

    monkeypatch.setattr(states, "result", noted)
    return found


class Author:
    """Saves a notebook again and again; each time its page is the one that is made without knowing of any before."""

    def __init__(self, project: Project, rendered: list[str]) -> None:
        self._project, self._rendered = project, rendered
        self.kept = KeptStates()
        self.asked: list[tuple[str, int]] = []
        self.leads = "{}"
        """Where links lead."""

    def link(self, url: str, line: int) -> str:
        self.asked.append((url, line))
        return self.leads.format(url)

    def saves(self, text: str = NOTEBOOK, settings: PageSettings = SETTINGS, name: str = "a.py") -> list[str]:
        """The cells of which states were rendered for it."""
        return self.shows(self.run(text, name), settings)

    def shows(self, run: Run, settings: PageSettings = SETTINGS) -> list[str]:
        """The cells of which states are rendered for a run."""
        name = run.notebook.path
        self.asked.clear()
        clean, asked = render(run, settings, self.link), list(self.asked)
        self._rendered.clear()
        self.asked.clear()
        page = render(run, settings, self.link, self.kept.of(name, repr(settings)))
        assert page == clean
        assert self.asked == asked, "whoever is asked where links lead hears of all of them"
        return list(self._rendered)

    def run(self, text: str = NOTEBOOK, name: str = "a.py") -> Run:
        notebook = self._project.parse(name, text.encode())
        assert notebook
        return self._project.follow(notebook)


@pytest.fixture
def author(project: Project, rendered: list[str]) -> Author:
    author = Author(project, rendered)
    assert len(author.saves()) == STATES
    return author


EDITS: dict[str, tuple[Callable[[str], str], int]] = {
    "nothing": (lambda text: text, 0),
    "prose": (lambda text: text.replace("Some words", "Other words"), 0),
    "another cell": (lambda text: text + "\n# %%\nprint('something else')\n", 0),
    "a cell that follows": (lambda text: text.replace('"only"', '"still"'), 3),
    "a line above numbers and links": (lambda text: text.replace("Some words.", "Some words.\n#\n# More words."), 6),
    "a definition": (lambda text: text.replace("Some words.", "Some words.\n#\n# [term]: there.md"), 14),
    "a caption": (lambda text: text.replace("caption: Numbers", "caption: Figures"), 3),
    "a place more": (lambda text: text.replace("slider(1, 3)", "slider(1, 4)"), 18),
}
"""What is changed, and how many states are rendered for it besides those that fail: what fails names other cells."""


@pytest.mark.parametrize("edit", EDITS)
def test_a_save_renders_only_the_states_that_it_reaches(author: Author, edit: str) -> None:
    change, count = EDITS[edit]
    fails = 2 if edit == "a place more" else 1
    assert len(author.saves(change(NOTEBOOK))) == count + fails
    author.saves()


def test_a_link_that_leads_elsewhere_is_seen_in_each_state(author: Author) -> None:
    author.leads = "../{}"
    assert len(author.saves()) == 3 + 1
    assert len(author.saves()) == 1


def test_other_settings_render_all_states(author: Author) -> None:
    assert len(author.saves(settings=replace(SETTINGS, language="ja"))) == STATES
    assert len(author.saves(settings=replace(SETTINGS, language="ja"))) == 1


def test_what_a_program_may_draw_is_drawn_each_time(project: Project, rendered: list[str]) -> None:
    asked: list[str] = []

    def draws(source: str) -> bytes:
        asked.append(source)
        return b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"

    diagram = "```mermaid\nmindmap\n  root{size}\n```"
    text = NOTEBOOK.partition("# %%\n#|")[0] + f"# %%\nfrom IPython.display import Markdown\nMarkdown(f{diagram!r})\n"
    author, settings = Author(project, rendered), replace(SETTINGS, diagrams=draws)
    author.saves(text, settings)
    asked.clear()
    assert len(author.saves(text, settings)) == 3
    assert len(set(asked)) == 3


def test_while_states_are_computed_those_of_before_are_kept(author: Author) -> None:
    """A page is shown before its states are there, and has none then."""
    run = author.run()
    page = render(replace(run, decisions=(), states=()), SETTINGS, author.link, author.kept.of("a.py", repr(SETTINGS)))
    assert isinstance(page, Page)
    assert len(author.saves()) == 1


def test_states_of_few_pages_are_kept_and_of_each_those_it_shows_now(author: Author) -> None:
    for number in range(9):
        author.saves(NOTEBOOK.replace('"only"', f'"only {number}"'))
    before = author.kept.count
    assert before <= 2 * STATES, "of the last two times at most"
    for number in range(2 * MOST):
        author.saves(name=f"{number}.py")
    assert author.kept.count <= 2 * STATES * MOST
    assert len(author.saves()) == STATES, "of this page nothing is kept any longer"


def test_another_look_at_what_a_cell_gave_is_seen(author: Author) -> None:
    """An output may be made ready for the page in the light of other states, as drawings are given frames."""
    run = author.run()
    said = Output("result", {"text/html": SLIDER})
    ready = with_shown(run, '"only"', said)
    assert len(author.shows(ready)) == 2 + 1
    assert len(author.shows(replace(ready, still=(Still("k", "k", "c", "x-0", "free"),)))) == STATES
    author.shows(run)


SLIDER = (
    "<marimo-ui-element object-id='x-0'><marimo-slider data-initial-value='1' data-start='0' data-stop='2'>"
    "</marimo-slider></marimo-ui-element>"
)


def with_shown(run: Run, text: str, output: Output) -> Run:
    """A run in which the cell whose source has the text showed something else in all states but the first."""
    id = next(cell.id for cell in run.notebook.cells if text in cell.source)

    def changed(state: Run) -> Run:
        return replace(state, traces={**state.traces, id: replace(state.traces[id], outputs=(output,))})

    return replace(run, states=tuple(map(changed, run.states)))


def test_without_a_description_of_the_settings_nothing_is_kept(author: Author) -> None:
    known = PageStates("")
    render(author.run(), SETTINGS, author.link, known)
    assert not known.used
    assert not known.packs
