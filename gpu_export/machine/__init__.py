"""What this machine can do, proved by trying it in processes of its own.

Knows encoders and compositors, no projects. Invariant: whatever a driver does, nothing here ends
the process that asks; every "no" comes with its reason in plain words.
"""
