"""Links to snapshots of conversations: made, changed and revoked, and the light page they lead to."""
