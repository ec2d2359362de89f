from . import brokers, confirmation, seen, slots, times
from . import brokers, confirmation, hold, slots, times
