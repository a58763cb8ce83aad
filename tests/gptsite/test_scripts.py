"""Joining the scripts of a page into one."""

from pathlib import Path

import pytest

from gptsite.scripts import JoinedScripts
from gptsite.storage import ENTRIES, LATER

STATIC = Path(__file__).parents[2] / "chat/static"
# Scripts that a page names besides, or before, the one that is joined
ALONE = {
    "chat/js/theme.js",
    # Of the page made to be printed
    "chat/js/print.js",
    "chat/js/admin/admin.js",
    "chat/js/admin/suspend.js",
    # In the audio thread, where there is nothing of the page
    "chat/js/voice/recorder_worklet.js",
    # In the service worker, which imports no modules in every browser
    "chat/js/worker/offline.js",
    "chat/js/worker/push.js",
}

MODULES = {
    "js/main.js": '// All of it\nimport { two } from "./a/two.js";\nimport { one as first } from "./one.js";\n\ntwo(first);\n',
    "js/a/two.js": 'import * as ones from "../one.js";\n\nconst own = 2;\nexport function two(it) {\n  // Why\n  return ones.one + it + own;\n}\n',
    "js/one.js": "const own = 1;\nexport const one = own;\nexport class Some {}\nexport async function later() {}\n",
}


def test_a_module_comes_once_and_after_those_that_it_needs():
    joined = JoinedScripts("js/main.js", MODULES.__getitem__)
    assert list(joined.parts) == ["js/one.js", "js/a/two.js", "js/main.js"]
    assert joined.text == (
        "const $js_one = (() => {\n"
        "const own = 1;\nconst one = own;\nclass Some {}\nasync function later() {}\n"
        "return { one, Some, later };\n})();\n"
        "const $js_a_two = (() => {\n"
        "const ones = $js_one;\nconst own = 2;\nfunction two(it) {\nreturn ones.one + it + own;\n}\n"
        "return { two };\n})();\n"
        "const $js_main = (() => {\n"
        "const { two } = $js_a_two;\nconst { one: first } = $js_one;\ntwo(first);\n"
        "})();\n"
    )


def test_what_is_loaded_later_takes_from_the_page_s_script_what_is_there():
    modules = MODULES | {
        "js/late/late.js": 'import { one } from "../one.js";\nimport { own } from "./own.js";\n\nexport function open() {\n  return one + own;\n}\n',
        "js/late/own.js": 'import * as ones from "../one.js";\n\nexport const own = ones.one;\n',
    }
    main = JoinedScripts("js/main.js", modules.__getitem__)
    late = JoinedScripts("js/late/late.js", modules.__getitem__, main)
    assert list(late.parts) == ["js/late/own.js", "js/late/late.js"]
    assert late.text == (
        'import { $js_one } from "../main.js";\n'
        "const $js_late_own = (() => {\nconst ones = $js_one;\nconst own = ones.one;\nreturn { own };\n})();\n"
        "const $js_late_late = (() => {\n"
        "const { one } = $js_one;\nconst { own } = $js_late_own;\nfunction open() {\nreturn one + own;\n}\n"
        "return { open };\n})();\n"
        "export const { open } = $js_late_late;\n"
    )
    assert main.text.endswith("})();\nexport { $js_one };\n")


def test_modules_that_import_each_other_are_refused():
    circle = {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'}
    with pytest.raises(ValueError, match=r"a\.js > b\.js > a\.js"):
        JoinedScripts("a.js", circle.__getitem__)


@pytest.mark.parametrize(
    "line",
    [
        'import thing from "./one.js";',
        'import "./one.js";',
        'import { one } from "elsewhere";',
        'const { one } = await import("./one.js");',
        "const here = import.meta.url;",
        "export default 1;",
        "const words = `two\n  lines`;",
        "export let changing = 1;",
        'export { one } from "./one.js";',
    ],
)
def test_what_it_does_not_know_fails_the_build(line):
    with pytest.raises(ValueError, match=r"a\.js cannot be joined"):
        JoinedScripts("a.js", {"a.js": f"const before = 1;\n{line}\n"}.__getitem__)


def test_every_script_is_a_part_of_the_page_s_or_stands_alone():
    def read(name):
        return (STATIC / name).read_text()

    firsts = {entry: join(entry, read) for entry, join in ENTRIES.items() if join is JoinedScripts}
    later = [JoinedScripts(entry, read, firsts[first]) for entry, first in LATER.items()]
    # The offline page and the cards are other pages, with copies of their own
    names = (
        *("worker/offline_page", "language_choice", "jobs/progress", "password", "log_out"),
        *("sharing/link_page", "sidebar/list_page", "transfer/import_page"),
    )
    apart = {part for name in names for part in firsts.pop(f"chat/js/{name}.js").parts}
    parts = [part for joined in (*firsts.values(), *later) for part in joined.parts]
    scripts = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js")}
    assert scripts == {*parts} | apart | ALONE
    assert len(parts) == len({*parts})
