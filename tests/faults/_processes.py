"""Who is a child of a server, and what it is doing: read from /proc."""

import os
import time


def children(parent):
    """The ids of the processes that a server has started."""
    return [
        int(name) for name in os.listdir("/proc") if name.isdigit() and _parent_of(name) == parent
    ]


def waiting_for(port, parent):
    """Of the children of a server those with a connection to a port of this machine."""
    sockets = _connected_to(port)
    return [pid for pid in children(parent) if sockets & _open_files(pid)]


def until(condition, what, seconds=120):
    """What the condition says as soon as it says something."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)  # a pause between two looks at other processes
    return found


def _parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return None  # it has ended meanwhile


def _connected_to(port):
    """What is at our end of the connections to a port of this machine, as files are named."""
    with open("/proc/net/tcp") as file:
        lines = [line.split() for line in file.readlines()[1:]]
    return {
        f"socket:[{line[9]}]"
        for line in lines
        if line[2].endswith(f":{port:04X}") and line[3] == "01"
    }


def _open_files(pid):
    found = set()
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            found.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    except OSError:
        return found  # closed, or ended, meanwhile
    return found
