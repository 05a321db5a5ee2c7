"""Runs the migrations on the connection that `upgrade` brings, in the transaction it began."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
