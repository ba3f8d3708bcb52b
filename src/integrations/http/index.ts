// What all integrations for HTTP have in common.

export { isUnclear, PROBLEM_TYPE, PROBLEMS, type ProblemDetails, problemOf, rejectionOf } from './problem-details';
