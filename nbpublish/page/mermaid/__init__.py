"""Mermaid's flowcharts as drawings of ours, so that a page with one loads no script."""
