# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
# The spec: 7, sha256 a4f0f19e203f.
"""The generated client of the Checkpoints preview API: `models`, operations in `api`, and a plain `client`."""

__api_version__ = "7"
"""Version of the API document that the spec was checked against."""
