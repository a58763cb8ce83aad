"""The demo's English."""

from chat.demo.prose import FORMULAS, Prose, fibonacci

NOTICE = """\
I’m the **built-in demo model**, not a real AI: I just repeat your message and show \
what this page can display."""

CONNECT = """\
### Connecting a real model

An administrator can add a provider under **Admin → Model providers**, or set one of these and restart \
the site:

- `OPENAI_API_KEY` for OpenAI
- `OPENAI_BASE_URL`, with or without a key, for any compatible server: vLLM, llama.cpp, LiteLLM, LM Studio
- nothing at all, if [Ollama](https://ollama.com) is running on this server with a model installed"""

HEADING = """\
## A heading

### And one below it

Paragraphs can have *emphasis*, **strong words**, ~~crossed-out words~~ and `code`."""

LISTS = """\
## Lists

1. Numbered items come in order
2. and can hold others:
   - a point
   - another point
3. The last one

Things to do:

- [x] Open this page
- [x] Say something
- [ ] Connect a real model"""

TABLE = """\
## A table

| Planet | Moons | Day, in hours |
| :----- | ----: | :-----------: |
| Earth  |     1 |      24       |
| Mars   |     2 |     24.6      |
| Saturn |   274 |     10.7      |"""

CODE = f"## Code\n\n{fibonacci('Every Fibonacci number below the limit.')}"

FORMULA = rf"""## Formulas

Inside a line, $e^{{i\pi}} + 1 = 0$ or \(a^2 + b^2 = c^2\); or on lines of their own:

{FORMULAS}"""

QUOTE = """\
## Quotations and links

> The best way to explain it is to do it.
>
> — *Alice's Adventures in Wonderland*

All of this is written in [Markdown](https://commonmark.org/help/)."""

PROSE = Prose(
    common="the and is are of to in you me my what how show tell give write please thanks a an with for",
    hellos=("hello", "hi", "hey", "good morning", "good evening"),
    greeting=(
        "Hi! I’m the **built-in demo model**, not a real AI. Ask me for a *table*, some *code*, a *formula* "
        "or a *list*, or for *everything* I can show."
    ),
    notice=NOTICE,
    asked="You wrote:",
    connect=CONNECT,
    end="\n\nThat’s all from the built-in demo model.",
    everything=("everything", "what can you", "markdown", "show me all"),
    keywords={
        "heading": ("heading", "headline", "bold", "italic"),
        "lists": ("list", "to do", "todo", "task", "steps", "plan"),
        "table": ("table", "compare", "comparison", "column"),
        "code": ("code", "python", "program", "function", "script", "regex"),
        "formula": ("formula", "math", "equation", "latex", "integral"),
        "quote": ("quote", "quotation", "link", "citation"),
    },
    sections={
        "heading": HEADING,
        "lists": LISTS,
        "table": TABLE,
        "code": CODE,
        "formula": FORMULA,
        "quote": QUOTE,
    },
)
