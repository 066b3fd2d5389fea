"""Runs become files that a reader takes along: a Jupyter notebook, Markdown.

Each exporter is a function from a `Run` to text. It touches nothing, and equal runs give equal bytes.
"""
