"""How a run is seen from outside: its log, its metrics, its trace, its heartbeat."""
