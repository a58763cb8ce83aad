"""Traditional Chinese: months without a zero."""

MONTH_DAY_FORMAT = "n月j日"
