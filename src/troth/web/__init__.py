"""The faces that people see in a browser. Every page works without JavaScript."""
