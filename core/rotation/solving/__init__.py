"""The rotation as mathematics: frozen values in and out, no rows, no clock, no tenant. Design: rotation.

A ``Problem`` goes in; ``solver.plan`` draws it up, ``replan`` changes it, ``score``, ``bounds``, ``explain``
and ``why`` say how good it is and why, ``validate`` judges it on a path of its own, ``reading`` and
``writing`` are its files. Everything below (grid, state, flows, …) serves the solver alone.
"""
