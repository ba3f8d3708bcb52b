import { type Figure, none, type Subject, some, told } from '../../support/figures';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { type ApplicationKills, again, builtHere, KilledApplications, missing } from './killed-applications';

/** Kills one of three Nest applications with @nestjs/cqrs, again and again, while they publish and handle. */
export const killedPublishers = (
  name: 'SQLite' | 'PostgreSQL',
  sizes: ApplicationKills,
  seed: number,
): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = builtHere('publishing-process', folder);
    const { events, kills } = sizes;
    const done = `${events} events published with @nestjs/cqrs, ${kills} times one of three processes killed`;
    const subject: Subject = { item: 'nestjs/cqrs', store: name, seed, done };
    const { published, unhandled, unfollowed, twice } = await played(places(), script, sizes, seed, false);
    const alone = await played(places(), script, sizes, seed, true);
    const control = { ...subject, done: `${done}, without Eventuality` };
    return [
      none(subject, 'published events that its handler did not get', unhandled),
      none(subject, 'published events whose command the saga did not send', unfollowed),
      told(subject, 'events handled again after a kill', `${twice} of ${published}`),
      some(control, 'published events that its handler did not get', alone.unhandled),
    ];
  });

interface Outcome {
  readonly published: number;
  readonly unhandled: number;
  readonly unfollowed: number;
  /** How many effects of the handler happened again. */
  readonly twice: number;
}

async function played(
  { where }: DurablePlace,
  script: string,
  sizes: ApplicationKills,
  seed: number,
  alone: boolean,
): Promise<Outcome> {
  const all = new KilledApplications(script, new Random(seed), { where, alone });
  await all.play(sizes);
  const outcome = (): Outcome => {
    const [published, handled] = [all.said('acknowledged'), all.said('handled')];
    return {
      published: published.length,
      unhandled: missing(published, handled).length,
      unfollowed: missing(published, all.said('followed')).length,
      twice: again(handled),
    };
  };
  const isDone = ({ unhandled, unfollowed }: Outcome): boolean => unhandled + unfollowed === 0;
  if (!alone) await all.handleRest(() => isDone(outcome()));
  return outcome();
}
