"""How the site presents itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_SITE_NAME = 60
SVG_TYPE = "image/svg+xml"


class SiteBranding(models.Model):
    """What administrators chose, in the one row of id 1; what is blank is as the settings say."""

    name = models.CharField(_("site name"), max_length=LONGEST_SITE_NAME, blank=True)
    accent = models.CharField(_("accent colour"), max_length=7, blank=True)
    logo = models.BinaryField(_("logo"), blank=True, default=b"")
    logo_type = models.CharField(max_length=20, blank=True, editable=False)
    logo_mark = models.CharField(max_length=12, blank=True, editable=False)
    """Of the logo's bytes: it is in the logo's address, so that browsers may keep it."""

    class Meta:
        verbose_name = _("appearance")
        verbose_name_plural = _("appearance")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
