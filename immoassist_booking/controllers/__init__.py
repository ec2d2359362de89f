from . import brokers, confirmation, seen, slots, times
