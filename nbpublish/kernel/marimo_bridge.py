"""The bridge to marimo: `mo.*` means in a published notebook what it means in marimo's own run mode.

marimo asks a *context* which cell runs, which names there are and where output goes. marimo's own context for scripts
is set up here, once per notebook, and told of each cell. The readers of a page are those of an app, so
`mo.app_meta().mode` is "run" and `mo.running_in_notebook()` is true, although marimo itself believes in a script:
a script needs no server, which keeps files, charts and widgets within their HTML.
"""

from __future__ import annotations

import builtins
import logging
import random
import warnings
from contextlib import ExitStack, suppress
from functools import cache
from types import SimpleNamespace
from typing import Any

from nbpublish.kernel.bridge import Bridge, Ending, Surroundings
from nbpublish.kernel.marimo_controls import controls_in
from nbpublish.kernel.marimo_parts import MissingPartError, complaint, is_a_part, named, part
from nbpublish.kernel.marimo_static import draw_elements
from nbpublish.kernel.marimo_values import outputs_of
from nbpublish.kernel.private import digest
from nbpublish.model import Cell, Control, Output


def bridge(session: Surroundings) -> Bridge:
    """The bridge to the marimo just imported; where it is too strange, one that only says so."""
    missing = [*draw_elements(), *_be_an_app()]
    try:
        found: _Telling = MarimoBridge(session)
    except Exception as error:  # a missing part, or one that has changed and does not work as it did
        found = _Telling(session)
        missing.append(named(error))
    if missing:
        found.untold = complaint(missing)
    return found


def load_ahead() -> None:
    """Load what a bridge will load and look up when it comes up, before it is known of which notebook.

    Raises MissingPartError where it cannot be.
    """
    part(":App")()  # goes through all modules for the file that asks
    part(":md")("`x`")
    part("_output.formatters.formatters:register_formatters")


class _Telling(Bridge):
    """Has something to tell the author in the first cell that runs."""

    untold = ""

    def __init__(self, session: Surroundings) -> None:
        self._session = session

    def before_cell(self, cell: Cell) -> None:
        if self.untold:
            self._session.emit(Output("stderr", {"text/plain": self.untold}))
            self.untold = ""


class MarimoBridge(_Telling):
    """marimo's context for one notebook."""

    def __init__(self, session: Surroundings) -> None:
        """Raises MissingPartError where the context cannot be set up."""
        super().__init__(session)
        self._cell = ExitStack()
        self._stopped = False
        types = part("_runtime.context.types")
        if types.runtime_context_installed():  # by a notebook that ran in this process before
            types.teardown_context()
        self._app = part("_ast.app:InternalApp")(part(":App")(**_app_options(session)))
        part("_runtime.context.script_context:initialize_script_context")(
            app=self._app, stream=part("_messaging.types:NoopStream")(), filename=str(session.path)
        )
        self._context: Any = types.get_context()
        for needed in ("with_cell_id", "execution_context"):
            if not hasattr(type(self._context), needed):
                raise MissingPartError(f"marimo {type(self._context).__name__}.{needed}")
        self._ids: Any = part("_plugins.ui._core.ui_element:UIElement._random_seed")
        self._files = _names_of_files()
        _use_standard_settings(self._context)
        session.namespace["__builtins__"] = vars(builtins)  # as in marimo's kernel; mo.cache looks names up in it
        part("_output.formatters.formatters:register_formatters")()
        part(":md")("`x`")  # loads the libraries of prose now, while no file beside the notebook can stand in for them
        logging.getLogger("marimo").setLevel(logging.CRITICAL)  # its log is for whoever runs a server

    def before_cell(self, cell: Cell) -> None:
        super().before_cell(cell)
        self._cell.close()
        self._stopped = False
        id = digest(self._session.private)  # marimo finds the names private to a cell by its id
        self._know(id, cell)
        self._empty_caches(cell)
        self._ids.seed(self._own())
        self._files.seed(self._session.private)
        self._cell.enter_context(self._context.with_cell_id(id))

    def _own(self) -> str:
        """What the ids of a cell's widgets are drawn from: a name that it alone defines, so that widgets which stay
        as they are keep their ids when the cell is edited, and whoever shows them need not run; else its code."""
        names = self._session.names.defs if self._session.notebook.order == "dataflow" else ()
        return f"name {min(names)}" if names else self._session.private

    def _know(self, id: str, cell: Cell) -> None:
        """Put the cell into marimo's graph, which `mo.refs`, `mo.defs` and `mo.cache` look into."""
        try:
            if id not in self._app.graph.cells:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # the cell's own compilation has shown them
                    compiled = part("_ast.compiler:compile_cell")(cell.code, id)
                self._app.graph.register_cell(id, compiled)
        except Exception:  # a cell that marimo cannot compile may still run: only its own refs are unknown then
            return

    def _empty_caches(self, cell: Cell) -> None:
        """Let `mo.cache` begin anew where its cell runs again, as in a new process; marimo goes on with what it has."""
        registry: Any = getattr(self._context, "state_registry", None)
        for key in list(getattr(registry, "_states", ())):
            context, _, name = key.rpartition(":")
            if context.startswith("cache") and name.rstrip("*") in cell.code:
                registry.delete(key)

    def outputs_of(self, value: object) -> list[Output] | None:
        return outputs_of(value, self._session)

    def ending_of(self, exception: BaseException) -> Ending | None:
        if not is_a_part(exception, "_runtime.control_flow:MarimoStopError"):
            return None
        value = getattr(exception, "output", None)
        self._stopped = value is not None
        return Ending("stopped", tuple(self._session.outputs_of(value)) if self._stopped else ())

    def after_cell(self) -> list[Output]:
        """What `mo.output.append` and its kin have gathered; as in marimo the cell's own value takes its place."""
        gathered = getattr(getattr(self._context, "execution_context", None), "output", None)
        items = list(getattr(gathered, "_items", gathered or ()))  # before marimo 0.23 it was a list or None
        replaced = self._stopped or self._session.value is not None
        outputs = [] if replaced else [output for item in items for output in self._shown(item)]
        self._cell.close()
        return outputs

    def controls_in(self, name: str, value: object) -> list[Control]:
        return controls_in(name, value)

    def close(self) -> None:
        """marimo's context ends; the changes of its classes stay, for they are the same for every notebook."""
        self._cell.close()
        part("_runtime.context.types:teardown_context")()

    def _shown(self, item: object) -> list[Output]:
        """A finished progress bar says nothing any more; its rate and time would differ in each build."""
        if is_a_part(item, "_plugins.stateless.status._progress:_Progress"):
            return []
        return self._session.outputs_of(getattr(item, _ORIGINAL, item))


def _app_options(session: Surroundings) -> dict[str, Any]:
    """What the notebook's `marimo.App(…)` says of the results of SQL."""
    options = session.notebook.metadata.get("app", {})
    return {key: options[key] for key in ("sql_output",) if isinstance(options, dict) and key in options}


def _names_of_files() -> random.Random:
    """Let marimo draw the names of its files apart from the author's random numbers, which such cells would change."""
    own = random.Random()
    with suppress(MissingPartError):
        part("_runtime.virtual_file.virtual_file:random")
        part("_runtime.virtual_file.virtual_file").random = own
    return own


def _use_standard_settings(context: Any) -> None:
    """Pages do not depend on the settings of whoever builds them, such as a dark theme."""
    try:
        context.__dict__["_cached_config"] = part("_config.config:DEFAULT_CONFIG")
    except MissingPartError:
        return


# --- changes of marimo's modules, each made once in a process -------------------------------------------------------

_ORIGINAL = "_nbpublish_value"


@cache
def _be_an_app() -> tuple[str, ...]:
    """Make marimo's answers those of its run mode. Gives the parts of marimo that are missing for it."""
    missing = []
    for change in (_answer_as_app, _keep_what_is_gathered):
        try:
            change()
        except Exception as error:
            missing.append(named(error))
    return tuple(missing)


def _answer_as_app() -> None:
    part(":running_in_notebook")
    part("").running_in_notebook = lambda: True
    part("_runtime.app_meta:get_mode")
    part("_runtime.app_meta").get_mode = lambda: "run"


def _keep_what_is_gathered() -> None:
    """Let `mo.output.append(figure)` keep the figure, which marimo turns into a small picture at once."""
    module = part("_runtime.output._output")
    part("_runtime.output._output:formatting")
    as_html, html = part("_output.formatting:as_html"), part("_output.hypertext:Html")
    nothing = part("_output.formatting:FormattedOutput.empty")

    def kept(value: Any) -> Any:
        if isinstance(value, html):
            return value
        found = as_html(value)
        found = html(found.text)  # a new one: an element may be shared
        setattr(found, _ORIGINAL, value)
        return found

    module.formatting = SimpleNamespace(as_html=kept, try_format=lambda *_, **__: nothing())
