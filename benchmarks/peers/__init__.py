"""The same jobs as projects of ours and in other programs' words: `python -m benchmarks peers`.

`jobs` says what is to be seen, `tools` who can show it; every other program has a module that knows
its language. Invariant: same inputs, same picture, same encoder settings, measured in turn.
"""
