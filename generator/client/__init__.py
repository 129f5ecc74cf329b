"""From the spec to the client: drive openapi-python-client with the templates, and swap in the result whole."""
