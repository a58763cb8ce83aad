"""The demo's French."""

from chat.demo.prose import FORMULAS, Prose, fibonacci

NOTICE = """\
Je suis le **modèle de démonstration intégré**, pas une vraie IA : je répète seulement votre message et \
montre ce que cette page sait afficher."""

CONNECT = """\
### Connecter un vrai modèle

Un administrateur peut ajouter un fournisseur dans **Administration → Fournisseurs de modèles**, ou définir \
l’une de ces variables et redémarrer le site :

- `OPENAI_API_KEY` pour OpenAI
- `OPENAI_BASE_URL`, avec ou sans clé, pour tout serveur compatible : vLLM, llama.cpp, LiteLLM, LM Studio
- rien du tout, si [Ollama](https://ollama.com) tourne sur ce serveur avec un modèle installé"""

HEADING = """\
## Un titre

### Et un autre en dessous

Un paragraphe peut contenir des mots *en italique*, **en gras**, ~~barrés~~ ou du `code`."""

LISTS = """\
## Listes

1. Les éléments numérotés se suivent
2. et peuvent en contenir d’autres :
   - un point
   - un autre point
3. Le dernier

À faire :

- [x] Ouvrir cette page
- [x] Dire quelque chose
- [ ] Connecter un vrai modèle"""

TABLE = """\
## Un tableau

| Planète | Lunes | Jour (heures) |
| :------ | ----: | :-----------: |
| Terre   |     1 |      24       |
| Mars    |     2 |     24,6      |
| Saturne |   274 |     10,7      |"""

CODE = f"## Code\n\n{fibonacci('Tous les nombres de Fibonacci inférieurs à limit.')}"

FORMULA = rf"""## Formules

Dans une phrase, $e^{{i\pi}} + 1 = 0$ ou \(a^2 + b^2 = c^2\), ou sur des lignes à part :

{FORMULAS}"""

QUOTE = """\
## Citations et liens

> Cela est bien dit, répondit Candide, mais il faut cultiver notre jardin.
>
> — Voltaire, *Candide*

Tout ceci est écrit en [Markdown](https://commonmark.org/help/)."""

PROSE = Prose(
    common=(
        "le la les un une des et est sont à au aux en avec pour par sur du ce cette mon mes ma notre nos "
        "je moi tu vous il ne pas que qui quoi quel quelle comment pourquoi où peux peut aide fais écris "
        "explique montre donne interroge merci plaît"
    ),
    hellos=("bonjour", "bonsoir", "salut", "coucou"),
    greeting=(
        "Bonjour ! Je suis le **modèle de démonstration intégré**, pas une vraie IA. Demandez-moi un "
        "*tableau*, du *code*, une *formule* ou une *liste*, ou écrivez « Montre tout »."
    ),
    notice=NOTICE,
    asked="Vous avez écrit :",
    connect=CONNECT,
    end="\n\nC’est tout pour le modèle de démonstration intégré.",
    everything=("montre tout", "montrez tout", "moi tout", "tout montrer", "sais-tu faire", "markdown"),
    keywords={
        "heading": ("titre", "gras", "italique"),
        "lists": ("liste", "tâche", "étape", "plan", "à faire"),
        "table": ("tableau", "compar", "colonne"),
        "code": ("code", "python", "programme", "fonction", "script", "expression régulière"),
        "formula": ("formule", "math", "équation", "latex", "intégrale"),
        "quote": ("citation", "citer", "un lien", "liens", "proverbe"),
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
