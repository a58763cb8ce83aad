"""Conversations going out and coming in: the site's own format, and what it is written as."""
