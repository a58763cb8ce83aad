"""Filters for the templates; each calls one function of fragments."""

from django import template

from chat import fragments

register = template.Library()
register.filter("body", fragments.body_html)
register.filter("error_sentence", fragments.error_sentence)
