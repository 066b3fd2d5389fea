"""Notebook → Graph: which names each cell binds and reads, which cell feeds which, and in which order they run."""
