"""The whole year as one constraint programme for CP-SAT, to see what a general solver makes of it."""

from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from core.rotation.solving.counts import Choices, counts_of, open_choices
from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.grid import build
from core.rotation.solving.problem import Problem
from core.rotation.solving.solver import finished, keep_pins
from core.rotation.solving.state import State


def cp_sat(problem: Problem, seconds: float = 30.0) -> tuple[PlannedVisit, ...]:
    """The best rotation CP-SAT finds from nothing in the time; none of the year where it finds none."""
    state = State(build(problem))
    keep_pins(state, np.ones(len(state.edge), bool))
    duties = np.flatnonzero((state.edge < 0) & (state.grid.pin_edge < 0))
    choices = open_choices(state, duties)
    model = cp_model.CpModel()
    chosen = _model(model, state, choices)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    if solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        at = np.flatnonzero([solver.boolean_value(one) for one in chosen])
        state.place(choices.duty[at], choices.edge[at], choices.month[at])
    return finished(state).visits


def _model(model: Any, state: State, choices: Choices) -> list[Any]:
    """A literal a choice; each rule's count equals its steps, which are paid for in rising order."""
    weights = state.grid.problem.weights
    chosen = [model.new_bool_var("") for _ in choices.duty]
    terms, prices = list(chosen), (weights.travel * state.grid.travel[choices.edge] - weights.unmet).tolist()
    for duty in np.unique(choices.duty).tolist():
        model.add_at_most_one(chosen[at] for at in np.flatnonzero(choices.duty == duty).tolist())
    for count in counts_of(state, choices):
        steps = [model.new_bool_var("") for _ in count.steps]
        model.add(sum(chosen[at] for at in count.choices.tolist()) == sum(steps))
        terms += steps
        prices += count.steps.tolist()
    model.minimize(cp_model.LinearExpr.weighted_sum(terms, prices))
    return chosen
