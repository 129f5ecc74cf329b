# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
# The spec: 1.1871.1, sha256 12245870ce61.
"""The generated client of the Checkpoints preview API: `models`, operations in `api`, and a plain `client`."""

__api_version__ = "1.1871.1"
"""Version of the API document that the spec was checked against."""
