from . import brokers, confirmation, hold, slots, times
