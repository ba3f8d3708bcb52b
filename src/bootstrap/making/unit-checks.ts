import type { Token } from '../../decorators';
import type { Making } from '../container/container-adapter';
import { tokenName } from '../tokens/tokens';

/** Where a walk through what a class is made of has come. */
export interface Step {
  readonly token: Token;
  /** What leads there, the token itself last. */
  readonly path: readonly Token[];
  /** The first on the way that is made once; what it is made of lives as long. */
  readonly keeper: Token | undefined;
  /** Undefined for what cannot be looked into. */
  readonly making: Making | undefined;
}

/**
 * Goes through all that a class is made of, each token once, or twice where it is reached both for one command and for
 * good.
 */
export function* walk(start: Token, makingOf: (token: Token) => Making | undefined): Generator<Step> {
  const seen = { free: new Set<Token>(), kept: new Set<Token>() };
  const steps: Omit<Step, 'making'>[] = [{ token: start, path: [start], keeper: undefined }];
  for (let step = steps.pop(); step; step = steps.pop()) {
    const { token, path, keeper } = step;
    const known = keeper === undefined ? seen.free : seen.kept;
    if (known.has(token)) continue;
    known.add(token);
    yield { token, path, keeper, making: makingOf(token) };
    // Asked again: the caller of the generator may have found out more.
    const making = makingOf(token);
    const next = keeper ?? (making?.once ? token : undefined);
    for (const need of [...(making?.needs ?? [])].reverse())
      steps.push({ token: need, path: [...path, need], keeper: next });
  }
}

/**
 * Finds repositories that a class with command handlers reaches through something that is made once: they would store
 * at once, whatever becomes of the command, while those of the class itself are appended with it.
 */
export function unitFaults(
  types: readonly Token[],
  makingOf: (token: Token) => Making | undefined,
  isRepository: (token: Token) => boolean,
): string[] {
  return types.flatMap(type =>
    [...walk(type, makingOf)]
      .filter(({ token, keeper }) => keeper !== undefined && isRepository(token))
      .map(({ path, keeper }) => keptRepository(path.map(tokenName).join(' -> '), tokenName(keeper!))),
  );
}

/** Says that a repository lives longer than a command, and what to do. */
export const keptRepository = (chain: string, keeper: string): string =>
  `${chain}: ${keeper} is created once, so its repository takes no part in the unit of work of a command. ` +
  `Provide ${keeper} with singleton: false, so that it is created for each command, or pass the handler's own repository to the method it calls.`;
