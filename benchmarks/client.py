"""A lean HTTP client as a process of its own: sends what it is given, and times every answer.

It reads its plan from standard input, says that it is ready, begins when it is told to, and
writes what it saw to standard output. It knows nothing of Django: it competes with the server
for the same cores, and should cost as little as it can.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send where. Without a `rate` each connection sends as soon as it has its answer.

    With one, every request has its moment and is timed from there: an answer that is late
    because the one before it was late counts as late.
    """

    host: str
    port: int
    requests: list[str]
    connections: int
    rate: float = 0.0


@dataclass(slots=True)
class Seen:
    """What came back: how long each answer took, which statuses, and what it cost the client."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    cpu: float = 0.0


def request(method: str, path: str, body: str = "", **headers: str) -> str:
    """Write a request as it goes over the wire; a header's name may hold _ for -."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", body])


class Connection:
    """One connection that is kept alive, and opened anew when the server has closed it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection(self._plan.host, self._plan.port)

    async def ask(self, raw: bytes) -> str:
        """Send a request, read the answer to its end, and return the status."""
        self._writer.write(raw)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await self._reader.readexactly(int(length))
        if b"connection: close" in head:
            self._writer.close()
            await self.open()
        return head[9:12].decode()


async def serve(plan: Plan) -> Seen:
    """Connect, wait for the start, and send everything."""
    connections = [Connection(plan) for _ in range(plan.connections)]
    for connection in connections:
        await connection.open()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    seen, statuses = Seen(), Counter[str]()
    began, cpu = time.monotonic(), time.process_time()
    moments = iter(
        [
            (began + number / plan.rate if plan.rate else 0.0, raw.encode())
            for number, raw in enumerate(plan.requests)
        ]
    )

    async def keep_asking(connection: Connection) -> None:
        for moment, raw in moments:
            if moment:
                await asyncio.sleep(moment - time.monotonic())
            due = moment or time.monotonic()
            statuses[await connection.ask(raw)] += 1
            seen.waits.append(time.monotonic() - due)

    await asyncio.gather(*(keep_asking(connection) for connection in connections))
    seen.seconds, seen.cpu = time.monotonic() - began, time.process_time() - cpu
    seen.statuses = dict(statuses)
    return seen


def main() -> None:
    """Do as the plan says, and write what was seen as one line."""
    plan = Plan(**json.loads(sys.stdin.readline()))
    sys.stdout.write(json.dumps(asdict(asyncio.run(serve(plan)))) + "\n")


if __name__ == "__main__":
    main()
