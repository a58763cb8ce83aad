"""示範模型的繁體中文。"""

from chat.demo.prose import FORMULAS, Prose, fibonacci

NOTICE = """\
我是**內建的示範模型**，不是真正的 AI：我只會重複你的訊息，並展示這個頁面能顯示的內容。"""

CONNECT = """\
### 如何連接真正的模型

管理員可以在**管理後台 → 模型供應商**新增供應商，也可以設定下面任一項，再重新啟動網站：

- `OPENAI_API_KEY`：使用 OpenAI
- `OPENAI_BASE_URL`：使用任何相容的伺服器（vLLM、llama.cpp、LiteLLM、LM Studio），有沒有金鑰都可以
- 什麼都不設定：在這台伺服器上執行 [Ollama](https://ollama.com)，並安裝好一個模型"""

HEADING = """\
## 標題

### 下一層標題

段落裡可以有*強調*、**粗體字**、~~刪除線~~和 `程式碼`。**注意：**緊鄰標點也照樣能加粗。"""

LISTS = """\
## 清單

1. 編號的項目依序排列
2. 裡面還可以再放：
   - 一個重點
   - 另一個重點
3. 最後一項

待辦事項：

- [x] 打開這個頁面
- [x] 隨便說句話
- [ ] 連接真正的模型"""

TABLE = """\
## 表格

| 行星 | 衛星數 | 一天（小時） |
| :--- | -----: | :----------: |
| 地球 |      1 |      24      |
| 火星 |      2 |     24.6     |
| 土星 |    274 |     10.7     |"""

CODE = f"## 程式碼\n\n{fibonacci('小於 limit 的所有費氏數。')}"

FORMULA = rf"""## 公式

可以寫在句子裡，像 $e^{{i\pi}} + 1 = 0$ 或 \(a^2 + b^2 = c^2\)；也可以自成一行：

{FORMULAS}"""

QUOTE = """\
## 引用和連結

> 人不知而不慍，不亦君子乎？
>
> ——《論語》

以上內容都是用 [Markdown](https://commonmark.org/help/) 寫的。"""

PROSE = Prose(
    common="這 們 說 話 個 會 時 對 沒 還 過 來 學 習 寫 讀 請 麼 為 與 樣 經 講 給 題 發 問 現 讓 畫 圖 幫",
    hellos=("哈囉", "你好", "您好", "嗨", "早安", "晚安"),
    greeting=(
        "你好！我是**內建的示範模型**，不是真正的 AI。你可以要我展示*表格*、*程式碼*、*公式*或*清單*，"
        "也可以說「全部展示」。"
    ),
    notice=NOTICE,
    asked="你寫的是：",
    connect=CONNECT,
    end="\n\n內建的示範模型就說到這裡。",
    everything=("全部", "所有", "你能做什麼", "你會什麼", "markdown"),
    keywords={
        "heading": ("標題", "粗體", "加粗", "強調"),
        "lists": ("清單", "列表", "待辦", "任務", "步驟", "計畫"),
        "table": ("表格", "比較", "對照"),
        "code": ("程式", "函式", "腳本", "python"),
        "formula": ("公式", "數學", "方程式", "積分", "latex"),
        "quote": ("引用", "連結", "名言"),
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
