"""Measures the client beside the official SDK, stock generator output and plain json: `make bench`."""
