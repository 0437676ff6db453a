"""Access: who may do what, where. Declare with `registry`, decide with `scope`."""
