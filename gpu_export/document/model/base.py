"""What all objects of the file share: camelCase keys, frozen values, no unknown keys."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from gpu_export.document.model.meanings import meanings

T = TypeVar("T")

Listed = Annotated[Sequence[T], AfterValidator(tuple)]
"""An array of the file: code may pass a list, the value holds a tuple."""


def file_key(attribute: str) -> str:
    """The key of an attribute in the file: `fade_in` -> `fadeIn`, `in_` -> `in`."""
    return to_camel(attribute.rstrip("_"))


def _publish(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Says what keys mean; puts defaults as files write them, without those that say nothing."""
    written = model.model_construct().model_dump(by_alias=True, warnings=False)
    for name, field in model.model_fields.items():
        member = schema.get("properties", {}).get(field.alias, {})
        if meaning := meanings(model).get(name):
            member["description"] = meaning
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            member["default"] = default.model_dump(by_alias=True, exclude_defaults=True)
        elif default is None or default == ():
            member.pop("default", None)
        elif "default" in member:
            member["default"] = written[file_key(name)]


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
        json_schema_extra=_publish,
    )
