"""The demo's German."""

from chat.demo.prose import FORMULAS, Prose, fibonacci

NOTICE = """\
Ich bin das **eingebaute Demo-Modell**, keine echte KI: Ich wiederhole nur deine Nachricht und zeige, \
was diese Seite darstellen kann."""

CONNECT = """\
### Ein echtes Modell verbinden

Ein Admin kann unter **Administration → Modellanbieter** einen Anbieter hinzufügen oder eines davon setzen \
und die Website neu starten:

- `OPENAI_API_KEY` für OpenAI
- `OPENAI_BASE_URL`, mit oder ohne Schlüssel, für kompatible Server: vLLM, llama.cpp, LiteLLM, LM Studio
- gar nichts, wenn auf diesem Server [Ollama](https://ollama.com) mit einem installierten Modell läuft"""

HEADING = """\
## Eine Überschrift

### Und eine darunter

In Absätzen gibt es *Betontes*, **Fettes**, ~~Durchgestrichenes~~ und `Code`."""

LISTS = """\
## Listen

1. Nummerierte Punkte folgen der Reihe nach
2. und können andere enthalten:
   - einen Punkt
   - noch einen Punkt
3. Der letzte

Zu erledigen:

- [x] Diese Seite öffnen
- [x] Etwas schreiben
- [ ] Ein echtes Modell verbinden"""

TABLE = """\
## Eine Tabelle

| Planet | Monde | Tag in Stunden |
| :----- | ----: | :------------: |
| Erde   |     1 |       24       |
| Mars   |     2 |      24,6      |
| Saturn |   274 |      10,7      |"""

CODE = f"## Code\n\n{fibonacci('Alle Fibonacci-Zahlen, die kleiner als limit sind.')}"

FORMULA = rf"""## Formeln

Mitten im Satz: $e^{{i\pi}} + 1 = 0$ oder \(a^2 + b^2 = c^2\); oder in eigenen Zeilen:

{FORMULAS}"""

QUOTE = """\
## Zitate und Links

> Es irrt der Mensch, solang’ er strebt.
>
> – Johann Wolfgang von Goethe, *Faust*

All das ist in [Markdown](https://commonmark.org/help/) geschrieben."""

PROSE = Prose(
    common=(
        "der die das den dem ein eine einen und ist sind zu im mit für von auf nicht ich du mich mir dich "
        "dir mein meine dein deine was wie warum wofür welche kannst hilf erkläre schreib mach sag zeig "
        "bitte danke"
    ),
    hellos=("hallo", "hi", "hey", "moin", "servus", "guten morgen", "guten tag", "guten abend"),
    greeting=(
        "Hallo! Ich bin das **eingebaute Demo-Modell**, keine echte KI. Frag mich nach einer *Tabelle*, "
        "nach *Code*, einer *Formel* oder einer *Liste*, oder schreib „Zeig alles“."
    ),
    notice=NOTICE,
    asked="Du hast geschrieben:",
    connect=CONNECT,
    end="\n\nDas war alles vom eingebauten Demo-Modell.",
    everything=("zeig alles", "zeige alles", "zeig mir alles", "alles zeigen", "was kannst du", "markdown"),
    keywords={
        "heading": ("überschrift", "fett", "kursiv"),
        "lists": ("liste", "aufgabe", "schritt", "plan", "erledigen"),
        "table": ("tabelle", "vergleich", "spalte"),
        "code": ("code", "python", "programm", "funktion", "skript", "regulären ausdruck"),
        "formula": ("formel", "mathe", "gleichung", "latex", "integral"),
        "quote": ("zitat", "zitier", "link"),
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
