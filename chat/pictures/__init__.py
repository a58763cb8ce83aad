"""Pictures: those that people upload, and those that answers show from elsewhere, by way of the site."""
