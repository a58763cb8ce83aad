"""The server: Daphne, with the limits and the orderly end that it lacks."""
