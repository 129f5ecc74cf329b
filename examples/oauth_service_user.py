"""Read the newest records as a service user, with OAuth client credentials from the environment.

FOUNDRY_HOSTNAME=… FOUNDRY_CLIENT_ID=… FOUNDRY_CLIENT_SECRET=… python oauth_service_user.py
"""

from __future__ import annotations

import os
import sys

from foundry_checkpoints import ApiUsageDenied, CheckpointsClient, ClientCredentialsAuth, TokenRequestError


def main() -> int:
    # `CheckpointsClient()` reads the same two variables. To be explicit allows to revoke the token at the end.
    client_id, secret = os.environ["FOUNDRY_CLIENT_ID"], os.environ["FOUNDRY_CLIENT_SECRET"]
    auth = ClientCredentialsAuth(client_id, secret, revoke_on_close=True)
    try:
        with CheckpointsClient(auth=auth) as client:
            for record in client.records.search(limit=10):
                print(record.created_at, record.type_, record.acting_user.user_id)
    except TokenRequestError as error:
        print(f"the client ID or the secret is wrong: {error.error_code}", file=sys.stderr)
        return 1
    except ApiUsageDenied as error:
        print(f"the application needs the scope {error.parameters.get('missingScope')}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
