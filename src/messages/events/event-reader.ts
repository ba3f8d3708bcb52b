import type { RecordedEvent } from '../envelopes/recorded-event';
import { shownText, shownValue } from '../faults/shown';
import type { ClassReference } from '../names/class-metadata';
import { InvalidOptionsError, must, type OptionChecks, optionFaults } from '../options/options';
import type { CurrentEvent } from './current-event';
import type { EventShape } from './event-shape';
import type { EventType } from './event-type';
import { freezeMade, frozenMade } from './made-data';
import { called, stepped } from './upcast-calls';
import { InvalidEventsError, MissingUpcasterError, NewerEventError, notData, UpcastFailedError } from './upcast-errors';
import { type EventReference, eventReferences, shapeOf, type Upcaster, UpcastPiece } from './upcaster';
import { resolvedUpcasters } from './upcaster-classes';

/** What an event reader knows: the events of an application, and the upcasters of older ones. */
export interface EventReaderParts {
  /** Classes of events, and what `defineEvent` returned. */
  readonly events?: Iterable<EventReference>;
  /** From `upcaster`, and classes with methods with `@Upcaster`. */
  readonly upcasters?: Iterable<Upcaster | ClassReference>;
}

/** An event on its way to the current version. */
interface Travelling {
  readonly shape: EventShape;
  readonly data: object;
}

/**
 * Reads stored events: it brings them into the current version and under the current name, as handlers know them. All
 * that hands a stored event to a handler goes through it; an event of the current version costs one look-up.
 */
export class EventReader {
  readonly #shapes = new Map<string, EventShape>();
  /** By name, then by version. */
  readonly #upcasters = new Map<string, Map<number, Upcaster>>();

  /** @throws InvalidEventsError with all faults */
  constructor(parts: EventReaderParts = {}) {
    const faults = optionFaults(parts, PARTS);
    if (faults.length > 0) throw new InvalidEventsError(faults);
    const upcasters = resolvedUpcasters(parts.upcasters ?? [], faults);
    const events = [...(parts.events ?? [])];
    eventReferences(events, 'events', faults);
    for (const event of [...events, ...upcasters.flatMap(({ to }) => to)]) {
      const shape = shapeOf(event);
      if (shape) this.#add(shape, faults);
    }
    faults.push(...this.#addUpcasters(upcasters));
    faults.push(...this.#missingSteps(), ...this.#circles());
    if (faults.length > 0) throw new InvalidEventsError(faults);
  }

  /**
   * Returns a function that makes instances of one event class: of events of its version at once, of earlier ones by
   * its own steps. It is not checked: where a step is missing, it fails when it reads.
   */
  static reviving<E extends object>(type: EventType<E>): (event: RecordedEvent) => E {
    const reader = new EventReader();
    reader.#add(type, []);
    // Without upcasters an event has one part.
    return event =>
      type.revive((event.schemaVersion === type.schemaVersion ? event : reader.read(event)) as CurrentEvent);
  }

  /** Tells whether an event of this name is known: as a current one, or as one that an upcaster takes. */
  knows(name: string): boolean {
    return this.#shapes.has(name) || this.#upcasters.has(name);
  }

  /**
   * Returns a stored event in its current version: the same object if it is stored so; several, in order, if it is
   * split; an empty list if it is dropped. An event of an unknown name is returned as it is.
   * @throws NewerEventError, MissingUpcasterError, UpcastFailedError, InvalidOptionsError
   */
  read(event: RecordedEvent): CurrentEvent | readonly CurrentEvent[] {
    const shape = this.#shapes.get(event?.name);
    if (shape === undefined) return this.#unknown(event);
    return shape.schemaVersion === event.schemaVersion ? (event as CurrentEvent) : this.#upcast(event, shape);
  }

  /** Returns stored events in their current versions, as `read` does: the same list, if all are stored so. */
  readAll(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    for (let index = 0; index < events.length; index++)
      if (this.read(events[index]!) !== events[index]) return events.flatMap(event => this.read(event));
    return events;
  }

  /**
   * Returns events that were just stored, as `readAll` does. Those that cannot be read are returned as they are stored:
   * the append is done, and must not look as if it had failed. Their handlers fail with the reason.
   */
  readRecorded(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    try {
      return this.readAll(events);
    } catch {
      return events;
    }
  }

  /**
   * Returns the data of a stored event in the current version of its shape, where nothing but its own steps leads
   * there; undefined otherwise. It is what `read` makes, without the envelope and not frozen: only what is in it is.
   * @throws NewerEventError, MissingUpcasterError, UpcastFailedError
   */
  stepped(event: RecordedEvent, { name, schemaVersion, steps }: EventShape): object | undefined {
    if (event.schemaVersion > schemaVersion || (this.#upcasters.size > 0 && this.#upcasters.has(name)))
      return undefined;
    let data: object = event.payload;
    for (let version = event.schemaVersion; version < schemaVersion; version++) {
      const step = steps.get(version);
      if (!step) return undefined;
      data = stepped(name, version, step, data, event);
    }
    freezeMade(data, name, event.schemaVersion);
    return data;
  }

  /** Returns the names under which events are stored that may become one of the given names. */
  storedNames(names: Iterable<string>): ReadonlySet<string> {
    const stored = new Set(names);
    for (let size = 0; size < stored.size; ) {
      size = stored.size;
      for (const [name, byVersion] of this.#upcasters)
        for (const { to } of byVersion.values())
          if (to.some(target => stored.has(shapeOf(target)!.name))) stored.add(name);
    }
    return stored;
  }

  /** Describes how events of some names are read: it changes with their versions and upcasters. */
  fingerprint(names: Iterable<string>): string {
    const parts: string[] = [];
    for (const name of [...this.storedNames(names)].sort()) {
      const version = this.#shapes.get(name)?.schemaVersion ?? 0;
      const upcasters = [...(this.#upcasters.get(name)?.values() ?? [])].sort((one, other) => one.from - other.from);
      const leads = upcasters.map(({ from, to }) => `${from}>${to.map(target => shapeOf(target)!.name).join('+')}`);
      if (version > 1 || leads.length > 0) parts.push([`${name}@${version}`, ...leads].join(' '));
    }
    return parts.join(', ');
  }

  #unknown(event: RecordedEvent): CurrentEvent | readonly CurrentEvent[] {
    if (typeof event?.name !== 'string')
      throw new InvalidOptionsError('read', [`event is ${shownValue(event)}; it must be a recorded event.`]);
    return this.#upcasters.has(event.name) ? this.#upcast(event, undefined) : (event as CurrentEvent);
  }

  #upcast(event: RecordedEvent, shape: EventShape | undefined): CurrentEvent | readonly CurrentEvent[] {
    const { name, schemaVersion, payload } = event;
    const upcaster = this.#upcasters.get(name)?.get(schemaVersion);
    // Of a name that only upcasters know, a version that none of them takes is an unknown event.
    if (!upcaster && !shape) return event as CurrentEvent;
    const pieces = upcaster
      ? this.#pieces(upcaster, payload, event)
      : this.#forward(shape!, schemaVersion, payload, event);
    if (pieces.length === 1) return current(event, pieces[0]!);
    return pieces.map((piece, index) => current(event, piece, index + 1, pieces.length));
  }

  /** Follows the steps of an event from a version to the current one. */
  #forward(shape: EventShape, from: number, payload: object, event: RecordedEvent): readonly Travelling[] {
    const { name, schemaVersion, steps } = shape;
    if (from > schemaVersion) throw new NewerEventError(name, from, schemaVersion);
    const taken = this.#upcasters.get(name);
    let data = payload;
    for (let version = from; version < schemaVersion; version++) {
      const upcaster = taken?.get(version);
      if (upcaster) return this.#pieces(upcaster, data, event);
      const step = steps.get(version);
      if (!step) throw new MissingUpcasterError(name, version, schemaVersion);
      data = stepped(name, version, step, data, event);
    }
    return [{ shape, data }];
  }

  #pieces(upcaster: Upcaster, data: object, event: RecordedEvent): readonly Travelling[] {
    const { name, from, to } = upcaster;
    return called(upcaster, data, event).flatMap(piece => {
      if (!(piece instanceof UpcastPiece)) throw notData(name, from, piece, "what 'as' makes");
      const { shape, version, data: next } = piece;
      if (!to.some(target => shapeOf(target)!.name === shape.name))
        throw new UpcastFailedError(name, from, `led to '${shape.name}', which is not among its 'to'`);
      if (shape.name === name && version <= from)
        throw new UpcastFailedError(name, from, `led back to its version ${version}`);
      return this.#forward(shape, version, next, event);
    });
  }

  #add(shape: EventShape, faults: string[]): void {
    const known = this.#shapes.get(shape.name);
    if (!known) this.#shapes.set(shape.name, shape);
    else if (known !== shape)
      faults.push(
        `'${shownText(shape.name)}' is the name of two events: ${madeBy(known)} and ${madeBy(shape)}. Keep one of them, or rename it.`,
      );
  }

  #addUpcasters(upcasters: readonly Upcaster[]): string[] {
    const faults: string[] = [];
    for (const upcaster of upcasters) {
      const { name, from, place } = upcaster;
      const byVersion = this.#upcasters.get(name) ?? new Map<number, Upcaster>();
      this.#upcasters.set(name, byVersion);
      const other = byVersion.get(from);
      const shape = this.#shapes.get(name);
      const what = `version ${from} of '${shownText(name)}'`;
      if (other) faults.push(`${other.place} and ${place} both take ${what}. Keep one of them.`);
      else if (shape?.steps.has(from))
        faults.push(`${place} takes ${what}, and the event has a step from there itself. Keep one of them.`);
      else if (shape && from >= shape.schemaVersion)
        faults.push(
          `${place} takes ${what}, which is ${from === shape.schemaVersion ? 'the current version' : `above the current version ${shape.schemaVersion}`}.`,
        );
      byVersion.set(from, upcaster);
    }
    return faults;
  }

  #missingSteps(): string[] {
    return [...this.#shapes.values()].flatMap(shape => this.#missingStepsOf(shape));
  }

  #missingStepsOf({ name, schemaVersion, steps }: EventShape): string[] {
    const taken = this.#upcasters.get(name);
    const missing: number[] = [];
    // Steps are written one by one, so a version far above them is reported by its first gap.
    for (let version = 1; version < schemaVersion && missing.length < MAX_MISSING_SHOWN; version++)
      if (!steps.has(version) && !taken?.has(version)) missing.push(version);
    return missing.map(
      from =>
        `'${shownText(name)}' has version ${schemaVersion}, and nothing leads on from version ${from}. ` +
        `Add upcast: { ${from}: data => ... } to the event, or an upcaster from version ${from}.`,
    );
  }

  /** Finds upcasters that lead back to the event they are from, over other names. */
  #circles(): string[] {
    const leads = (name: string): string[] => [
      ...new Set(
        [...(this.#upcasters.get(name)?.values() ?? [])].flatMap(({ to }) => to.map(target => shapeOf(target)!.name)),
      ),
    ];
    const faults = new Set<string>();
    const visit = (name: string, path: readonly string[]): void => {
      for (const next of leads(name)) {
        if (next === name) continue;
        const start = path.indexOf(next);
        if (start < 0) visit(next, [...path, next]);
        else {
          const circle = path.slice(start);
          const first = circle.indexOf([...circle].sort()[0]!);
          const names = [...circle.slice(first), ...circle.slice(0, first)];
          faults.add(
            `upcasters lead in a circle: ${[...names, names[0]!].map(each => `'${shownText(each)}'`).join(' -> ')}.`,
          );
        }
      }
    };
    for (const name of this.#upcasters.keys()) visit(name, [name]);
    return [...faults];
  }
}

const ITERABLE = must('a list', value => typeof value === 'object' && typeof value?.[Symbol.iterator] === 'function');

const PARTS: OptionChecks<EventReaderParts> = { events: ITERABLE, upcasters: ITERABLE };

/** Names what gives an event its shape. */
const madeBy = ({ type }: EventShape): string =>
  type ? `the class ${shownText(type.name)}` : 'one that defineEvent returned';

/** How many missing steps of one event are listed. */
const MAX_MISSING_SHOWN = 5;

function current(event: RecordedEvent, { shape, data }: Travelling, part?: number, parts?: number): CurrentEvent {
  const { name, schemaVersion } = shape;
  const payload = frozenMade(data, event.name, event.schemaVersion);
  const read = { ...event, name, schemaVersion, payload };
  return Object.freeze(part === undefined ? read : { ...read, part, parts }) as CurrentEvent;
}
