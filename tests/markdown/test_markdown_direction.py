"""Each block of words goes the way its first letter goes; code goes from left to right."""

import re

import pytest

from chat.markdown import render

TEXT = """# عنوان

فقرة `npm install` ثم

- عنصر
- item

> اقتباس

| اسم | name |
|---|---|
| قيمة | `x = 1` |

<details>
<summary>المزيد</summary>

نص
</details>

```python
x = "مرحبا"
```
"""


@pytest.mark.parametrize("tag", ["h1", "p", "li", "blockquote", "th", "td", "summary"])
def test_each_block_of_words_has_a_direction_of_its_own(tag):
    found = re.findall(rf"<{tag}\b([^>]*)>", render(TEXT))
    assert found
    assert all('dir="auto"' in attributes for attributes in found)


@pytest.mark.parametrize("tag", ["code", "pre"])
def test_code_goes_from_left_to_right(tag):
    found = re.findall(rf"<{tag}\b([^>]*)>", render(TEXT))
    assert found
    assert all('dir="ltr"' in attributes for attributes in found)
