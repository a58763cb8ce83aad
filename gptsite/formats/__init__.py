"""Dates and numbers as they are written in a language, where Django's own are not (CLDR is the measure)."""
