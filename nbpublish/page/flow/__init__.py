"""Drawings of what feeds what: the cells of a notebook, and flowcharts that authors write."""
