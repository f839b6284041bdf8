"""A recipe is flattened to names and values."""

from mpcl_plugins.trackers._recipe import flat_recipe


def test_nested_values_get_dotted_names() -> None:
    recipe = {"streams": {"a:b": [1, 2]}, "prepare": [{"use": "window"}, {"use": "zscore"}], "flag": True, "none": {}}
    assert flat_recipe(recipe) == {
        "streams.a_b": "1, 2",
        "prepare.0.use": "window",
        "prepare.1.use": "zscore",
        "flag": "true",
        "none": "{}",
    }
