"""The parameters of a request as fields of a form: a conversation's, and a base for other forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat.provider.errors import BadParameter
from chat.provider.parameters import EFFORTS, PARAMETERS, Effort, Number, Parameter, Stops

DEFAULT = _("Model’s default")


class ParameterField(forms.CharField):
    """What a person wrote, as the value to send; None for nothing, which is the model's default."""

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        super().__init__(
            label=str(parameter.label),
            help_text=parameter.hint,
            required=False,
            strip=False,
            widget=_widget(parameter),
        )

    def clean(self, value: Any) -> Any:
        written = super().clean(value)
        if not written.strip():
            return None
        try:
            return self.parameter.read(written)
        except BadParameter as problem:
            raise ValidationError(problem.user_text(), problem.code) from problem

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else self.parameter.written(value)


def _widget(parameter: Parameter) -> forms.Widget:
    if isinstance(parameter, Effort):
        return forms.Select(choices=[("", DEFAULT), *EFFORTS.items()])
    if isinstance(parameter, Number):
        # A number's own field sends nothing for what is no number, which would then be the model's default
        keys = "decimal" if parameter.least >= 0 else "text"
        return forms.TextInput({"inputmode": keys, "autocomplete": "off", "placeholder": DEFAULT})
    assert isinstance(parameter, Stops)
    return forms.Textarea({"rows": 2, "placeholder": DEFAULT, "dir": "auto", "spellcheck": "false"})


class ParameterForm(forms.Form):
    """A form with a field for each parameter, to be shown by conversations/_parameters.html.

    `initial` takes their values by name, as a row keeps them; once it is valid `parameters` gives them so.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {name: ParameterField(parameter) for name, parameter in PARAMETERS.items()}

    @property
    def parameter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in PARAMETERS]

    @property
    def has_parameters(self) -> bool:
        """Whether something is written in one of those fields, be it right or wrong."""
        return any(field.value() for field in self.parameter_fields)

    @property
    def parameters(self) -> dict[str, Any]:
        """Those that are set."""
        return {name: value for name in PARAMETERS if (value := self.cleaned_data[name]) is not None}
