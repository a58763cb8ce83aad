"""French: a word between the day and the time."""

DATETIME_FORMAT = "j F Y à H:i"
