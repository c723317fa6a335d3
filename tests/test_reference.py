"""The pages that are made from the code say what the code says."""

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_reference_pages_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages = module.pages()
    assert set(pages) == {"measures.md", "scenario.md", "scenario.schema.json"}
    for name, text in pages.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, "run docs/make_reference.py"
