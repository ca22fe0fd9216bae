"""`detente mcp`: a store for programs that speak the Model Context Protocol; every answer carries its evidence and its limits."""
