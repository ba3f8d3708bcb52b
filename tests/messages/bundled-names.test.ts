import { BundledNameError, bundledName, type CurrentEvent, eventTypeOf } from '../../src/messages';

/** Evaluates a class as a bundle has it. */
const made = (source: string): (new () => object) => new Function(`return ${source}`)();

test.each([
  'class ko{constructor(e){this.id=e}}',
  'class A{}',
  'class Ee extends Object{}',
  'class $t { }',
  '(() => { let e=class{}; return e })()',
])('a minifier has named %s', source => {
  expect(bundledName(made(source))).toBe('a minifier made it');
});

test.each(['class _Created {\n}', 'class Created$1 { }'])('a bundler has named %s', source => {
  expect(bundledName(made(source))).toMatch(/^a bundler put/);
});

test.each([
  'class A {\n}',
  'class Ok { done() {} }',
  'class E2 extends Object { }',
  'class Created2 { }',
  'class TodoCreated{constructor(e){this.id=e}}',
  "(() => { let e=class{static{Object.defineProperty(this,'name',{value:'Created'})}}; return e })()",
])('the author may have named %s', source => {
  expect(bundledName(made(source))).toBeUndefined();
});

test('an event of such a class is refused when it is to be stored, not before', () => {
  const type = eventTypeOf(made('class ko{constructor(){this.id="a"}}'));
  expect(() => type.seal({ id: 'a' })).toThrow(BundledNameError);
  expect(() => type.seal({ id: 'a' })).toThrow(
    /^The event class ko cannot be stored by its name: a minifier made it\. .*@Event\('a name'\)/,
  );
  expect(type.revive({ schemaVersion: 1, payload: { id: 'a' } } as CurrentEvent)).toEqual({ id: 'a' });
});
