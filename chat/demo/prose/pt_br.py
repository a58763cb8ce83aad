"""The demo's Portuguese of Brazil."""

from chat.demo.prose import FORMULAS, Prose, fibonacci

NOTICE = """\
Sou o **modelo de demonstração integrado**, não uma IA de verdade: só repito sua mensagem e mostro \
o que esta página consegue exibir."""

CONNECT = """\
### Conectar um modelo de verdade

Um administrador pode adicionar um provedor em **Administração → Provedores de modelos** ou definir uma \
destas variáveis e reiniciar o site:

- `OPENAI_API_KEY`, para a OpenAI
- `OPENAI_BASE_URL`, com ou sem chave, para qualquer servidor compatível: vLLM, llama.cpp, LiteLLM, LM Studio
- nada, se o [Ollama](https://ollama.com) já estiver rodando neste servidor com um modelo instalado"""

HEADING = """\
## Um título

### E outro abaixo dele

Nos parágrafos cabem *ênfase*, **negrito**, ~~texto riscado~~ e `código`."""

LISTS = """\
## Listas

1. Os itens numerados vêm em ordem
2. e podem conter outros:
   - um ponto
   - mais um ponto
3. O último

Para fazer:

- [x] Abrir esta página
- [x] Dizer alguma coisa
- [ ] Conectar um modelo de verdade"""

TABLE = """\
## Uma tabela

| Planeta | Luas | Dia (horas) |
| :------ | ---: | :---------: |
| Terra   |    1 |     24      |
| Marte   |    2 |    24,6     |
| Saturno |  274 |    10,7     |"""

CODE = f"## Código\n\n{fibonacci('Todos os números de Fibonacci menores que limit.')}"

FORMULA = rf"""## Fórmulas

No meio de uma linha, $e^{{i\pi}} + 1 = 0$ ou \(a^2 + b^2 = c^2\); ou em linhas próprias:

{FORMULAS}"""

QUOTE = """\
## Citações e links

> Ao vencido, ódio ou compaixão; ao vencedor, as batatas.
>
> — Machado de Assis, *Quincas Borba*

Tudo isto foi escrito em [Markdown](https://commonmark.org/help/)."""

PROSE = Prose(
    common=(
        "o a os as um uma e é são em no na nos nas com por pela para do da dos das ao meu minha meus "
        "minhas seu sua não se que como qual quem mais há sobre eu me você pode escreva explique faça diga "
        "ajude mostre crie traduza isto esta este obrigado obrigada"
    ),
    hellos=("olá", "oi", "bom dia", "boa tarde", "boa noite", "e aí", "opa"),
    greeting=(
        "Olá! Sou o **modelo de demonstração integrado**, não uma IA de verdade. Peça uma *tabela*, um "
        "pouco de *código*, uma *fórmula* ou uma *lista*, ou escreva “Mostre tudo”."
    ),
    notice=NOTICE,
    asked="Você escreveu:",
    connect=CONNECT,
    end="\n\nIsso é tudo do modelo de demonstração integrado.",
    everything=("mostre tudo", "mostra tudo", "mostrar tudo", "tudo o que", "o que você sabe", "markdown"),
    keywords={
        "heading": ("título", "negrito", "itálico"),
        "lists": ("lista", "tarefa", "passos", "passo a passo", "plano"),
        "table": ("tabela", "compara", "compare", "coluna"),
        "code": ("código", "python", "programa", "função", "script", "expressão regular"),
        "formula": ("fórmula", "matemática", "equação", "latex", "integral"),
        "quote": ("citação", "citações", "frase famosa", "link", "provérbio"),
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
