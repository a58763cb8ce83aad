"""What a logo is refused for."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class NotALogo(RequestError):
    """An SVG that cannot be read, is too large, or has no shapes."""

    code = "not_a_logo"
    sentence = _("This SVG can’t be used. Use one of up to 100 kB made of plain shapes, or a PNG.")
