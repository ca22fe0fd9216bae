"""What a notebook shows of a record, a list of records, or a stream of them: one method, made in `detente.notebook`."""

from __future__ import annotations


class Displayed:
    """Gives ``_repr_html_``, which Jupyter, Colab, VS Code and marimo look for."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from detente.notebook import html

        return html(self)
