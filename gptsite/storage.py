"""Static files under names that carry their content's hash, so that browsers may keep them for ever."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; relative imports between our ES modules are rewritten to the hashed names."""

    support_js_module_import_aggregation = True

    def add_stats_to_manifest(self) -> None:
        """Nobody reads them: the server looks at the files when it starts."""
