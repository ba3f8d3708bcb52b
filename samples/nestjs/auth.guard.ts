import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';

/** Who sends a request. */
export interface User {
  readonly id: string;
  readonly role: 'customer' | 'staff';
}

/** A real application would verify a signed token here. */
const USERS_BY_TOKEN: Readonly<Record<string, User>> = {
  'token-of-ann': { id: 'ann', role: 'customer' },
  'token-of-bob': { id: 'bob', role: 'customer' },
  'token-of-sue': { id: 'sue', role: 'staff' },
};

/** Says which role a user must have: `@Role('staff')`. */
export const Role = Reflector.createDecorator<User['role']>();

/** The user of a request, as a parameter. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): User => userOf(context));

/** Puts the user of the token into the request, where `ActorInterceptor` finds it, and checks the role. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!Object.hasOwn(USERS_BY_TOKEN, token))
      throw new UnauthorizedException('Send a token: Authorization: Bearer ...');
    const user: User = USERS_BY_TOKEN[token]!;
    request.user = user;
    const role = this.reflector.get(Role, context.getHandler());
    if (role !== undefined && role !== user.role) throw new ForbiddenException(`Only ${role} may do this.`);
    return true;
  }
}

const userOf = (context: ExecutionContext): User => context.switchToHttp().getRequest().user;
