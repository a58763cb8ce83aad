"""The form of a persona: everything that its owner may set, checked once."""

import unicodedata
from copy import copy
from importlib import import_module
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from chat.catalog import actions as catalog
from chat.catalog import environment
from chat.core.errors import ChatError
from chat.core.fields import LineField, NoteField, storable
from chat.core.text import with_limits
from chat.models import Persona
from chat.pictures.errors import LARGEST_PICTURE, MEGABYTE, PictureTooLarge
from chat.provider.parameter_fields import ParameterForm

COLUMNS = ("name", "emoji", "description", "instructions", "opening", "model")
STARTERS = ("starter1", "starter2", "starter3", "starter4")
LONGEST_STARTER = 200
_LINE_ENDS = {"\n", "\t"}


def some_lines(value: str) -> None:
    """Refuse control characters other than line ends and tabs, and what cannot be stored."""
    storable(value)
    if any(unicodedata.category(char) == "Cc" and char not in _LINE_ENDS for char in value):
        raise ValidationError(_("This contains control characters. Remove them."), "control")


class PictureField(forms.FileField):
    """An upload, which becomes the bytes of a small picture made anew; None without one."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"})

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        upload: UploadedFile[Any] | None = super().clean(data, initial)
        if not upload:
            return None
        try:
            if upload.size is None or upload.size > LARGEST_PICTURE:
                raise PictureTooLarge(f"{upload.size} bytes")
            # Not imported at the top: Pillow is 1 MB that only those who upload pictures need
            made: bytes = import_module("chat.pictures.making").square(upload.read())
            return made
        except ChatError as problem:
            raise ValidationError(problem.user_text(), problem.code) from problem


class LinesField(NoteField):
    """Some lines of text, none of which has control characters."""

    default_validators = [some_lines]  # noqa: RUF012


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class PersonaForm(ParameterForm, forms.ModelForm):  # type: ignore[type-arg]
    """A new persona, or another wording of one."""

    picture = PictureField(
        label=_("Picture"),
        required=False,
        help_text=with_limits(
            _("PNG, JPEG, WebP or GIF, up to %(megabytes)s MB. Will be cropped to a square."),
            megabytes=LARGEST_PICTURE // MEGABYTE,
        ),
    )
    remove_picture = forms.BooleanField(label=_("Remove picture"), required=False)

    class Meta:
        model = Persona
        fields = COLUMNS
        field_classes: ClassVar = {
            **dict.fromkeys(("name", "emoji", "description"), LineField),
            **dict.fromkeys(("instructions", "opening"), LinesField),
        }
        help_texts: ClassVar = {
            "emoji": _("Shown when there is no picture."),
            "description": _("One line, shown in the list of personas."),
            "instructions": _("The system prompt. You can use {{date}}, {{user}} and {{language}}."),
            "opening": _("Shown when a new chat starts."),
        }
        widgets: ClassVar = {"instructions": _lines(10), "opening": _lines(2)}

    def __init__(self, data: Any = None, files: Any = None, persona: Persona | None = None) -> None:
        initial = _initial(persona) if persona else {}
        super().__init__(data, files, initial=initial, instance=copy(persona), label_suffix="")
        model: Any = self.fields["model"]
        model.empty_label = _("Use the conversation’s model")
        model.queryset = catalog.on_offer(environment.endpoint())
        for number, name in enumerate(STARTERS, 1):
            label = _("Starter %(number)s") % {"number": number}
            self.fields[name] = LineField(label=label, max_length=LONGEST_STARTER, required=False)
        if not persona or not persona.has_picture:  # type: ignore[attr-defined]
            del self.fields["remove_picture"]
        for name in ("name", "description", *STARTERS):
            self.fields[name].widget.attrs["dir"] = "auto"

    def starter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in STARTERS]

    def columns(self) -> dict[str, Any]:
        """Return what is to be saved, by column; the picture only when it changes."""
        data = self.cleaned_data
        found = {name: data[name] for name in COLUMNS}
        found["starters"] = [data[name] for name in STARTERS if data[name]]
        found["parameters"] = self.parameters
        if data["picture"] is not None:
            found["picture"] = data["picture"]
        elif data.get("remove_picture"):
            found["picture"] = b""
        return found


def _initial(persona: Persona) -> dict[str, Any]:
    """Return what is no column of its own."""
    return {**dict(zip(STARTERS, persona.starters, strict=False)), **persona.parameters}
