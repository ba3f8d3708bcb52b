import { aFunction, listOf, mapOf } from '../../messages';

const functions = listOf('functions', aFunction);

/** Listeners by the event's name: functions, or lists of them. */
export const listenersByName = mapOf(
  'functions',
  (value, path, faults) => (Array.isArray(value) ? functions : aFunction)(value, path, faults),
  (_, name) => `the listener of ${name}`,
);
