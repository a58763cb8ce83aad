"""The site's name, logo and accent colour, for administrators."""

from importlib import import_module
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.branding import colours, current, svg
from chat.core.errors import ChatError
from chat.core.fields import LineField
from chat.core.text import with_limits
from chat.models import SiteBranding
from chat.models.branding import LONGEST_SITE_NAME, SVG_TYPE
from chat.models.personas import PICTURE_TYPE
from chat.pictures.errors import LARGEST_PICTURE, MEGABYTE, PictureTooLarge

# How an SVG may begin, after white space; anything else is given to the parsers of pictures
_SVG_STARTS = (b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE", b"\xef\xbb\xbf<")


class LogoField(forms.FileField):
    """An upload, which becomes the bytes and the type of a picture made anew; None without one."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/svg+xml"})

    def clean(self, data: Any, initial: Any = None) -> tuple[bytes, str] | None:
        upload: UploadedFile[Any] | None = super().clean(data, initial)
        if not upload:
            return None
        try:
            if upload.size is None or upload.size > LARGEST_PICTURE:
                raise PictureTooLarge(f"{upload.size} bytes")
            return _made_anew(upload.read())
        except ChatError as problem:
            raise ValidationError(problem.user_text(), problem.code) from problem


class BrandingForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is blank is as the settings say."""

    upload = LogoField(
        label=_("Logo"),
        required=False,
        help_text=with_limits(
            _("PNG, JPEG or WebP up to %(megabytes)s MB, or an SVG, of which only plain shapes are kept."),
            megabytes=LARGEST_PICTURE // MEGABYTE,
        ),
    )
    remove_logo = forms.BooleanField(label=_("Remove logo"), required=False)

    class Meta:
        model = SiteBranding
        fields = ("name", "accent")
        field_classes: ClassVar = {"name": LineField, "accent": LineField}
        widgets: ClassVar = {
            "name": forms.TextInput(attrs={"size": 40, "dir": "auto"}),
            "accent": forms.TextInput(attrs={"size": 9, "placeholder": "#11695a", "spellcheck": "false"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" not in self.fields:  # of who may only look
            return
        own = current.by_settings()
        said = gettext("Up to %(limit)s characters. Leave blank for “%(name)s”.")
        self.fields["name"].help_text = said % {"limit": LONGEST_SITE_NAME, "name": own.name}
        said = gettext(
            "Six hexadecimal digits, with a contrast of at least %(least)s:1 with white. "
            "A lighter shade is used in dark mode. Leave blank for the default."
        )
        self.fields["accent"].help_text = said % {"least": colours.LEAST_CONTRAST}
        if not self.instance.logo_mark:
            self.fields.pop("remove_logo", None)

    def clean_accent(self) -> str:
        """Return it as #rrggbb. Raises ValidationError for what is no colour, or cannot be read."""
        written = self.cleaned_data["accent"]
        colour = colours.normalized(written)
        if written and not colour:
            raise ValidationError(_("Enter six hexadecimal digits, such as #11695a."), "colour")
        if colour and not colours.is_legible(colour):
            said = gettext(
                "This colour has a contrast of %(ratio)s:1 with white; at least %(least)s:1 is needed."
            )
            facts = {"ratio": colours.shown_ratio(colour), "least": colours.LEAST_CONTRAST}
            raise ValidationError(said % facts, "contrast")
        return colour

    def save(self, commit: bool = True) -> Any:
        row = self.instance
        row.pk = current.THE_ROW
        if self.cleaned_data.get("upload"):
            row.logo, row.logo_type = self.cleaned_data["upload"]
            row.logo_mark = current.mark_of(row.logo)
        elif self.cleaned_data.get("remove_logo"):
            row.logo, row.logo_type, row.logo_mark = b"", "", ""
        return super().save(commit)


@admin.register(SiteBranding)
class SiteBrandingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """One row, so that its section opens on its form."""

    form = BrandingForm
    readonly_fields = ("preview",)

    def get_fields(self, request: HttpRequest, obj: SiteBranding | None = None) -> Any:
        if not (self.has_change_permission(request, obj) if obj else self.has_add_permission(request)):
            return ("name", "accent", "preview")
        return ("name", "accent", "upload", *(("preview", "remove_logo") if obj and obj.logo_mark else ()))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not SiteBranding.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow nobody: an empty form is the same."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Go to the form."""
        if SiteBranding.objects.filter(pk=current.THE_ROW).exists():
            return redirect("admin:chat_sitebranding_change", current.THE_ROW)
        if self.has_add_permission(request):
            return redirect("admin:chat_sitebranding_add")
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: SiteBranding, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        current.forget()

    def render_change_form(self, request: HttpRequest, context: Any, **options: Any) -> Any:  # type: ignore[override]
        """Offer no "Save and add another": there is one."""
        return super().render_change_form(request, context | {"show_save_and_add_another": False}, **options)

    @admin.display(description=_("current logo"))
    def preview(self, row: SiteBranding) -> SafeString | str:
        address = current.branding().logo_url
        return format_html('<img class="logo-preview" src="{}" alt="">', address) if address else "–"


def _made_anew(data: bytes) -> tuple[bytes, str]:
    """Return the bytes and the type of a logo. Raises NotALogo, and what `making.small` raises."""
    if data.lstrip().startswith(_SVG_STARTS):
        return svg.made_anew(data), SVG_TYPE
    # Not imported at the top: Pillow is 1 MB that only those who upload pictures need
    return import_module("chat.pictures.making").small(data), PICTURE_TYPE
