"""What all objects of the file share: camelCase keys, frozen values, no unknown keys."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

T = TypeVar("T")

Listed = Annotated[Sequence[T], AfterValidator(tuple)]
"""An array of the file: code may pass a list, the value holds a tuple."""


def file_key(attribute: str) -> str:
    """The key of an attribute in the file: `fade_in` -> `fadeIn`, `in_` -> `in`."""
    return to_camel(attribute.rstrip("_"))


class FileModel(BaseModel):
    """One object of the project file.

    Attributes are snake_case in Python and camelCase in the file. Keyword arguments take what
    the file takes (`start=2.5`, `color="#f80"`) as well as finished values (`TimeSpec`, tuples).
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=file_key,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
    )
