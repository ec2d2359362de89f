from . import brokers, confirmation, links, slots, times
