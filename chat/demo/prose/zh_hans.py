"""The demo's Simplified Chinese."""

from chat.demo.prose import FORMULAS, Prose, fibonacci

NOTICE = """\
我是**内置的演示模型**，不是真正的 AI：我只会重复你的消息，并展示这个页面能显示的内容。"""

CONNECT = """\
### 如何接入真正的模型

管理员可以在**管理后台 → 服务商**中添加服务商，也可以设置下面任意一项，然后重启网站：

- `OPENAI_API_KEY`：使用 OpenAI
- `OPENAI_BASE_URL`：使用任何兼容的服务器（vLLM、llama.cpp、LiteLLM、LM Studio），有无密钥均可
- 什么都不设置：在这台服务器上运行 [Ollama](https://ollama.com) 并装好一个模型"""

HEADING = """\
## 标题

### 下一级标题

段落里可以有*强调*、**加粗的文字**、~~划掉的文字~~和 `代码`。**注意：**标点也不会妨碍加粗。"""

LISTS = """\
## 列表

1. 编号的条目按顺序排列
2. 其中还可以有：
   - 一个要点
   - 另一个要点
3. 最后一条

待办事项：

- [x] 打开这个页面
- [x] 说点什么
- [ ] 接入真正的模型"""

TABLE = """\
## 表格

| 行星 | 卫星数 | 一天（小时） |
| :--- | -----: | :----------: |
| 地球 |      1 |      24      |
| 火星 |      2 |     24.6     |
| 土星 |    274 |     10.7     |"""

CODE = f"## 代码\n\n{fibonacci('小于 limit 的所有斐波那契数。')}"

FORMULA = rf"""## 公式

可以写在行内，如 $e^{{i\pi}} + 1 = 0$ 或 \(a^2 + b^2 = c^2\)；也可以单独成行：

{FORMULAS}"""

QUOTE = """\
## 引用和链接

> 学而时习之，不亦说乎？
>
> ——《论语》

以上内容都是用 [Markdown](https://commonmark.org/help/) 写成的。"""

PROSE = Prose(
    common="这 们 说 话 个 会 时 对 没 还 过 来 学 习 写 读 请 么 为 与 样 经 讲 给 题 发 问 现 让 画 图",
    hellos=("你好", "您好", "嗨", "早上好", "晚上好"),
    greeting=(
        "你好！我是**内置的演示模型**，不是真正的 AI。你可以让我展示*表格*、*代码*、*公式*或*列表*，"
        "也可以说“展示全部”。"
    ),
    notice=NOTICE,
    asked="你写的是：",
    connect=CONNECT,
    end="\n\n内置的演示模型就说到这里。",
    everything=("全部", "所有", "你能做什么", "你会什么", "markdown"),
    keywords={
        "heading": ("标题", "加粗", "强调"),
        "lists": ("列表", "清单", "待办", "任务", "步骤", "计划"),
        "table": ("表格", "比较", "对比"),
        "code": ("代码", "程序", "函数", "编程", "脚本", "python"),
        "formula": ("公式", "数学", "方程", "积分", "latex"),
        "quote": ("引用", "链接", "名言"),
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
