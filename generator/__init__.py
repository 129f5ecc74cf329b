"""From the spec to the generated client: `python -m generator`."""
