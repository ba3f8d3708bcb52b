import type { NewDeadline, NewProcessInput, NewProcessOutput, ProcessChanges } from '../../ports/process-store';
import { plainDocument } from './plain-document';
import { storedNote } from './stored-note';

/**
 * What a commit changes of a process, checked and frozen: each input and output once, each deadline once, and each
 * instance that is held or released. The store makes the changes in the order of `ProcessChanges`.
 */
export type SealedProcess = Required<ProcessChanges>;

/** Seals the process part of a commit; undefined if it changes nothing. @throws UnstorableValueError */
export function sealedProcess(changes: ProcessChanges = {}): SealedProcess | undefined {
  const { ends = [], inputs = [], outputs = [], outcomes = [], clear = [], deadlines = [] } = changes;
  const { hold = [], forget = [] } = changes;
  const sealed = {
    ends: [...new Set(ends)],
    inputs: inputsToRecord(inputs),
    outputs: outputsToRecord(outputs),
    outcomes: outcomesToRecord(outcomes),
    clear: clear.map(({ instance, key, id }) => ({ instance, key, ...(id !== undefined && { id }) })),
    deadlines: deadlinesToSet(deadlines),
    hold: Array.from(new Map(hold.map(({ instance, held }) => [instance, held])), ([instance, held]) => ({
      ...{ instance, held },
    })),
    forget: [...new Set(forget)],
  };
  return Object.values(sealed).some(list => list.length > 0) ? sealed : undefined;
}

function inputsToRecord(inputs: readonly NewProcessInput[]): readonly NewProcessInput[] {
  const recorded = new Map<string, NewProcessInput>();
  for (const { id, instance, hash, run, kind, position, content, status, note } of inputs) {
    const now = { run, status, note: note && storedNote(note) };
    const known = recorded.get(id);
    const sealed = content && plainDocument(content, `input '${id}'`);
    recorded.set(id, known ? { ...known, ...now } : { id, instance, hash, kind, position, content: sealed, ...now });
  }
  return [...recorded.values()];
}

function outputsToRecord(outputs: readonly NewProcessOutput[]): readonly NewProcessOutput[] {
  const recorded = new Map<string, NewProcessOutput>();
  for (const { id, instance, hash, run, input, content, status, note } of outputs) {
    const now = { status, note: note && storedNote(note) };
    const known = recorded.get(id);
    const sealed = plainDocument(content, `output '${id}'`);
    recorded.set(id, known ? { ...known, ...now } : { id, instance, hash, run, input, content: sealed, ...now });
  }
  return [...recorded.values()];
}

function outcomesToRecord(outcomes: SealedProcess['outcomes']): SealedProcess['outcomes'] {
  const recorded = new Map(
    outcomes.map(({ id, status, note }) => [id, { id, status, note: note && storedNote(note) }]),
  );
  return [...recorded.values()];
}

/** Seals deadlines; of several for one key of an instance the last one is set. @throws UnstorableValueError */
export function deadlinesToSet(deadlines: readonly NewDeadline[]): readonly NewDeadline[] {
  const set = new Map<string, NewDeadline>();
  for (const { instance, hash, key, id, run, dueAt, content } of deadlines) {
    const sealed = content && plainDocument(content, `deadline '${key}' of '${instance}'`);
    set.set(JSON.stringify([instance, key]), { instance, hash, key, id, run, dueAt, content: sealed });
  }
  return [...set.values()];
}
