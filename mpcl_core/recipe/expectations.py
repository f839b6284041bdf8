"""Name in plain words what is expected of a value, for every error that pydantic reports."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic_core.core_schema import ErrorType

MISSING = {
    "missing",
    "missing_argument",
    "missing_keyword_only_argument",
    "missing_positional_only_argument",
}
"""Errors about a key or an entry that is not there."""

UNKNOWN_KEY = {"extra_forbidden", "unexpected_keyword_argument"}
"""Errors about a key that a mapping may not have."""

SIZES = {"too_short", "too_long"}
"""Errors about the number of entries."""

SENTENCES = {"value_error", "assertion_error"}
"""Errors whose text is that of the code that refused the value."""

_LIST = "a list"
_MAPPING = "a mapping"
_NUMBER = "a number"
_WHOLE = "a whole number"
_DATE = "a date like 2026-01-31"
_TIME = "a time like 14:30:00"
_DATE_AND_TIME = "a date and time like 2026-01-31T14:30:00"
_DURATION = "a duration like PT1H30M"
_ADDRESS = "an address like https://example.org"
_WRITABLE = "a value that a recipe can write"

TYPES = {
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": "a whole number of fewer digits",
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "string_sub_type": "text",
    "string_unicode": "text",
    "path_type": "a path",
    "bytes_type": "text",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "deque_type": _LIST,
    "iterable_type": _LIST,
    "arguments_type": "a list or a mapping",
    "named_tuple_type": "a list or a mapping",
    "dict_type": _MAPPING,
    "frozen_dict_type": _MAPPING,
    "ordered_dict_type": _MAPPING,
    "counter_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dataclass_type": _MAPPING,
    "dataclass_exact_type": _MAPPING,
    "none_required": "null",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": "a date without a time",
    "time_type": _TIME,
    "time_parsing": _TIME,
    "datetime_type": _DATE_AND_TIME,
    "datetime_parsing": _DATE_AND_TIME,
    "datetime_object_invalid": _DATE_AND_TIME,
    "datetime_from_date_parsing": _DATE_AND_TIME,
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    "url_type": _ADDRESS,
    "url_parsing": _ADDRESS,
    "url_syntax_violation": _ADDRESS,
    "uuid_type": "a UUID",
    "uuid_parsing": "a UUID",
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "fraction_type": "a fraction like 1/3",
    "fraction_parsing": "a fraction like 1/3",
    "complex_type": "a complex number like 1+2j",
    "complex_str_parsing": "a complex number like 1+2j",
    "json_type": "text in JSON",
    "json_invalid": "text in JSON",
    "is_instance_of": _WRITABLE,
    "is_subclass_of": _WRITABLE,
    "callable_type": _WRITABLE,
    "needs_python_object": _WRITABLE,
    "no_such_attribute": _WRITABLE,
    "get_attribute_error": _WRITABLE,
    "missing_sentinel_error": _WRITABLE,
    "ellipsis_error": _WRITABLE,
    "union_tag_not_found": "a mapping with the key {discriminator}",
}
"""Error that rejects the type of a value -> what is expected."""

BOUNDS = {
    "greater_than": "above {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "below {lt}",
    "less_than_equal": "at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "string_pattern_mismatch": "text that matches {pattern}",
    "string_too_short": "text of {min_length} or more characters",
    "string_too_long": "text of {max_length} or fewer characters",
    "string_not_ascii": "text of ASCII characters",
    "bytes_too_short": "text of {min_length} or more bytes",
    "bytes_too_long": "text of {max_length} or fewer bytes",
    "bytes_invalid_encoding": "text in {encoding}",
    "set_item_not_hashable": "a text, a number or a list",
    "invalid_key": "a text",
    "iteration_error": "a list whose entries can be read",
    "recursion_loop": "a value that does not contain itself",
    "recursion_depth_exceeded": "a value that is nested less deep",
    "date_past": "a date in the past",
    "date_future": "a date in the future",
    "datetime_past": "a time in the past",
    "datetime_future": "a time in the future",
    "timezone_naive": "a time without a time zone",
    "timezone_aware": "a time with a time zone",
    "timezone_offset": "a time that is {tz_expected} seconds ahead of UTC",
    "url_too_long": "an address of {max_length} or fewer characters",
    "url_scheme": "an address that begins with {expected_schemes}",
    "uuid_version": "a UUID of version {expected_version}",
    "decimal_max_digits": "a number of {max_digits} or fewer digits",
    "decimal_max_places": "a number of {decimal_places} or fewer decimal places",
    "decimal_whole_digits": "a number of {whole_digits} or fewer digits before the point",
    "union_tag_invalid": "a mapping whose {discriminator} is {expected_tags}",
    "unexpected_positional_argument": "left out, because the list is too long",
    "multiple_argument_values": "stated once",
    "frozen_field": "left as it is",
    "frozen_instance": "left as it is",
    "default_factory_not_called": "stated, or the values beside it corrected",
}
"""Error that rejects a value of the right type -> what it must be."""

_NAME = "a name of letters, digits, {marks} that starts with a letter or digit (100 at most)"


def expectation(detail: Mapping[str, Any]) -> str:
    """Return what is expected of a value.

    Args:
        detail: an error about the value, as pydantic reports it.

    Returns:
        A phrase that follows "expected" or, for the errors of `BOUNDS`, "must be".
    """
    context, kind = detail.get("ctx", {}), detail["type"]
    if context.get("class_name") in ("ComponentBlock", "ObjectiveBlock"):
        return "a block like {use: name}"
    if "]{0,99}$" in str(pattern := context.get("pattern")):
        return _NAME.format(marks="'.', '-' and '_'" if "9._-" in str(pattern) else "'-' and '_'")
    template = TYPES.get(kind) or BOUNDS.get(kind)
    values = {name: f"{value:.12g}" if isinstance(value, int | float) else value for name, value in context.items()}
    return template.format(**values) if template else "another value"


def is_of_plugin(detail: Mapping[str, Any]) -> bool:
    """Return whether the code of a plugin defined an error, so that its text is the plugin's.

    Args:
        detail: the error, as pydantic reports it.

    Returns:
        Whether pydantic itself knows no such error.
    """
    return detail["type"] not in get_args(ErrorType) and detail["type"] not in TYPES
