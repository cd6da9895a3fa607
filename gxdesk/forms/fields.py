"""A TOML table read key by key, so that nothing in a form file is passed over: a wrong kind, a blank, an unknown key is a FormError with its place."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any, TypeVar

from gxdesk.errors import FormError

T = TypeVar("T")

_KINDS: Mapping[type, str] = {str: "文字", int: "整数", list: "列表", dict: "一组键和值", bool: "true 或 false", float: "小数"}


class Fields:
    """`finish` refuses what was not read. `where` is the place for messages."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise FormError(f"{where}：这里应当是一组键和值。")
        self.data, self.where = dict(data), where

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        if key not in self.data:
            if default is None:
                raise FormError(f"{self.where}：缺少 {key}。")
            return default
        value = self.data.pop(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise FormError(f"{self.where}.{key}：应当是{_KINDS[kind]}，现在是 {value!r}。")
        if isinstance(value, str) and not value.strip() and default != "":
            raise FormError(f"{self.where}.{key}：是空的。")
        return value

    def choice(self, key: str, among: Iterable[str], default: str | None = None) -> str:
        value = self.take(key, str, default)
        if value != default and value not in (known := tuple(among)):
            raise FormError(f"{self.where}.{key}：只能是 {'、'.join(known)}，现在是 {value}。")
        return value

    def positive(self, key: str, default: int | None = None) -> int:
        value = self.take(key, int, default)
        if value != default and value < 1:
            raise FormError(f"{self.where}.{key}：应当大于 0，现在是 {value}。")
        return value

    def lengths(self, key: str) -> tuple[float, ...]:
        values = self.take(key, list, [])
        if wrong := [v for v in values if not isinstance(v, int | float) or isinstance(v, bool) or not 0 < v < inf]:
            raise FormError(f"{self.where}.{key}：每一项都应当是大于 0 的数，{wrong[0]!r} 不是。")
        return tuple(map(float, values))

    def each(self, key: str, default: list[Any] | None = None) -> tuple["Fields", ...]:
        """A list of TOML tables, each with its own place. One that must be there has at least one."""
        values = self.take(key, list, default)
        if default is None and not values:
            raise FormError(f"{self.where}.{key}：是空的。")
        return tuple(Fields(value, f"{self.where}.{key}[{i}]") for i, value in enumerate(values))

    def words(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        values = self.take(key, list, None if default is None else list(default))
        if not all(isinstance(v, str) and v.strip() for v in values):
            raise FormError(f"{self.where}.{key}：每一项都应当是文字，不能空。")
        return tuple(values)

    def finish(self) -> None:
        if self.data:
            raise FormError(f"{self.where}：不认识的键 {'、'.join(self.data)}。")
