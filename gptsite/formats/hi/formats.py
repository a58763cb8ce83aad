"""Hindi: 24 hours, as Django has one word for "a.m." and "p.m."; "E" has the months as they are spelt."""

DATE_FORMAT = "j E Y"
MONTH_DAY_FORMAT = "j E"
YEAR_MONTH_FORMAT = "E Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j E Y, H:i"
SHORT_DATETIME_FORMAT = "d-m-Y, H:i"
