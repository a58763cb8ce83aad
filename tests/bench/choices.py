"""What people may choose, directly in the site's database: models, personas, and who has chosen.

Runs under the site's own settings and DATA_DIR. Input: {"choices", "rounds"}. With 0 choices there is nothing
to choose, else as many models of the site's own service, and as many personas. Output: for each round a new
conversation of everybody, by their numbers.
"""

import json
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402

from chat.catalog import actions as catalog  # noqa: E402
from chat.models import Conversation, OfferedModel, Persona, User  # noqa: E402
from chat.personas import actions as personas  # noqa: E402

INSTRUCTIONS = "Today is {{date}}. You talk to {{user}}, in {{language}}, and answer in a few words."
PARAMETERS = {"temperature": 0.7, "max_tokens": 500, "stop": ["END"]}


def names(count: int) -> list[str]:
    """Of that many models."""
    return [f"model-{number}" for number in range(count)]


def offer(count: int, reader: User) -> Persona:
    """Make as many models, and personas of which a fifth are the reader's; the last of those."""
    catalog.note_listing(None, names(count))
    model = OfferedModel.objects.get(name=f"model-{count - 1}")
    other = User.objects.create_user("sharing@example.org", None)
    made = [
        Persona(
            owner=reader if number % 5 == 4 else other,
            name=f"Persona {number}",
            emoji="🦜",
            description="Helps with whatever there is to do, in a few words",
            instructions=INSTRUCTIONS,
            starters=["What shall we do first?", "And then?"],
            sharing=Persona.Sharing.SHARED,
            model=model,
            parameters=PARAMETERS,
        )
        for number in range(count)
    ]
    return Persona.objects.bulk_create(made)[-1]


def begun(user: User, persona: Persona | None) -> Conversation:
    """A conversation without messages, with the persona, its model and its parameters, if there is one."""
    made = Conversation.objects.create(owner=user)
    return personas.choose(user, made.uuid, persona.uuid) if persona else made


def main() -> None:
    spec = json.load(sys.stdin)
    with transaction.atomic():
        users = list(User.objects.order_by("pk"))
        persona = offer(spec["choices"], users[0]) if spec["choices"] else None
        rounds = [[str(begun(user, persona).uuid) for user in users] for _ in range(spec["rounds"])]
    print(json.dumps(rounds))


if __name__ == "__main__":
    main()
