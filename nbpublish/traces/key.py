"""What identifies an execution.

For now a cell's key covers the code of its whole notebook, so that either every trace of a notebook holds or none.
Data files, modules and packages are not part of it: a store that uses these keys must not outlive their change.
"""

from __future__ import annotations

import hashlib

from nbpublish.model import Graph, Notebook


def keys_of(notebook: Notebook, graph: Graph) -> dict[str, str]:
    """The key of every code cell that can run, by cell id.

    Lines count as well: they show in tracebacks and warnings.
    """
    digest = hashlib.sha256(repr((notebook.path, notebook.order)).encode())
    for cell in map(notebook.cell, graph.order):
        digest.update(repr((cell.id, cell.code, cell.line, cell.options)).encode())
    whole = digest.hexdigest()[:32]
    return {id: f"{whole}:{id}" for id in graph.order}
