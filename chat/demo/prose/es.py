"""The demo's Spanish."""

from chat.demo.prose import FORMULAS, Prose, fibonacci

NOTICE = """\
Soy el **modelo de demostración integrado**, no una IA de verdad: solo repito tu mensaje y te enseño \
lo que esta página puede mostrar."""

CONNECT = """\
### Conectar un modelo de verdad

Un administrador puede añadir un proveedor en **Administración → Proveedores de modelos**, o definir una de \
estas variables y reiniciar el sitio:

- `OPENAI_API_KEY`, para OpenAI
- `OPENAI_BASE_URL`, con clave o sin ella, para servidores compatibles: vLLM, llama.cpp, LiteLLM, LM Studio
- nada de nada, si en este servidor ya funciona [Ollama](https://ollama.com) con un modelo instalado"""

HEADING = """\
## Un título

### Y otro debajo

En los párrafos caben *palabras enfatizadas*, **en negrita**, ~~tachadas~~ y `código`."""

LISTS = """\
## Listas

1. Los elementos numerados van en orden
2. y pueden contener otros:
   - un punto
   - otro punto
3. El último

Tareas:

- [x] Abrir esta página
- [x] Decir algo
- [ ] Conectar un modelo de verdad"""

TABLE = """\
## Una tabla

| Planeta | Lunas | Día (horas) |
| :------ | ----: | :---------: |
| Tierra  |     1 |     24      |
| Marte   |     2 |    24,6     |
| Saturno |   274 |    10,7     |"""

CODE = f"## Código\n\n{fibonacci('Todos los números de Fibonacci menores que limit.')}"

FORMULA = rf"""## Fórmulas

Dentro de una línea, $e^{{i\pi}} + 1 = 0$ o \(a^2 + b^2 = c^2\); o en líneas propias:

{FORMULAS}"""

QUOTE = """\
## Citas y enlaces

> En un lugar de la Mancha, de cuyo nombre no quiero acordarme…
>
> — Miguel de Cervantes, *Don Quijote de la Mancha*

Todo esto está escrito en [Markdown](https://commonmark.org/help/)."""

PROSE = Prose(
    common=(
        "el la los las un una unas y es son en con por para del al lo mi mis tu no se que qué cómo cuál "
        "quién más hay sobre yo me te eres puedes escribe explica explícame haz dime ayúdame muéstrame "
        "favor gracias"
    ),
    hellos=("hola", "buenos días", "buenas tardes", "buenas noches", "buenas", "qué tal", "¿qué tal"),
    greeting=(
        "¡Hola! Soy el **modelo de demostración integrado**, no una IA de verdad. Pídeme una *tabla*, "
        "algo de *código*, una *fórmula* o una *lista*, o escribe «Muéstrame todo»."
    ),
    notice=NOTICE,
    asked="Has escrito:",
    connect=CONNECT,
    end="\n\nEso es todo por parte del modelo de demostración integrado.",
    everything=("muéstrame todo", "muestra todo", "enséñame todo", "todo lo que", "qué puedes", "markdown"),
    keywords={
        "heading": ("título", "encabezado", "negrita", "cursiva"),
        "lists": ("lista", "tarea", "pasos", "paso a paso", "plan"),
        "table": ("tabla", "compara", "columna"),
        "code": ("código", "python", "programa", "función", "script", "expresión regular"),
        "formula": ("fórmula", "matemática", "ecuación", "latex", "integral"),
        "quote": ("una cita", "citas", "enlace", "refrán"),
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
