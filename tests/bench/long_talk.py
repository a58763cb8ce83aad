"""A conversation of many messages, directly in the site's database, for the first of its people.

Runs under the site's own settings and DATA_DIR. Input: how many messages. Output: the conversation's path.
"""

import json
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402

from chat.models import User  # noqa: E402
from tests.bench.page_cost import ANSWER, write  # noqa: E402
from tests.support.scripted_essay import essay_of  # noqa: E402

# Most replies are short; one of ten is long, with code, a table and formulas
ANSWERS = [ANSWER] * 9 + [essay_of(150)]


def main() -> None:
    with transaction.atomic():
        conversation = write(User.objects.earliest("pk"), json.load(sys.stdin), ANSWERS)
    print(json.dumps(conversation.get_absolute_url()))


if __name__ == "__main__":
    main()
