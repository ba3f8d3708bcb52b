import { nextRelease } from '../scripts/release';

const changelog = (heading: string, notes = '- something new'): string =>
  `# Changelog\n\n${heading}\n\n${notes}\n\n## 0.1.0 (2026-01-01)\n\n- the first\n`;

test('the version to release is the first in the changelog, with what is written below it', () => {
  const release = nextRelease(changelog('## 0.2.0 (unreleased)'), '0.1.0', ['v0.1.0'], '');
  expect(release).toEqual({ version: '0.2.0', notes: '- something new' });
});

test('a first release has the number that package.json has', () => {
  expect(nextRelease(changelog('## 0.2.0 (unreleased)'), '0.2.0', [], '').version).toBe('0.2.0');
});

test.each([
  ['a version that was released', '## 0.2.0 (2026-02-02)', /0\.2\.0, was released on 2026-02-02/],
  ['a version that is none', '## next (unreleased)', /'next', is no semantic version/],
  ['a version before the present one', '## 0.0.9 (unreleased)', /0\.0\.9, which is before 0\.1\.0/],
  ['a changelog without a version', 'Unreleased', /no heading like/],
])('refuses %s', (_, heading, message) => {
  expect(() => nextRelease(heading === 'Unreleased' ? heading : changelog(heading), '0.1.0', [], '')).toThrow(message);
});

test('reports all that is wrong at once: a tag that exists, no notes, changes that are not committed', () => {
  const release = (): unknown =>
    nextRelease(changelog('## 0.2.0 (unreleased)', ''), '0.1.0', ['v0.2.0'], ' M src/index.ts');
  for (const message of [
    /v0\.2\.0 exists already/,
    /says nothing of version 0\.2\.0/,
    /not committed.*\n M src\/index\.ts/,
  ])
    expect(release).toThrow(message);
});
