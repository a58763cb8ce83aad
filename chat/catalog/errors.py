"""Why a model cannot be chosen or asked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError
from chat.provider.errors import ProviderError


class ModelNotOffered(RequestError):
    """A choice that names no model of this site."""

    code = "model_not_offered"
    status = 409
    sentence = _("This model is no longer available. Choose another one and try again.")


class KeyUnreadable(ProviderError):
    """The stored key of a provider was sealed with another secret."""

    code = "key_unreadable"
    sentence = _(
        "This site can’t read its API key for this model. Choose another model, or tell your administrator."
    )
