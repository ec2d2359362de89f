from . import brokers, confirmation, hold, links, seen, slots, times
