"""A search: what it looks for, where it stands, and what the caller iterates."""
