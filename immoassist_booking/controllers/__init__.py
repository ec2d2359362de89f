from . import brokers, confirmation, hold, seen, slots, times
