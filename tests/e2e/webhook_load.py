"""Posts notifications to a webhook at a steady rate, as a provider does; standard library alone."""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass
class Load:
    """What was measured: seconds of each answer, counted from when the call was due; statuses."""

    seconds: list[float]
    statuses: set[int]

    def percentile(self, share: float) -> float:
        """The time in seconds within which that share (0 to 1) was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def post_steadily(host, port, calls, per_second, threads=32):
    """Post at a rate that does not wait for answers.

    :param calls: (path, body, headers) of each
    :return: Load
    """
    local, begin = threading.local(), time.monotonic() + 0.2

    def one(number):
        due = begin + number / per_second
        # The pace of the load, not a wait for something to happen.
        time.sleep(max(0.0, due - time.monotonic()))
        status = post(local, host, port, *calls[number])
        return time.monotonic() - due, status

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(one, range(len(calls))))
    return Load([seconds for seconds, _status in answers], {status for _s, status in answers})


def post(local, host, port, path, body, headers):
    """Post over a connection of this thread; return the status.

    :param local: a `threading.local`, which keeps the connection
    """
    if not hasattr(local, "connection"):
        local.connection = http.client.HTTPConnection(host, port, timeout=60)
    local.connection.request("POST", path, body, headers)
    with local.connection.getresponse() as answer:
        answer.read()
        return answer.status
