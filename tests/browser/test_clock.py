"""The time of a message: the page's script writes it as the server has, in every language."""

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import formats, translation

SCRIPT = Path(__file__).parents[2] / "chat/static/chat/js/thread/clock.js"
WRITE = """async ([text, lang, year, hour]) => {
  const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  return module.moment(lang, new Date(year, 8, 5, hour, 7), new Date(2031, 8, 5, 23, 0));
}"""


def written(page, language, year, hour):
    return page.evaluate(WRITE, [SCRIPT.read_text(encoding="utf-8"), language, year, hour])


@pytest.mark.parametrize("hour", [0, 1, 12, 13])
@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_a_script_writes_the_hours_of_every_language_as_the_server_does(blank, language, hour):
    with translation.override(language):
        served = formats.date_format(datetime(2031, 9, 5, hour, 7), "TIME_FORMAT")
        with_day = formats.date_format(datetime(2030, 9, 5, hour, 7), "DATETIME_FORMAT")
    assert with_day.endswith(served)
    assert written(blank, language, 2031, hour) == served
    assert written(blank, language, 2030, hour).endswith(served)
