"""The page needs nothing from elsewhere, and shows the model card as text."""

import re
from dataclasses import replace

from mpcl_core.serving.page import build_page, card_html
from support.live_models import live_model, pooled_model


def test_page_loads_nothing_from_elsewhere() -> None:
    html, policy = build_page(live_model(), is_live=True)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", html)
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "eeg (2 channels, 64 Hz), gsr (1 channel, 4 Hz)" in html
    assert 'id="s-live"' in html
    assert 'id="s-live"' not in build_page(live_model(), is_live=False)[0]


def test_model_that_pools_trials_is_asked_for_stretches_of_their_length() -> None:
    assert 'name="stretch"' not in build_page(live_model(), is_live=False)[0]
    model = pooled_model()
    trained_on = model.description.trained_on.model_copy(update={"trial_seconds": 16.0})
    model = replace(model, description=model.description.model_copy(update={"trained_on": trained_on}))
    assert 'name="stretch" min="0" step="any" value="16"' in build_page(model, is_live=False)[0]


def test_card_is_converted_and_escaped() -> None:
    card = "---\ntags:\n- a\n---\n\n# T\n\nText <script>\n\n## H\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```bash\nmpcl x\n```\n"
    html = str(card_html(card))
    assert "&lt;script&gt;" in html
    assert "<td>1</td><td>2</td>" in html
    assert "<h3>H</h3>" in html
    assert ">mpcl x</pre>" in html
    assert "tags" not in html


def test_code_in_a_card_is_marked_and_what_it_holds_is_escaped() -> None:
    assert str(card_html("The run `a<b>` has scores.")) == "<p>The run <code>a&lt;b&gt;</code> has scores.</p>"


def test_bold_text_of_a_card_is_strong() -> None:
    assert str(card_html("**SIMULATED: <no> person.** Use `a`")) == (
        "<p><strong>SIMULATED: &lt;no&gt; person.</strong> Use <code>a</code></p>"
    )
