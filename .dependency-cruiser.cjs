/** The floors of docs/architecture.md: imports only go down, type imports included, and never in a circle. */
const floors = [
  ['concurrency'],
  ['messages'],
  ['model', 'store'],
  ['repository', 'processing'],
  ['commands', 'read-models'],
  ['decorators'],
  ['flow'],
  ['bootstrap'],
];

/** The lists of what the package exports. */
const FACES = '^src/(index|container|errors|operations|processes|store-kit|tsyringe|upcasting|values)\\.ts$';

const upward = floors.flatMap((folders, floor) =>
  folders.map(folder => {
    const siblings = folders.filter(other => other !== folder);
    const forbidden = [...siblings, ...floors.slice(floor + 1).flat(), 'testing', 'adapters', 'integrations', 'tools'];
    return {
      name: `floor-${folder}`,
      comment: `src/${folder} imports only the floors below it`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: [`^src/(${forbidden.join('|')})/`, FACES] },
    };
  }),
);

module.exports = {
  forbidden: [
    ...upward,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'through-the-door',
      comment: 'another folder is entered by its index.ts; inside a folder files import files, never their own door',
      severity: 'error',
      from: { path: '^src/((?:(?:adapters|integrations|tools)/)?[^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/$1/', '^src/(?:adapters/|integrations/)?[^/]+/index\\.ts$', FACES] },
    },
    {
      name: 'not-through-the-own-door',
      severity: 'error',
      from: { path: '^src/((?:adapters/)?[^/]+)/(?!index\\.ts$)' },
      to: { path: '^src/$1/index\\.ts$' },
    },
    {
      name: 'adapters-stay-low',
      comment: 'a store adapter imports messages/ and store/, never another adapter, never upwards',
      severity: 'error',
      from: { path: '^src/(adapters/[^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/$1/', '^src/(concurrency|messages|store)/index\\.ts$'] },
    },
    {
      name: 'tools-from-outside',
      comment:
        'a tool or integration imports what users can import: the lists of exports, the doors of adapters, testing/ and integrations/http/',
      severity: 'error',
      from: { path: '^src/((?:tools|integrations)/[^/]+)/' },
      to: {
        path: '^src/',
        pathNot: ['^src/$1/', FACES, '^src/(adapters/[^/]+|testing|integrations/http)/index\\.ts$'],
      },
    },
    {
      name: 'tools-have-no-importers',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(tools|integrations)/' },
      to: { path: '^src/(tools|integrations)/' },
    },
    {
      name: 'tsyringe-only-in-bootstrap',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/bootstrap/' },
      to: { path: 'node_modules/tsyringe' },
    },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
