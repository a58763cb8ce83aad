"""Arabic: no comma within a date; points and commas of numbers as scripts write them (Intl of browsers)."""

DATE_FORMAT = "j E Y"
DATETIME_FORMAT = "j E Y، g:i A"
SHORT_DATETIME_FORMAT = "d\u200f/m\u200f/Y، g:i A"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
