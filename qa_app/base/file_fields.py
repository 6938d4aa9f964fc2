"""The boxes of a form that take files and photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms.fields import Field


class FilesField(Field):
    """One or more files; ``data`` is a list of ``FileStorage``, empty when none was sent."""

    component = "files"

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        accept: str = "",
        is_multiple: bool = True,
        limit: int = 0,
        **kw: Any,
    ) -> None:
        super().__init__(label, list(validators), **kw)
        self.accept, self.is_multiple, self.limit = accept, is_multiple, limit

    def process_data(self, value: object) -> None:
        """A record's files are never put back into the box."""
        self.data = []

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the files; a text sent under this name counts as nothing."""
        files = [item for item in valuelist if isinstance(item, FileStorage) and item.filename]
        self.data = files if self.is_multiple else files[:1]


class PhotosField(FilesField):
    """Photos from the camera or the gallery. What is no photo is refused later, one by one."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kw: Any) -> None:
        kw.setdefault("accept", "image/*")
        super().__init__(label, validators, **kw)
