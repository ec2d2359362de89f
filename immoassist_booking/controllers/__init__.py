from . import brokers, confirmation, parts, slots, times, zones
