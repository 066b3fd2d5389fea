"""Traces by key."""
