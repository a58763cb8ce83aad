"""The site's addresses."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path

from chat.views import conversations, memory, pages, personas, picker, prompts, settings


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for this name whatever the page says."""
    return HttpResponseRedirect(staticfiles_storage.url("chat/favicon.svg"))


urlpatterns = [
    path("", pages.new_chat, name="chat"),
    path("conversations/", pages.conversation_list, name="conversation_list"),
    path("c/", conversations.start, name="conversation_start"),
    path("c/<uuid:conversation_uuid>/", pages.conversation, name="conversation"),
    path("c/<uuid:conversation_uuid>/older/", pages.older, name="conversation_older"),
    path("c/<uuid:conversation_uuid>/rename/", conversations.rename, name="conversation_rename"),
    path("c/<uuid:conversation_uuid>/model/", picker.conversation_model, name="conversation_model"),
    path("c/<uuid:conversation_uuid>/delete/", conversations.delete, name="conversation_delete"),
    path("c/<uuid:conversation_uuid>/restore/", conversations.restore, name="conversation_restore"),
    path(
        "c/<uuid:conversation_uuid>/settings/", settings.conversation_settings, name="conversation_settings"
    ),
    path("c/<uuid:conversation_uuid>/persona/", personas.choose, name="conversation_persona"),
    path("models/", picker.model_options, name="model_options"),
    path("personas/", personas.gallery, name="personas"),
    path("personas/new/", personas.new, name="persona_new"),
    path("personas/<uuid:persona_uuid>/change/", personas.change, name="persona_change"),
    path("personas/<uuid:persona_uuid>/duplicate/", personas.duplicate, name="persona_duplicate"),
    path("personas/<uuid:persona_uuid>/delete/", personas.delete, name="persona_delete"),
    path("personas/<uuid:persona_uuid>/restore/", personas.restore, name="persona_restore"),
    path("personas/<uuid:persona_uuid>/sharing/", personas.sharing, name="persona_sharing"),
    path("personas/<uuid:persona_uuid>/start/", personas.start, name="persona_start"),
    path("personas/<uuid:persona_uuid>/picture/", personas.picture, name="persona_picture"),
    path("m/<uuid:message_uuid>/text/", conversations.message_text, name="message_text"),
    path("m/<uuid:message_uuid>/show/", conversations.show, name="message_show"),
    path("m/<uuid:message_uuid>/pin/", memory.pin, name="message_pin"),
    path("m/<uuid:message_uuid>/sent/", memory.sent, name="message_sent"),
    path("m/<uuid:message_uuid>/report/", conversations.report, name="message_report"),
    path("prompts/", prompts.prompt_list, name="prompt_list"),
    path("prompts/new/", prompts.prompt_new, name="prompt_new"),
    path("prompts/<uuid:prompt_uuid>/", prompts.prompt, name="prompt"),
    path("prompts/<uuid:prompt_uuid>/delete/", prompts.prompt_delete, name="prompt_delete"),
    path("prompts/<uuid:prompt_uuid>/restore/", prompts.prompt_restore, name="prompt_restore"),
    path("favicon.ico", favicon, name="favicon"),
]
