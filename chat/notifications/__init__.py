"""Telling people that a reply is ready while they look elsewhere: Web Push to browsers that they chose."""
