"""What a control of a library is set to: all that a cell learns of it which reads its `.value` and nothing else.

And what a state of marimo's is set to, however many controls share it.

No line of the author's code runs.
"""

from __future__ import annotations

import sys
from typing import Any

from nbpublish.kernel.layout import mro_of


def setting_of(value: Any) -> tuple[bool, Any]:
    """Whether a value is a control of which `.value` gives no more than what it is set to, or a state; and that."""
    kind = type(value)
    element = _class("marimo._plugins.ui._core.ui_element", "UIElement")
    if element in mro_of(kind) and kind.value is element.value:
        return True, value._value
    if _class("marimo._runtime.state", "State") is kind:
        return True, value._value
    if _class("ipywidgets", "ValueWidget") in mro_of(kind) and kind.__module__.startswith("ipywidgets."):
        return True, value.value
    return False, None


def _class(module: str, name: str) -> Any:
    """A class of a module; None where nobody has imported that, for then it has no instances."""
    return getattr(sys.modules.get(module), name, None)
