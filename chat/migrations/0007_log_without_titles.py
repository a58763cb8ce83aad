from django.db import migrations


def name_by_id(apps, schema_editor):
    """Entries of the admin's log called conversations by their titles."""
    entries = apps.get_model("admin", "LogEntry").objects.filter(
        content_type__app_label="chat", content_type__model__in=["conversation", "message"]
    )
    for kind in ("Conversation", "Message"):
        ours = entries.filter(content_type__model=kind.lower())
        pks = {int(pk) for pk in ours.values_list("object_id", flat=True) if pk and pk.isdecimal()}
        names = dict(apps.get_model("chat", kind).objects.filter(pk__in=pks).values_list("pk", "uuid"))
        for pk in pks:
            ours.filter(object_id=str(pk)).update(object_repr=str(names.get(pk, pk)))


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0006_decisions_and_undo"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(name_by_id, migrations.RunPython.noop)]
