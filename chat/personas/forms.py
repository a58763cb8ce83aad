"""The form of a persona: everything that its owner may set, checked once."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.catalog import actions as catalog
from chat.catalog import environment
from chat.core.errors import ChatError
from chat.core.fields import NoteField, one_line, storable
from chat.models import OfferedModel, Persona
from chat.personas import pictures
from chat.personas.errors import PictureTooLarge
from chat.provider.parameter_fields import ParameterForm

STARTERS = ("starter1", "starter2", "starter3", "starter4")
LONGEST_STARTER = 200
_LINE_ENDS = {"\n", "\t"}


def some_lines(value: str) -> None:
    """Refuse control characters other than line ends and tabs, and what cannot be stored."""
    storable(value)
    if any(unicodedata.category(char) == "Cc" and char not in _LINE_ENDS for char in value):
        raise ValidationError(_("Please write this without control characters."), "control")


class PictureField(forms.FileField):
    """An upload, which becomes the bytes of a small picture made anew; None without one."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"})

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        upload: UploadedFile[Any] | None = super().clean(data, initial)
        if not upload:
            return None
        try:
            if upload.size is None or upload.size > pictures.MAX_BYTES:
                raise PictureTooLarge(f"{upload.size} bytes")
            return pictures.square(upload.read())
        except ChatError as problem:
            raise ValidationError(problem.user_text(), problem.code) from problem


def _lines(label: Any, rows: int, longest: int, help_text: Any = "") -> NoteField:
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return NoteField(
        label=label,
        max_length=longest,
        required=False,
        validators=[some_lines],
        widget=widget,
        help_text=help_text,
    )


class PersonaForm(ParameterForm):
    """A new persona, or another wording of one."""

    name = forms.CharField(label=pgettext_lazy("of a persona", "Name"), max_length=80, validators=[one_line])
    emoji = forms.CharField(
        label=_("Emoji"),
        max_length=16,
        required=False,
        validators=[one_line],
        help_text=_("Shown when there is no picture."),
    )
    picture = PictureField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG, WebP or GIF, at most 2 MB. Its middle is used."),
    )
    remove_picture = forms.BooleanField(label=_("Remove the picture"), required=False)
    description = forms.CharField(
        label=_("Description"),
        max_length=200,
        required=False,
        validators=[one_line],
        help_text=_("One line for the list of personas."),
    )
    instructions = _lines(
        _("Instructions"),
        10,
        16_000,
        _(
            "What the model is told before every chat. {{date}} becomes the day, {{user}} the name of who "
            "chats, and {{language}} their language."
        ),
    )
    opening = _lines(_("Opening line"), 2, 2000, _("What an empty chat with it says first."))
    model = forms.ModelChoiceField(
        label=pgettext_lazy("that answers", "Model"),
        queryset=OfferedModel.objects.none(),  # below: which there are is known at a request
        required=False,
        empty_label=_("Whichever the chat has"),
    )

    def __init__(self, data: Any = None, files: Any = None, persona: Persona | None = None) -> None:
        super().__init__(data, files, initial=_initial(persona) if persona else {}, label_suffix="")
        self.fields["model"].queryset = catalog.on_offer(environment.endpoint())  # type: ignore[attr-defined]
        for number, name in enumerate(STARTERS, 1):
            label = _("Starter %(number)s") % {"number": number}
            self.fields[name] = forms.CharField(
                label=label, max_length=LONGEST_STARTER, required=False, validators=[one_line]
            )
        if not persona or not persona.has_picture:  # type: ignore[attr-defined]
            del self.fields["remove_picture"]
        for name in ("name", "description", *STARTERS):
            self.fields[name].widget.attrs["dir"] = "auto"

    def starter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in STARTERS]

    def columns(self) -> dict[str, Any]:
        """What is to be saved, by column; the picture only when it changes."""
        data = self.cleaned_data
        wanted = ("name", "emoji", "description", "instructions", "opening", "model")
        found = {name: data[name] for name in wanted}
        found["starters"] = [data[name] for name in STARTERS if data[name]]
        found["parameters"] = self.parameters
        if data["picture"] is not None:
            found["picture"] = data["picture"]
        elif data.get("remove_picture"):
            found["picture"] = b""
        return found


def _initial(persona: Persona) -> dict[str, Any]:
    columns = ("name", "emoji", "description", "instructions", "opening")
    found: dict[str, Any] = {name: getattr(persona, name) for name in columns}
    found |= zip(STARTERS, persona.starters, strict=False)
    return found | {"model": persona.model_id, **persona.parameters}
