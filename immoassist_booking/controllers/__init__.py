from . import brokers, confirmation, slots, times
