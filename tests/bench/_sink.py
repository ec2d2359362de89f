"""A real SMTP server in a process of its own: writes each recipient of each mail into a file.

python _sink.py FILE; it prints its port when it listens.
"""

import asyncio
import sys
import warnings

with warnings.catch_warnings():
    # aiosmtpd uses parts of asyncio that later Pythons deprecate.
    warnings.simplefilter("ignore")
    from aiosmtpd.smtp import SMTP


class Keeper:
    """Takes every mail, and notes for whom."""

    def __init__(self, output):
        self.output = output

    async def handle_DATA(self, server, session, envelope):  # the name is aiosmtpd's
        self.output.write("".join(f"{recipient}\n" for recipient in envelope.rcpt_tos))
        self.output.flush()
        return "250 OK"


async def serve(path):
    with open(path, "w") as output:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Keeper(output)), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
