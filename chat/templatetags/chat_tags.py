"""Filters for the templates; each calls one function."""

from django import template

from chat import accounts, fragments, text

register = template.Library()
register.filter("body", fragments.body_html)
register.filter("dropped", fragments.dropped)
register.filter("error_sentence", fragments.error_sentence)
register.filter("instead", fragments.instead)
register.filter("is_folded", fragments.is_folded)
register.filter("may_be_primary", accounts.may_be_primary)
register.filter("request_line", fragments.request_line)

register.filter("revealed", text.revealed)
register.filter("untaken_sentence", fragments.untaken_sentence)
register.filter("thought", fragments.thought)
register.filter("thinking_html", fragments.thinking_html)
