import type { Token } from '../../decorators';
import type { Making } from '../container/container-adapter';
import { tokenName } from '../tokens/tokens';

/** A step of a walk through the dependencies of a class. */
export interface Step {
  readonly token: Token;
  /** The path to the token, which comes last. */
  readonly path: readonly Token[];
  /** The first singleton on the path; its dependencies live as long as it does. */
  readonly keeper: Token | undefined;
  /** Undefined if the dependencies are unknown. */
  readonly making: Making | undefined;
}

/**
 * Walks through all dependencies of a class, each token once, or twice if it is reached both for one command and
 * through a singleton.
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
    // Asked again, because the caller of the generator may have found out more.
    const making = makingOf(token);
    const next = keeper ?? (making?.once ? token : undefined);
    for (const need of [...(making?.needs ?? [])].reverse())
      steps.push({ token: need, path: [...path, need], keeper: next });
  }
}

/**
 * Finds repositories that a class with command handlers reaches through a singleton. They would store immediately,
 * whatever becomes of the command, while those of the class itself are appended with it.
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

/** Reports that a repository lives longer than a command, and what to do. */
export const keptRepository = (chain: string, keeper: string): string =>
  `${chain}: ${keeper} is created once, so its repository takes no part in the unit of work of a command. ` +
  `Provide ${keeper} with singleton: false, so that it is created for each command, or pass the handler's own repository to the method it calls.`;
