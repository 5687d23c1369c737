"""Migration operations that put the walls around tables with ``tenant_id``.

``TenantTable`` is written once per model, in a migration after the one that creates it (the
unique keys must stand first). ``TenantForeignKeyAdded`` follows a reference that is added later,
``LetTasksWrite`` opens a table to the server's tasks.
``Sql`` runs a file beside the migrations. A catalogue test finds a table where one was forgotten.
"""

from collections.abc import Iterator
from pathlib import Path

from django.db.migrations.operations.base import Operation

READ = "tenant_id = ANY ((SELECT sec.read_scope())::bigint[])"
LOG_TRIGGERS = (
    ("insert", "NEW TABLE AS new_rows"),
    ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    ("delete", "OLD TABLE AS old_rows"),
)


def log_triggers(table: str, personal: tuple[str, ...] = ()) -> Iterator[str]:
    """One statement trigger per event that writes the change log's lines; personal columns stay out."""
    masked = ", ".join(f"'{column}'" for column in personal)
    for event, tables in LOG_TRIGGERS:
        yield (
            f"CREATE TRIGGER log_{event} AFTER {event.upper()} ON {table} REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION sec.log_{event}({masked})"
        )


def composite_key(table: str, field) -> str:
    """The foreign key (tenant_id, x_id) -> (tenant_id, id), which cannot leave the tenant."""
    target = field.related_model._meta.db_table
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{field.column}_in_tenant "
        f"FOREIGN KEY (tenant_id, {field.column}) REFERENCES {target} (tenant_id, id) "
        "DEFERRABLE INITIALLY DEFERRED"
    )


def in_tenant(model) -> Iterator:
    """The model's references to rows of tenant tables."""
    for field in model._meta.local_fields:
        if field.is_relation and field.name != "tenant" and _has_tenant(field.related_model):
            yield field


def _has_tenant(model) -> bool:
    return any(field.name == "tenant" for field in model._meta.local_fields)


class WallOperation(Operation):
    """An operation that changes the database and leaves Django's state alone."""

    reduces_to_sql = True
    reversible = False

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for statement in self.statements(app_label, to_state.apps):
            schema_editor.execute(statement)

    def statements(self, app_label: str, apps) -> Iterator[str]:
        raise TypeError(f"{type(self).__name__} must say its statements")


class TenantTable(WallOperation):
    """Row-level security, grants, log triggers and composite keys of one tenant table.

    ``grants``: what the application's role may do ("SELECT, INSERT" makes it append-only).
    ``superior``: a superior officer, otherwise reading only, may write here.
    ``logged``: writes leave lines in the change log (False for the log itself).
    ``personal``: columns that enter the log as "changed" only.
    """

    def __init__(
        self, name, grants="SELECT, INSERT, UPDATE, DELETE", *, superior=False, logged=True, personal=()
    ):
        self.name, self.grants, self.superior = name, grants, superior
        self.logged, self.personal = logged, tuple(personal)

    def deconstruct(self):
        options = {
            "grants": self.grants,
            "superior": self.superior,
            "logged": self.logged,
            "personal": self.personal,
        }
        return (type(self).__name__, [self.name], options)

    def statements(self, app_label, apps):
        model = apps.get_model(app_label, self.name)
        table = model._meta.db_table
        write = f"tenant_id = (SELECT sec.write_tenant({str(self.superior).lower()}))"
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY read ON {table} FOR SELECT TO app USING ({READ})"
        yield f"CREATE POLICY add ON {table} FOR INSERT TO app WITH CHECK ({write})"
        yield f"CREATE POLICY change ON {table} FOR UPDATE TO app USING ({write}) WITH CHECK ({write})"
        yield f"CREATE POLICY remove ON {table} FOR DELETE TO app USING ({write})"
        yield f"GRANT {self.grants} ON {table} TO app"
        if self.logged:
            yield from log_triggers(table, self.personal)
        for field in in_tenant(model):
            yield composite_key(table, field)

    def describe(self):
        return f"Put the tenant walls around {self.name}"


class LetTasksWrite(WallOperation):
    """Lets the server's own tasks (scope kind ``task``) use these commands on a table with walls.

    ``commands``: some of INSERT, UPDATE, DELETE; the table's grants and triggers hold for tasks too.
    """

    POLICIES = {
        "INSERT": "add ON {} WITH CHECK ({})",
        "UPDATE": "change ON {} USING ({}) WITH CHECK ({})",
        "DELETE": "remove ON {} USING ({})",
    }

    def __init__(self, name, *commands, superior=False):
        self.name, self.commands, self.superior = name, commands, superior

    def deconstruct(self):
        return (type(self).__name__, [self.name, *self.commands], {"superior": self.superior})

    def statements(self, app_label, apps):
        table = apps.get_model(app_label, self.name)._meta.db_table
        write = f"tenant_id = (SELECT sec.write_tenant({str(self.superior).lower()}, true))"
        for command in self.commands:
            yield "ALTER POLICY " + self.POLICIES[command].format(table, write, write)

    def describe(self):
        return f"Let tasks write {self.name}"


class TenantForeignKeyAdded(WallOperation):
    """The composite key of a reference that was added to a table with walls."""

    def __init__(self, model_name, name):
        self.model_name, self.name = model_name, name

    def deconstruct(self):
        return (type(self).__name__, [self.model_name, self.name], {})

    def statements(self, app_label, apps):
        model = apps.get_model(app_label, self.model_name)
        yield composite_key(model._meta.db_table, model._meta.get_field(self.name))

    def describe(self):
        return f"Keep {self.model_name}.{self.name} inside the tenant"


class Sql(WallOperation):
    """Run a file of SQL whole, as it stands."""

    def __init__(self, path):
        self.path = path

    def deconstruct(self):
        return (type(self).__name__, [self.path], {})

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        root = Path(__file__).resolve().parent.parent
        # Without parameters psycopg sends the text whole, so '%' in a function body is just that.
        with schema_editor.connection.cursor() as cursor:
            cursor.execute((root / self.path).read_text(encoding="utf-8"))

    def describe(self):
        return f"Run {self.path}"
