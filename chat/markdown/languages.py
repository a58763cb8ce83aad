"""What the first line of a code block says: the language's name for the reader, its lexer, and the file.

How a file of it ends is in ``endings.py``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Language(NamedTuple):
    """``code`` is what the writer called it, ``name`` its proper name, ``lexer`` Pygments' name or ""."""

    code: str = ""
    name: str = ""
    lexer: str = ""
    file: str = ""


# A lexer of Pygments or of `lexers.py`, the proper name, and what answers call it; "-" for no lexer.
# Rare lexers have slow patterns, so that only these are used.
_TABLE = """
python|Python|python py python3 py3 pyi gyp sage bazel
pycon|Python console|pycon python-console
javascript|JavaScript|javascript js mjs cjs node nodejs javascriptreact
jsx|JSX|jsx
typescript|TypeScript|typescript ts mts cts deno
tsx|TSX|tsx typescriptreact
bash|Bash|bash
bash|Shell|sh shell zsh ksh ash dash
fish|Fish|fish fishshell
console|Console|console shell-session shellsession sh-session terminal bash-session cli
powershell|PowerShell|powershell pwsh ps1 ps posh
batch|Batch|bat batch cmd dosbatch winbatch
html|HTML|html htm xhtml html5
css|CSS|css
scss|SCSS|scss
sass|Sass|sass
less|Less|less
json|JSON|json webmanifest geojson
json|JSON with comments|jsonc
json5|JSON5|json5 hjson
json|JSON Lines|jsonl ndjson
yaml|YAML|yaml yml
toml|TOML|toml
ini|INI|ini cfg conf config inf editorconfig gitconfig systemd
bash|Environment|env dotenv
properties|Properties|properties
xml|XML|xml xsl xslt xsd wsdl rss xaml plist
xml|SVG|svg
sql|SQL|sql sqlite sqlite3 bigquery snowflake
mysql|MySQL|mysql mariadb
postgresql|PostgreSQL|postgresql postgres pgsql psql plpgsql
sql|PL/SQL|plsql oracle
tsql|T-SQL|tsql t-sql mssql sqlserver
graphql|GraphQL|graphql gql
cypher|Cypher|cypher
java|Java|java
kotlin|Kotlin|kotlin kt kts
swift|Swift|swift
c|C|c h
cpp|C++|cpp c++ cc cxx hpp hxx cplusplus
cuda|CUDA|cuda cu
objective-c|Objective-C|objective-c objectivec objc obj-c
csharp|C#|csharp c# cs dotnet
fsharp|F#|fsharp f# fs
vb.net|VB.NET|vb.net vbnet vb visualbasic
vb.net|VBA|vba vbscript vbs
go|Go|go golang
rust|Rust|rust rs
ruby|Ruby|ruby rb irb
erb|ERB|erb
php|PHP|php php3 php4 php5 php7 php8
perl|Perl|perl pl
lua|Lua|lua
r|R|r rscript splus
matlab|MATLAB|matlab
octave|Octave|octave
julia|Julia|julia jl
scala|Scala|scala sc
groovy|Groovy|groovy jenkinsfile
groovy|Gradle|gradle
dart|Dart|dart flutter
elixir|Elixir|elixir ex exs
erlang|Erlang|erlang erl
haskell|Haskell|haskell hs
ocaml|OCaml|ocaml ml
clojure|Clojure|clojure clj cljs edn
lisp|Lisp|lisp common-lisp cl
emacs-lisp|Emacs Lisp|emacs-lisp elisp emacs
scheme|Scheme|scheme scm
racket|Racket|racket rkt
prolog|Prolog|prolog
nim|Nim|nim
zig|Zig|zig
crystal|Crystal|crystal cr
d|D|d dlang
delphi|Pascal|pascal delphi objectpascal
fortran|Fortran|fortran f90 f95
cobol|COBOL|cobol cob
ada|Ada|ada adb ads
html|Vue|vue
html|Svelte|svelte
html|Astro|astro
html|Handlebars|handlebars hbs mustache
django|Jinja|jinja jinja2 j2 django html+jinja html+django twig liquid nunjucks
html|EJS|ejs
pug|Pug|pug jade
docker|Dockerfile|dockerfile docker containerfile
yaml|Docker Compose|docker-compose compose
make|Makefile|makefile make mk gnumake
cmake|CMake|cmake cmakelists
nginx|nginx|nginx nginxconf
apacheconf|Apache|apache apacheconf htaccess httpd
vim|Vim script|vim viml vimscript
diff|Diff|diff
diff|Patch|patch
http|HTTP|http https
protobuf|Protocol Buffers|proto protobuf proto3
terraform|Terraform|terraform tf
hcl|HCL|hcl nomad
latex|LaTeX|latex
latex|TeX|tex
bibtex|BibTeX|bibtex bib
markdown|Markdown|markdown md mkd
markdown|MDX|mdx
rst|reStructuredText|rst restructuredtext
gnuplot|gnuplot|gnuplot
nasm|Assembly|asm assembly nasm x86asm masm armasm
gas|GAS|gas
llvm|LLVM|llvm
wast|WebAssembly|wasm wat wast webassembly
solidity|Solidity|solidity sol
glsl|GLSL|glsl vert frag
hlsl|HLSL|hlsl
verilog|Verilog|verilog v
systemverilog|SystemVerilog|systemverilog sv
vhdl|VHDL|vhdl
awk|AWK|awk gawk
sed|sed|sed
nix|Nix|nix
gdscript|GDScript|gdscript gd
applescript|AppleScript|applescript
autohotkey|AutoHotkey|autohotkey ahk
javascript|MongoDB|mongodb mongosh mongo
yaml|Kubernetes|kubernetes k8s helm ansible
bash|Git|gitignore dockerignore
mermaid|Mermaid|mermaid
regex|Regular expression|regex regexp re
csv|CSV|csv tsv
graphql|Prisma|prisma
-|Text|text txt plaintext plain plain-text none nohighlight no-highlight raw
-|Output|output stdout log logs result ascii
-|Math|math
"""


def _read(table: str) -> dict[str, tuple[str, str]]:
    known: dict[str, tuple[str, str]] = {}
    for line in table.strip().splitlines():
        lexer, name, codes = line.split("|")
        known |= dict.fromkeys(codes.split(), ("" if lexer == "-" else lexer, name))
    return known


KNOWN = _read(_TABLE)
_FILES = {"dockerfile": "docker", "makefile": "make", "cmakelists.txt": "cmake", ".env": "env"}
_ATTRIBUTE = re.compile(r"""(?:title|file|filename|name|path)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_LANGUAGE_PREFIX = re.compile(r"^(?:language|lang)[-=:]", re.IGNORECASE)
_CURSOR = re.compile(r"^\d+:\d+:(.+)$")
_END = re.compile(r"[{\[(,;:=\s]")
_DIFF = re.compile(r"^diff[-_ ]")
_FILE_NAME = re.compile(r"[\w@./\\ -]*[\w@-]\.\w{1,12}|[\w./-]*(?:Dockerfile|Makefile)")
_SAFE_CODE = re.compile(r"[A-Za-z0-9_.+#-]{1,30}")
LONGEST = 200


@lru_cache(maxsize=512)
def language(info: str) -> Language:
    """Return what an info string says: ``python:src/app.py``, ``js {1,3}``, ``{.python .numberLines}``."""
    info = info.strip()[:LONGEST]
    titled = _ATTRIBUTE.search(info)
    file = next((group for group in titled.groups() if group), "") if titled else ""
    word = _LANGUAGE_PREFIX.sub("", info.strip("{}").strip().lstrip(".").strip("\"'"))
    if lines := _CURSOR.match(word):
        return _of_file(lines[1])
    code, rest = _first(word)
    if code.lower() not in KNOWN and _FILE_NAME.fullmatch(info):
        return _of_file(info)
    if not file and rest.startswith(":") and (path := _FILE_NAME.match(rest, 1)):
        file = path[0].split()[0]
    lexer, name = KNOWN.get(code.lower(), ("", ""))
    return Language(code, name or code, lexer, file)


def _first(word: str) -> tuple[str, str]:
    """Return the language, which ends where its options begin, and those."""
    end = _END.search(word)
    place = end.start() if end else len(word)
    code = word[:place]
    found = _SAFE_CODE.fullmatch(code)
    return (code if found else ""), word[place:]


def _of_file(path: str) -> Language:
    name = re.split(r"[/\\]", path)[-1].lower()
    code = _FILES.get(name) or name.rpartition(".")[2]
    lexer, title = KNOWN.get(code, ("", ""))
    return Language(code if _SAFE_CODE.fullmatch(code) else "", title or path, lexer, path if title else "")
