"""데모의 한국어."""

from chat.demo.prose import Prose

NOTICE = """\
저는 **내장 데모 모델**이고 진짜 AI가 아니에요. 보내 주신 메시지를 그대로 되풀이하고, 이 페이지에서 \
보여 줄 수 있는 것을 보여 드릴 뿐이에요."""

CONNECT = """\
### 진짜 모델을 연결하려면

관리자가 **관리자 페이지 → 모델 제공자**에서 제공자를 추가하거나, 다음 중 하나를 설정하고 \
사이트를 다시 시작하면 돼요.

- `OPENAI_API_KEY`: OpenAI를 쓸 때
- `OPENAI_BASE_URL`: 호환되는 서버(vLLM, llama.cpp, LiteLLM, LM Studio 등)를 쓸 때. 키는 없어도 돼요
- 설정 없음: 이 서버에서 [Ollama](https://ollama.com)가 실행 중이고 모델이 설치되어 있을 때"""

HEADING = """\
## 제목

### 그 아래 제목

문단에는 *강조*, **굵은 글자**, ~~취소선~~, `코드`를 쓸 수 있어요. \
**굵게**처럼 조사가 바로 붙어도 괜찮아요."""

LISTS = """\
## 목록

1. 번호가 붙은 항목은 순서대로 나와요
2. 안에 다른 목록을 넣을 수도 있어요
   - 하나
   - 또 하나
3. 마지막 항목

할 일:

- [x] 이 페이지 열기
- [x] 아무 말이나 해 보기
- [ ] 진짜 모델 연결하기"""

TABLE = """\
## 표

| 행성 | 위성 수 | 하루(시간) |
| :--- | ------: | :--------: |
| 지구 |       1 |     24     |
| 화성 |       2 |    24.6    |
| 토성 |     274 |    10.7    |"""

CODE = '''\
## 코드

```python
def fibonacci(limit: int) -> list[int]:
    """limit보다 작은 피보나치 수를 모두 돌려준다."""
    numbers, current, following = [], 0, 1
    while current < limit:
        numbers.append(current)
        current, following = following, current + following
    return numbers


print(fibonacci(100))
```'''

FORMULA = r"""## 수식

문장 안에 $e^{i\pi} + 1 = 0$ 이나 \(a^2 + b^2 = c^2\) 처럼 쓸 수도 있고, 따로 한 줄에 쓸 수도 있어요.

$$
\int_{-\infty}^{\infty} e^{-x^2} \, dx = \sqrt{\pi}
$$

\[
x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
\]"""

QUOTE = """\
## 인용과 링크

> 죽는 날까지 하늘을 우러러
> 한 점 부끄럼이 없기를
>
> — 윤동주, ‘서시’

지금까지 본 내용은 모두 [Markdown](https://commonmark.org/help/)으로 썼어요."""

PROSE = Prose(
    common="이 그 저 나 내 것 수 좀 더 왜 뭐 어떻게 무엇 알려 줘 주세요 해 하는 있어",
    hellos=("안녕", "반가워", "반갑습니다", "좋은 아침", "여보세요"),
    greeting=(
        "안녕하세요! 저는 **내장 데모 모델**이고 진짜 AI가 아니에요. *표*, *코드*, *수식*, *목록*을 "
        "보여 달라고 하거나 ‘전부 보여 줘’라고 써 보세요."
    ),
    notice=NOTICE,
    asked="보내 주신 메시지:",
    connect=CONNECT,
    end="\n\n내장 데모 모델이 보여 드릴 것은 여기까지예요.",
    everything=("전부", "모두", "뭘 할 수", "무엇을 할 수", "markdown"),
    keywords={
        "heading": ("제목", "굵은", "굵게", "강조"),
        "lists": ("목록", "리스트", "할 일", "todo", "단계", "순서", "계획"),
        "table": ("표를", "표로", "표 ", "도표", "비교"),
        "code": ("코드", "프로그램", "함수", "스크립트", "python"),
        "formula": ("수식", "수학", "공식", "방정식", "적분", "latex"),
        "quote": ("인용", "링크", "명언"),
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
