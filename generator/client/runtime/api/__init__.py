"""The operations of the API, one package for each tag."""
