"""Which tables of a compiled statement are tied by a key to a value, or to a table that is tied."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CompoundSelect, Select, Table, TextClause
from sqlalchemy.sql import operators
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    Grouping,
)
from sqlalchemy.sql.expression import ColumnClause
from sqlalchemy.sql.selectable import (
    FromClause,
    FromGrouping,
    Join,
    ScalarSelect,
    SelectBase,
)

Keys = Mapping[str, frozenset[str]]
_EQUALS, _AMONG = operators.eq, operators.in_op


def loose_tables(compiled: Any, keys: Keys) -> frozenset[str]:
    """Return the names of tables in `keys` of which this statement may touch every row."""
    statement = getattr(compiled.compile_state, "statement", None)
    return frozenset(_loose(statement if statement is not None else compiled.statement, keys, ()))


@dataclass
class _Scope:
    """One SELECT, UPDATE or DELETE: what it touches and on which conditions."""

    tables: list[FromClause] = field(default_factory=list)
    derived: list[Any] = field(default_factory=list)
    conditions: list[Any] = field(default_factory=list)
    others: list[Any] = field(default_factory=list)
    """Further parts that may hold a SELECT of their own."""

    def touch(self, clause: Any) -> None:
        """Take a FROM apart."""
        if isinstance(clause, FromGrouping):
            self.touch(clause.element)
        elif isinstance(clause, Join):
            self.touch(clause.left)
            self.touch(clause.right)
            self.conditions += _parts(clause.onclause)
        elif _base(clause) is not None:
            self.tables.append(clause)
        else:
            self.derived.append(clause)


def _loose(statement: Any, keys: Keys, outer: Iterable[FromClause]) -> Iterator[str]:
    if isinstance(statement, TextClause):
        words = set(re.findall(r"\w+", statement.text.lower()))
        yield from sorted(words & set(keys))
        return
    if isinstance(statement, CompoundSelect):
        for one in statement.selects:
            yield from _loose(one, keys, outer)
        return
    if not isinstance(statement, Select | Update | Delete | Insert):
        return
    scope = _scope(statement)
    tied = _tied(scope, keys, set(outer))
    yield from (
        name for one in scope.tables if one not in tied and (name := _base(one)) in keys if name
    )
    for clause in scope.derived:
        for inner in _selects([clause]):
            yield from _loose(inner, keys, ())
    for inner in _selects([*scope.conditions, *scope.others]):
        yield from _loose(inner, keys, {*outer, *scope.tables})


def _scope(statement: Any) -> _Scope:
    scope = _Scope()
    if isinstance(statement, Select):
        for clause in statement.get_final_froms():
            scope.touch(clause)
        scope.others += statement._raw_columns
    elif isinstance(statement, Update | Delete):
        scope.touch(statement.table)
    elif isinstance(statement, Insert):
        scope.others += [statement.select] if statement.select is not None else []
        return scope
    for clause in statement._where_criteria:
        scope.conditions += _parts(clause)
    return scope


def _tied(scope: _Scope, keys: Keys, outer: set[FromClause]) -> set[FromClause]:
    tied = outer | set(scope.derived)
    for condition in scope.conditions:
        tied |= _tied_by_value(condition, keys)
    while True:
        more = {
            mine.table
            for condition in scope.conditions
            for mine, other in _equal_columns(condition)
            if other.table in tied and mine.table not in tied and _identifies(mine, keys)
        }
        if not more:
            return tied
        tied |= more


def _tied_by_value(condition: Any, keys: Keys) -> set[FromClause]:
    """Return what this condition ties; of alternatives, what all of them tie."""
    if isinstance(condition, Grouping):
        return _tied_by_value(condition.element, keys)
    if isinstance(condition, BooleanClauseList) and condition.operator is operators.or_:
        return set.intersection(*(_tied_by_value(one, keys) for one in condition.clauses))
    if isinstance(condition, BooleanClauseList):
        return set().union(*(_tied_by_value(one, keys) for one in condition.clauses))
    if not isinstance(condition, BinaryExpression) or condition.operator not in (_EQUALS, _AMONG):
        return set()
    for column, value in ((condition.left, condition.right), (condition.right, condition.left)):
        if isinstance(value, BindParameter | SelectBase | ScalarSelect) and _is_key(column, keys):
            return {column.table}
    return set()


def _equal_columns(condition: Any) -> Iterator[tuple[Any, Any]]:
    is_equal = isinstance(condition, BinaryExpression) and condition.operator is _EQUALS
    sides = (condition.left, condition.right) if is_equal else ()
    if sides and all(isinstance(side, ColumnClause) for side in sides):
        yield sides
        yield sides[::-1]


def _is_key(column: Any, keys: Keys) -> bool:
    return isinstance(column, ColumnClause) and column.name in keys.get(_base(column.table), ())


def _identifies(column: Any, keys: Keys) -> bool:
    return bool(getattr(column, "primary_key", False)) or _is_key(column, keys)


def _base(clause: Any) -> Any:
    """Return the name of the table, also under an alias; None for a derived table."""
    inner = getattr(clause, "element", clause)
    return inner.name if isinstance(inner, Table) else None


def _parts(condition: Any) -> list[Any]:
    if isinstance(condition, Grouping):
        return _parts(condition.element)
    if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        return [part for one in condition.clauses for part in _parts(one)]
    return [condition]


def _selects(elements: Iterable[Any]) -> Iterator[Any]:
    """Find each SELECT in these elements, not those within it."""
    waiting, seen = list(elements), set()
    while waiting:
        element = waiting.pop()
        if isinstance(element, Select | CompoundSelect):
            yield element
        elif not isinstance(element, Table) and id(element) not in seen:
            seen.add(id(element))
            waiting += element.get_children()
