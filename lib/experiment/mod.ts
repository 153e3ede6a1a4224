/**
 * Deciding between two deployments while the data comes in: power before the start, sticky
 * assignment, guards, tests that stay valid under peeking, and the rule advance, hold or roll back.
 * Pure.
 *
 * @module
 */

export {};
