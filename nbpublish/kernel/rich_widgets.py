"""Jupyter widgets (ipywidgets, anywidget) → a view of a model and the state of every model that it needs.

Model ids are random. They are replaced by ids that follow from the state, in the order in which the models refer to
each other, so that the same widget has the same ids in every process.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from nbpublish.kernel.bundle import Bundle, is_a

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.nbpublish.widget-state+json"

_REFERENCE = "IPY_MODEL_"


def widget(value: Any) -> Bundle | None:
    """The bundle of a widget; None for anything else."""
    if not is_a(value, "ipywidgets", "Widget"):
        return None
    from ipywidgets.embed import dependency_state

    states = json.loads(json.dumps(dependency_state([value], drop_defaults=False), default=str))
    names = _names(value.model_id, states)
    text = json.dumps({names[id]: state for id, state in states.items() if id in names}, sort_keys=True)
    text = re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)
    version = {"version_major": 2, "version_minor": 0}
    return {
        VIEW: {**version, "model_id": names[value.model_id]},
        STATE: {**version, "state": json.loads(text)},
        "text/plain": describe(value),
    }, {}


def describe(value: Any) -> str:
    """What a widget is and says, in words: `IntSlider age: 5`."""
    kind = type(value).__name__
    if children := getattr(value, "children", None):
        return f"{kind}: " + ", ".join(map(describe, children))
    label = getattr(value, "description", "")
    content = getattr(value, "value", None)
    told = "" if content is None else f": {content}" if isinstance(content, str) else f": {content!r}"
    return f"{kind} {label}{told}" if label else f"{kind}{told}"


def _names(root: str, states: dict[str, Any]) -> dict[str, str]:
    """The id to write for each model that `root` needs: a digest of all their states, and a counter."""
    order = {root: 0}
    queue = [root]
    for id in queue:
        for reference in re.findall(_REFERENCE + r"(\w+)", json.dumps(states.get(id, {}))):
            if reference in states and reference not in order:
                order[reference] = len(order)
                queue.append(reference)
    bare = json.dumps([states[id] for id in order if id in states], sort_keys=True)
    bare = re.sub("|".join(map(re.escape, order)), lambda found: str(order[found[0]]), bare)
    digest = hashlib.sha256(bare.encode()).hexdigest()[:24]
    return {id: f"{digest}{index:08x}" for id, index in order.items()}
