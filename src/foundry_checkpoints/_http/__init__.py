"""One call to the service, attempt by attempt. Only this room, `auth` and `_config` import httpx."""
