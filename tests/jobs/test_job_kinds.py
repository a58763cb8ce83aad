"""Where the functions are that do jobs, and what they hold in memory before there is one."""

import ast

from chat.jobs import registry
from tests.project.test_layers import name_of, python_files, tree_of


def registered():
    """File and kind, as it is written, of each use of the decorator."""
    for path in python_files("chat"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "job":
                        yield path, ast.unparse(decorator.args[0])


def test_each_is_in_a_file_that_is_imported_for_jobs():
    found = list(registered())
    assert found
    assert [name_of(path) for path, _ in found if path.name != "background.py"] == []
    assert len(registry.kinds()) >= len(found)
