"""How files of a language end, for code that is downloaded."""

from __future__ import annotations

from chat.markdown.languages import Language

# By the language's proper name (`languages.py`); what is not here is text
_TABLE = """
py Python
pycon Python console
js JavaScript, MongoDB
jsx JSX
ts TypeScript
tsx TSX
sh Bash, Shell
fish Fish
env Environment
ps1 PowerShell
bat Batch
html HTML
css CSS
scss SCSS
sass Sass
less Less
json JSON
jsonc JSON with comments
json5 JSON5
jsonl JSON Lines
yaml YAML, Docker Compose, Kubernetes
toml TOML
ini INI
properties Properties
xml XML
svg SVG
sql SQL, MySQL, PostgreSQL, PL/SQL, T-SQL
graphql GraphQL
cypher Cypher
java Java
kt Kotlin
swift Swift
c C
cpp C++
cu CUDA
m Objective-C, MATLAB, Octave
cs C#
fs F#
vb VB.NET
bas VBA
go Go
rs Rust
rb Ruby
erb ERB
php PHP
pl Perl, Prolog
lua Lua
r R
jl Julia
scala Scala
groovy Groovy
gradle Gradle
dart Dart
ex Elixir
erl Erlang
hs Haskell
ml OCaml
clj Clojure
lisp Lisp
el Emacs Lisp
scm Scheme
rkt Racket
nim Nim
zig Zig
cr Crystal
d D
pas Pascal
f90 Fortran
cob COBOL
adb Ada
vue Vue
svelte Svelte
astro Astro
hbs Handlebars
j2 Jinja
ejs EJS
pug Pug
dockerfile Dockerfile
mk Makefile
cmake CMake
conf nginx, Apache
vim Vim script
diff Diff
patch Patch
http HTTP
proto Protocol Buffers
tf Terraform
hcl HCL
tex LaTeX, TeX, Math
bib BibTeX
md Markdown
mdx MDX
rst reStructuredText
gp gnuplot
asm Assembly
s GAS
ll LLVM
wat WebAssembly
sol Solidity
glsl GLSL
hlsl HLSL
v Verilog
sv SystemVerilog
vhd VHDL
awk AWK
sed sed
nix Nix
gd GDScript
applescript AppleScript
ahk AutoHotkey
mmd Mermaid
csv CSV
prisma Prisma
log Output
"""


def _read(table: str) -> dict[str, str]:
    lines = (line.split(" ", 1) for line in table.strip().splitlines())
    return {name: ending for ending, names in lines for name in names.split(", ")}


_ENDINGS = _read(_TABLE)


def ending(language: Language) -> str:
    """Return how a file of it ends, without the dot; "" for what is in no language that is known."""
    return _ENDINGS.get(language.name, "")
