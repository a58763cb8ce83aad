"""Static files under names that carry their content's hash, so that browsers may keep them for ever."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from servestatic.storage import CompressedManifestStaticFilesStorage

from gptsite.scripts import JoinedScripts
from gptsite.styles import JoinedStyles

# Scripts and style sheets that pages name. What they import comes with them, in one file
ENTRIES: dict[str, type[JoinedScripts] | type[JoinedStyles]] = {
    "chat/js/main.js": JoinedScripts,
    "chat/js/language_choice.js": JoinedScripts,
    "chat/js/password.js": JoinedScripts,
    "chat/js/log_out.js": JoinedScripts,
    "chat/js/worker/offline_page.js": JoinedScripts,
    "chat/js/sharing/link_page.js": JoinedScripts,
    "chat/js/jobs/progress.js": JoinedScripts,
    "chat/js/sidebar/list_page.js": JoinedScripts,
    "chat/js/transfer/import_page.js": JoinedScripts,
    "chat/css/base.css": JoinedStyles,
    "chat/css/chat.css": JoinedStyles,
    "chat/css/prose.css": JoinedStyles,
    "chat/css/admin.css": JoinedStyles,
    "chat/css/export.css": JoinedStyles,
}
# Scripts that are loaded when they are first used, each with the one of the page that loads it
LATER = {
    "chat/js/voice/voice.js": "chat/js/main.js",
    "chat/js/preferences/preferences.js": "chat/js/main.js",
    "chat/js/composer/choosers.js": "chat/js/main.js",
    "chat/js/thread/opened.js": "chat/js/main.js",
    "chat/js/search/palette.js": "chat/js/main.js",
    "chat/js/projects/opened.js": "chat/js/main.js",
    "chat/js/sidebar/choose_mode.js": "chat/js/main.js",
    "chat/js/notifications/browser.js": "chat/js/main.js",
    "chat/js/sharing/sharing.js": "chat/js/main.js",
    "chat/js/thread/announcer.js": "chat/js/main.js",
}


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed, scripts and style sheets joined; other modules import by the hashed names."""

    support_js_module_import_aggregation = True

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Process what was collected; `paths` has where each file came from, by its name."""
        joined = {entry: join(entry, self._read) for entry, join in ENTRIES.items() if entry in paths}
        scripts = {name: one for name, one in joined.items() if isinstance(one, JoinedScripts)}
        for entry, first in LATER.items():
            if entry in paths:
                joined[entry] = JoinedScripts(entry, self._read, scripts[first])
        for entry, whole in joined.items():
            paths = self._put(entry, whole, paths)
        yield from super().post_process(paths, dry_run, **options)

    def _put(self, entry: str, joined: JoinedScripts | JoinedStyles, paths: dict[str, Any]) -> dict[str, Any]:
        """Put one file in the place of its parts."""
        self.delete(entry)
        self.save(entry, ContentFile(joined.text.encode()))
        others = {name: path for name, path in paths.items() if name not in joined.parts}
        return others | {entry: (self, entry)}

    def _read(self, name: str) -> str:
        with self.open(name) as file:
            return str(file.read().decode())

    def add_stats_to_manifest(self) -> None:
        """Add none: nobody reads them, since the server looks at the files when it starts."""
