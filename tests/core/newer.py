"""A store that holds what a newer itsmkit wrote."""

from typing import Any

from itsmkit import NewerShape, Page, Query, Scope, Store


class Newer:
    """A store in which a newer itsmkit wrote one record."""

    def __init__(self, store: Store, id_: str) -> None:
        self._store, self._id = store, id_

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def get(self, type_: str, key: str, scope: Scope) -> Any:
        if key == self._id:
            raise NewerShape("use the newer itsmkit")
        return self._store.get(type_, key, scope)

    def find(self, query: Query, scope: Scope, after: str | None = None, limit: int = 100) -> Page:
        page = self._store.find(query, scope, after, limit)
        if any(one.id == self._id for one in page.items):
            raise NewerShape("use the newer itsmkit")
        return page
