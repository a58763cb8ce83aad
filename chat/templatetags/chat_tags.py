"""Filters for the templates; each calls one function."""

from django import template

from chat.accounts import adapter
from chat.core import text
from chat.pages import messages
from chat.web import flash

register = template.Library()
register.filter("body", messages.body_html)
register.filter("dropped", messages.dropped)
register.filter("error_sentence", messages.error_sentence)
register.filter("instead", messages.instead)
register.filter("is_folded", messages.is_folded)
register.filter("may_be_primary", adapter.may_be_primary)
register.filter("request_line", messages.request_line)

register.filter("revealed", text.revealed)
register.filter("undo_of", flash.undo_of)
register.filter("untaken_sentence", messages.untaken_sentence)
register.filter("thought", messages.thought)
register.filter("thinking_html", messages.thinking_html)
