"""Texts on which Markdown parsers, sanitisers and highlighters are known to be slow, at any size."""

from collections.abc import Callable

# Repeated from beginning to end
UNITS = (
    *(
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "[a](",
        "[a](<",
        "[a][",
        "[[a]]",
        "[^a]",
        "[^a]: b\n",
        "[a]: /b 'c'\n",
        "[a]: ",
    ),
    *(
        "<",
        "<a",
        "<a b='",
        "<!--",
        "<?",
        "</",
        "<br>",
        "<sub>",
        "<b>",
        "<div>\n\n",
        "<details>\n\n",
        "<http://a.b>",
    ),
    *(
        "&",
        "&amp;",
        "&#",
        "&a;",
        "*",
        "**a ",
        "*a",
        "*a _b ",
        "***a",
        "__a",
        "~~a ",
        "`a ",
        "``a",
        "`$",
        "$",
        "$a",
        "$x$ ",
    ),
    *("$$", "$$\n", "$|$|", "\\(", "\\[\n", "\\]\n", "\\", "\\frac{", "\\begin{a}", "\\left(", "^{", "{"),
    *(
        "|",
        "a|b\n",
        "|-|\n",
        "| a | b |\n",
        "- ",
        "- a\n",
        "1) a\n",
        "- [x] a\n",
        "+ a\n\n",
        "> ",
        ">",
        "> - ",
        "# a\n",
    ),
    *(
        "=\n",
        "a\n=\n",
        "---\n",
        "```\n",
        "```py\nx\n```\n",
        "    a\n",
        "\ta\n",
        "\n",
        "a\n",
        "a  \n",
        "\r",
        "\x0b",
        "\u200b",
    ),
    *(
        "www.",
        "www.a.b ",
        "https://a",
        "http://a.b/(",
        "a@b.c ",
        "@",
        "a@",
        "://",
        "xmpp:a@b.c/",
        '"',
        "中**",
        "👩‍👧",
        "a\u0301",
    ),
)
# What follows a beginning for the rest of the text
TAILS = {
    **{f"www.a.b/ {tail}": ("www.a.b/", tail) for tail in (")", ").", "(", "&a;", "?!", "*", "~", '"', "]")},
    **{f"http://a.b/ {tail}": ("http://a.b/", tail) for tail in (")", "(", "&", "<", "_")},
    **{
        f"`{opening} {tail}": (opening, tail)
        for opening, tail in (("[a](", "("), ("<a ", "a "), ("`", "``"), ("$$", "\\("))
    },
    "table": ("|a|b|\n|-|-|\n", "|x|\n"),
    "code": ("```python\n", "'''\""),
    "css": ("```css\n", '"'),
    "html code": ("```html\n", "<a "),
    "ruby": ("```ruby\n", '"#{'),
    "long line of code": ("```js\n", "word.more(x)=1;"),
}
# As often opened as closed, around one letter
PAIRS = (
    ("[", "]"),
    ("(", ")"),
    ("<", ">"),
    ("*", "*"),
    ("`", "`"),
    ("{", "}"),
    ("[a](", ")"),
    ("\\(", "\\)"),
    ("<b>", "</b>"),
)


def repeated(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def _tailed(start: str, tail: str) -> Callable[[int], str]:
    return lambda size: start + repeated(tail, size - len(start))


def _paired(opening: str, closing: str) -> Callable[[int], str]:
    def make(size: int) -> str:
        count = size // len(opening + closing)
        return opening * count + "x" + closing * count

    return make


KINDS: dict[str, Callable[[int], str]] = {
    **{f"only {unit!r}": _tailed("", unit) for unit in UNITS},
    **{name: _tailed(*parts) for name, parts in TAILS.items()},
    **{f"{opening}…{closing}": _paired(opening, closing) for opening, closing in PAIRS},
    "runs of stars": lambda size: "".join("*" * n + "a " for n in range(1, int((2 * size) ** 0.5)))[:size],
    "runs of backticks": lambda size: "".join("`" * n + "a " for n in range(1, int((2 * size) ** 0.5)))[
        :size
    ],
    "nested lists": lambda size: "\n".join("  " * n + "- a" for n in range(int(size**0.5)))[:size],
    "wide table": lambda size: repeated("|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + "|b\n" * 99, size),
}
"""Name -> what makes such a text of so many characters."""
