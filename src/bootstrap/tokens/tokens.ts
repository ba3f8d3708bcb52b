import type { Token } from '../../decorators';

/** Names a token for a message: `Mailer`, `'mailer'`, `Repository<Account>`. */
export function tokenName(token: Token): string {
  if (typeof token === 'function') return token.name || 'an anonymous class';
  if (typeof token === 'string') return `'${token}'`;
  return token.description ?? String(token);
}

/** Reports that a token is not provided, and what to do. */
export function unknownToken(asking: string, token: string | symbol): string {
  const [, kind, name] =
    /^(Repository|ReadModel)<(.*)>$/.exec(typeof token === 'symbol' ? (token.description ?? '') : '') ?? [];
  if (kind === 'Repository')
    return `${asking} the repository of ${name}, which is not a component of any module. Add it to the components.`;
  if (kind === 'ReadModel')
    return `${asking} the read model of ${name}, which is not a projection of any module. Write @Projection above the class, and add it to the components.`;
  const provide = typeof token === 'string' ? `'${token}'` : String(token);
  return `${asking} ${String(token)}, which no provider gives. Add { provide: ${provide}, ... } to a module's providers.`;
}
