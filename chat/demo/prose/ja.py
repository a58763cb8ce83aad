"""デモの日本語。"""

from chat.demo.prose import Prose

NOTICE = """\
私は**内蔵のデモモデル**で、本物のAIではありません。メッセージをそのまま繰り返し、\
このページで表示できるものをお見せするだけです。"""

CONNECT = """\
### 本物のモデルを接続するには

管理者が**管理画面 → モデルプロバイダー**でプロバイダーを追加するか、次のどれかを設定して\
サイトを再起動します。

- `OPENAI_API_KEY`：OpenAIを使う場合
- `OPENAI_BASE_URL`：互換サーバー（vLLM、llama.cpp、LiteLLM、LM Studioなど）を使う場合。\
キーはなくてもかまいません
- 設定なし：このサーバーで[Ollama](https://ollama.com)が動いていて、モデルがインストール済みの場合"""

HEADING = """\
## 見出し

### その下の見出し

段落の中では*強調*、**太字**、~~取り消し線~~、`コード`が使えます。**注意：**記号のすぐ隣でも太字になります。"""

LISTS = """\
## リスト

1. 番号付きの項目は順番に並びます
2. 中に別のリストを入れることもできます
   - ひとつ目
   - ふたつ目
3. 最後の項目

やること：

- [x] このページを開く
- [x] 何か話しかける
- [ ] 本物のモデルを接続する"""

TABLE = """\
## 表

| 惑星 | 衛星の数 | 1日の長さ（時間） |
| :--- | -------: | :---------------: |
| 地球 |        1 |        24         |
| 火星 |        2 |       24.6        |
| 土星 |      274 |       10.7        |"""

CODE = '''\
## コード

```python
def fibonacci(limit: int) -> list[int]:
    """limitより小さいフィボナッチ数をすべて返す。"""
    numbers, current, following = [], 0, 1
    while current < limit:
        numbers.append(current)
        current, following = following, current + following
    return numbers


print(fibonacci(100))
```'''

FORMULA = r"""## 数式

文中に書くなら $e^{i\pi} + 1 = 0$ や \(a^2 + b^2 = c^2\) のように。独立した行にも書けます。

$$
\int_{-\infty}^{\infty} e^{-x^2} \, dx = \sqrt{\pi}
$$

\[
x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
\]"""

QUOTE = """\
## 引用とリンク

> 雨ニモマケズ
> 風ニモマケズ
>
> ——宮沢賢治

ここまでの内容はすべて[Markdown](https://commonmark.org/help/)で書かれています。"""

PROSE = Prose(
    common="の は が を に で と も から まで です ます した して ください 何 教 私 使 書 見",
    hellos=("こんにちは", "こんばんは", "おはよう", "はじめまして", "やあ", "どうも"),
    greeting=(
        "こんにちは！私は**内蔵のデモモデル**で、本物のAIではありません。*表*、*コード*、*数式*、*リスト*を"
        "見たいと書いてみてください。「全部見せて」でもかまいません。"
    ),
    notice=NOTICE,
    asked="いただいたメッセージ：",
    connect=CONNECT,
    end="\n\n内蔵のデモモデルからは以上です。",
    everything=("全部", "すべて", "何ができ", "なにができ", "markdown"),
    keywords={
        "heading": ("見出し", "太字", "強調"),
        "lists": ("リスト", "一覧", "箇条書き", "やること", "todo", "タスク", "手順", "計画"),
        "table": ("表を", "表に", "表で", "の表", "テーブル", "比較", "比べ"),
        "code": ("コード", "プログラム", "関数", "スクリプト", "python"),
        "formula": ("数式", "数学", "解の公式", "公式", "方程式", "積分", "latex"),
        "quote": ("引用", "リンク", "名言"),
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
