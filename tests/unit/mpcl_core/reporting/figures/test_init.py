"""Identifiers in figures do not depend on the last digits of positions."""

from mpcl_core.reporting.figures import number_ids

FIGURE = '<clipPath id="p{0}"/><g clip-path="url(#p{0})"/><use xlink:href="#m{1}"/><text>p{0}</text><path id="m{1}"/>'


def test_identifiers_are_numbered_in_their_order_and_text_is_kept() -> None:
    first, second = "0123456789", "abcdef0123"
    numbered = number_ids(FIGURE.format(first, second))
    assert numbered == (
        f'<clipPath id="p0"/><g clip-path="url(#p0)"/><use xlink:href="#m1"/><text>p{first}</text><path id="m1"/>'
    )
    assert number_ids(FIGURE.format(second, first)) == numbered.replace(first, second)
