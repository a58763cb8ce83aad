"""Filters and tags for the templates; each calls one function."""

from django import template

from chat.accounts import adapter, forms
from chat.conversations import presenter
from chat.core import errors, text
from chat.pages import lists, shortcuts
from chat.voice import providers
from chat.web import flash, icons, language_switch

register = template.Library()
register.filter("error_sentence", errors.sentence_of)
register.filter("may_be_primary", adapter.may_be_primary)
register.filter("revealed", text.revealed)
register.filter("truncated_line", presenter.truncated_line)
register.filter("undo_of", flash.undo_of)
register.simple_tag(forms.password_hint)
register.simple_tag(icons.inline_icon)
register.simple_tag(language_switch.keep_typed, takes_context=True)
register.simple_tag(lists.side_bar, takes_context=True)
register.simple_tag(shortcuts.keys_as_json)
register.simple_tag(providers.available, name="voice_available")
