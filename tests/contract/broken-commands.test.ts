import {
  type ClaimOutcome,
  type CommandClaim,
  type CommandJournal,
  type EventStore,
  InMemoryCommandJournal,
} from '../../src/store';
import { type Break, broken, commandsOf, failures } from './broken';

/** Every caller with the id of a claim may write under it, whatever its token. */
function forgetsTokens(sound: EventStore): Partial<EventStore> {
  const tokens = new Map<string, string>();
  return {
    commands: {
      ...commandsOf(sound),
      claim: async claim => {
        const outcome = await sound.commands!.claim(claim);
        if (outcome.state === 'claimed') tokens.set(claim.id, claim.token);
        return outcome;
      },
    },
    append: (appends, options) => {
      const { command } = options ?? {};
      const token = tokens.get(command?.id ?? '');
      return sound.append(appends, token === undefined ? options : { command: { ...command!, token } });
    },
  };
}

function recordsAfterwards(sound: EventStore): Partial<EventStore> {
  const commands = new InMemoryCommandJournal();
  return {
    commands,
    append: async (appends, options) => {
      const outcome = await sound.append(appends);
      if (outcome.ok && options?.command) commands.record(options.command, outcome.events);
      return outcome;
    },
  };
}

/** A journal with another way of claiming. */
const claimingAs =
  (claim: (sound: CommandJournal, claim: CommandClaim) => Promise<ClaimOutcome>) =>
  (sound: EventStore): Partial<EventStore> => ({
    commands: { ...commandsOf(sound), claim: each => claim(sound.commands!, each) },
  });

/** Looks whether a command is claimed, and claims it, in two steps. */
function claimsInTwoSteps(sound: EventStore): Partial<EventStore> {
  const claimed = new Set<string>();
  return claimingAs(async (journal, claim) => {
    if (claimed.has(claim.id)) return journal.claim(claim);
    await Promise.resolve();
    claimed.add(claim.id);
    await journal.claim(claim);
    return { state: 'claimed' };
  })(sound);
}

const breaks: Readonly<Record<string, Break>> = {
  'appends under claims whatever their tokens': {
    noticedBy:
      'lets another process take over a command whose claim has expired; the late result is refused and writes nothing',
    parts: forgetsTokens,
  },
  'records commands after their appends': {
    noticedBy:
      'lets another process take over a command whose claim has expired; the late result is refused and writes nothing',
    parts: recordsAfterwards,
  },
  'appends without looking at the claim': {
    noticedBy: 'answers a command that is done with its events, in the order of its append, to every claimer',
    parts: sound => ({ append: appends => sound.append(appends) }),
  },
  'answers claims with the fingerprint of who asks': {
    noticedBy: 'lets one claim a command, and tells others that it is running, and as what',
    parts: claimingAs(
      async (journal, claim) =>
        ({ ...(await journal.claim(claim)), ...{ fingerprint: claim.fingerprint } }) as ClaimOutcome,
    ),
  },
  'looks for a claim before it makes one': {
    noticedBy: 'lets exactly one of 16 claimers through',
    parts: claimsInTwoSteps,
  },
  'never lets a claim run out': {
    noticedBy:
      'lets another process take over a command whose claim has expired; the late result is refused and writes nothing',
    parts: claimingAs((journal, claim) => journal.claim({ ...claim, lease: 3_600_000 })),
  },
  'keeps results for ever': {
    noticedBy: 'forgets a result that is kept no longer, and knows its events by their ids',
    parts: claimingAs((journal, claim) => journal.claim({ ...claim, keep: 3_600_000 })),
  },
  'answers with the events of a command in another order': {
    noticedBy: 'answers a command that is done with its events, in the order of its append, to every claimer',
    parts: claimingAs(async (journal, claim) => {
      const outcome = await journal.claim(claim);
      if (outcome.state !== 'done') return outcome;
      const events = outcome.result.events.toSorted((one, other) => (one.aggregateId < other.aggregateId ? -1 : 1));
      return { ...outcome, result: { ...outcome.result, events } };
    }),
  },
  'gives a claim back for any caller': {
    noticedBy: 'lets a command be claimed again when its claim was given back, by its holder only',
    parts: sound => {
      const claims = new Map<string, CommandClaim>();
      const remembering = claimingAs((journal, claim) => {
        if (!claims.has(claim.id)) claims.set(claim.id, claim);
        return journal.claim(claim);
      })(sound).commands!;
      return { commands: { ...remembering, release: claim => sound.commands!.release(claims.get(claim.id) ?? claim) } };
    },
  },
};

describe('The contract notices a store that', () => {
  test.each(Object.entries(breaks))('%s', async (_, broke) => {
    expect(await failures(broken(broke))).toContain(broke.noticedBy);
  });
});
