import { shownText, shownValue } from '../faults/shown';
import { aVersion } from '../options/option-checks';
import type { Check, OptionChecks } from '../options/options';
import { aSchema } from '../schemas/standard-schema';
import { isPlainObject } from '../sealing/plain-object';
import type { EventVersions } from './event-options';

const stepsBy =
  (isStep: (value: unknown) => boolean, what: string): Check =>
  (value, path, faults) => {
    if (!isPlainObject(value))
      return void faults.push(`${path} is ${shownValue(value)}; it must be an object of steps by version.`);
    for (const [from, step] of Object.entries(value as object))
      if (!/^[1-9]\d{0,9}$/.test(from))
        faults.push(`${path} has a step from '${shownText(from)}'; a version is an integer from 1.`);
      else if (!isStep(step)) faults.push(`${path}.${from} is ${shownValue(step)}; it must be ${what}.`);
  };

/** Checks of what is said about the versions of an event. */
export const EVENT_VERSIONS: OptionChecks<EventVersions> = {
  version: aVersion,
  upcast: stepsBy(
    step => typeof step === 'function' || step === 'upcaster',
    "a function, or 'upcaster' where an upcaster takes that version",
  ),
  writes: aVersion,
  downcast: stepsBy(step => typeof step === 'function', 'a function'),
  schema: aSchema,
};

/** Finds steps that lead nowhere, and steps that are missing, in options that are correct one by one. */
export function versionFaults(options: EventVersions): string[] {
  const { version = 1, upcast, writes = version, downcast = {} } = options;
  const faults: string[] = [];
  for (const from of Object.keys(upcast ?? {}))
    if (Number(from) >= version)
      faults.push(`upcast.${from} is a step from version ${from}, and the current version is ${version}.`);
  if (writes > version) faults.push(`writes is ${writes}, and the current version is ${version}.`);
  for (let from = version; from > writes; from--)
    if (!downcast[from]) faults.push(`writes is ${writes}, and downcast has no step from version ${from}.`);
  for (const from of Object.keys(downcast))
    if (Number(from) > version || Number(from) <= writes)
      faults.push(
        `downcast.${from} is never used: version ${version} is the current one, and version ${writes} is written.`,
      );
  return faults;
}
