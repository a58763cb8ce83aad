"""HTML as tests want to compare it."""


def undirected(html):
    """Return it without the directions of its blocks, which are tested in `test_markdown_direction.py`."""
    return html.replace(' dir="auto"', "").replace(' dir="ltr"', "")
