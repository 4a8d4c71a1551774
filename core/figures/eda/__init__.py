"""Figures of the Explore view: one module a chart family."""
