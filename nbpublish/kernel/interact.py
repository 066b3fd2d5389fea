"""`interact` of ipywidgets on a page: its function is called with what the controls are set to, and shows its result.

The controls themselves are the page's: it knows them by the arguments in the code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from nbpublish.kernel.surroundings import replaced

Show = Callable[[object], None]


def replace_interact(show: Show, stack: ExitStack) -> None:
    """Let `interact` of the ipywidgets that is loaded call its function at once, until the stack is left."""
    module = sys.modules["ipywidgets"]
    found = getattr(module, "interact", None)
    if found is None or not hasattr(module, "interactive"):
        return

    def interact(*functions: Callable[..., Any], **arguments: Any) -> Any:
        """Call a function with what its controls are set to, or give a decorator that does."""
        if not functions:
            return lambda function: interact(function, **arguments)
        [function] = functions
        made = module.interactive(lambda **_: None, **arguments) if arguments else None
        held = {widget._kwarg: widget.value for widget in getattr(made, "kwargs_widgets", ())}
        result = function(**{name: held[name] for name in arguments if name in held})
        if result is not None:
            show(result)
        return function

    for name in ("ipywidgets", "ipywidgets.widgets", "ipywidgets.widgets.interaction"):
        if getattr(sys.modules.get(name), "interact", None) is found:
            stack.enter_context(replaced(sys.modules[name], interact=interact))
