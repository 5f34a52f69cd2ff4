"""The models: equations from their own docstrings, references, what they hold and leave out, and their limits."""

import streamlit as st

from calc.models.facts import blocks
from calc.models.known import MODELS
from calc.page import models
from calc.page.held.session import Key
from calc.page.text import plain

CHOSEN_MODEL: Key[str] = Key("method_model")
ON_SCREEN = ""  # the model on screen, instead of a chosen one


def models_section(on_screen: str) -> None:
    """One model as a document.

    Parameters
    ----------
    on_screen : the model of the scenario, shown unless another is chosen
    """

    def title(name: str) -> str:
        return models.label(name) if name else f"On screen: {models.label(on_screen)}"

    chosen: str = st.selectbox("Model", [ON_SCREEN, *MODELS], format_func=title, key=CHOSEN_MODEL.name)
    name = chosen or on_screen
    model = MODELS[name]
    st.subheader(model.label, anchor=False)
    st.markdown(f"**Includes.** {plain(model.includes)}\n\n**Leaves out.** {plain(model.leaves_out)}")
    st.markdown("**Limits**\n\n" + "\n".join(f"- {plain(limit)}" for limit in model.limits))
    st.markdown("**References**\n\n" + "\n".join(f"- {plain(paper)}" for paper in model.references))
    st.markdown("**Equations**, taken from the code that runs:")
    for heading, document in model.documents.items():
        st.markdown(f"*{heading}*")
        for block in blocks(document):
            if block.equations:
                st.code(block.text, language=None, wrap_lines=True)
            else:
                st.markdown(plain(block.text.replace("`", "")))
