// What stands in the margin, by what a reader wants.
const pages = (folder, entries) => entries.map(([text, page]) => ({ text, link: `/${folder}/${page}` }));

const TUTORIALS = pages('tutorials', [
  ['Your first model', 'first-model'],
  ['Your own table', 'own-table'],
]);
const HOW_TO = [
  { text: 'All guides', link: '/how-to/' },
  {
    text: 'Models',
    items: pages('how-to', [
      ['Read an evaluation', 'read-an-evaluation'],
      ['Few labels', 'few-labels'],
      ['Tune', 'tune'],
    ]),
  },
  {
    text: 'Operation',
    items: [
      ...pages('how-to', [
        ['Use your own servers', 'use-own-servers'],
        ['Load a register', 'load-a-register'],
      ]),
      { text: 'Answer an auditor', link: '/audit' },
    ],
  },
  {
    text: 'Development',
    items: pages('how-to', [
      ['Add a feature', 'add-a-feature'],
      ['Add a model family', 'add-a-model-family'],
      ['Add a step', 'add-a-step'],
      ['Add a route', 'add-a-route'],
      ['Add a page', 'add-a-page'],
      ['Record replay histories', 'record-replay-histories'],
      ['Run one test', 'run-one-test'],
    ]),
  },
];
const REFERENCE = [
  { text: 'Overview', link: '/reference/' },
  {
    text: 'Files',
    items: pages('reference', [
      ['Experiment', 'experiment'],
      ['Mapping of a prepared table', 'table-mapping'],
      ['Mapping of bills', 'bill-mapping'],
      ['Event windows', 'event-windows'],
    ]),
  },
  {
    text: 'Interfaces',
    items: [
      ...pages('reference', [
        ['Command line', 'cli'],
        ['API', 'api'],
      ]),
      { text: 'Access table', link: '/access' },
    ],
  },
  {
    text: 'System',
    items: pages('reference', [
      ['Features', 'features'],
      ['Environment', 'environment'],
      ['Processes', 'processes'],
      ['Ledger format', 'ledger-format'],
      ['Glossary', 'glossary'],
    ]),
  },
];
const EXPLANATION = [
  { text: 'Overview', link: '/explanation/' },
  ...pages('explanation', [
    ['Architecture', 'architecture'],
    ['Point-in-time data', 'point-in-time'],
    ['Folds and embargo', 'folds-and-embargo'],
    ['Calibration', 'calibration'],
    ['Selective labels', 'selective-labels'],
    ['PU bagging', 'pu-bagging'],
    ['Trust', 'trust'],
  ]),
  { text: 'Decision records', link: '/adr/' },
];
const BENCHMARKS = [
  { text: 'Overview', link: '/benchmarks/' },
  {
    text: 'Quality',
    items: pages('benchmarks', [
      ["The demo's register", 'demo-register'],
      ['Model families', 'demo-register-families'],
      ['Chicago food inspections', 'chicago'],
      ['Models against LightGBM', 'models'],
      ['Scenarios', 'scenarios'],
      ['Scenarios: details', 'scenarios-details'],
      ['Scenarios: random labels', 'scenarios-random-labels'],
      ['Scenarios: what was tried', 'scenarios-tried'],
      ['Coverage of the estimators', 'coverage'],
      ['Explanations', 'reasons'],
    ]),
  },
  {
    text: 'Data',
    items: pages('benchmarks', [
      ['National register', 'data-national'],
      ['A tenth of the bills', 'data-national-small'],
      ['Three times the bills', 'data-national-triple'],
      ['Loading and extraction', 'data-loading'],
      ['Loading: history', 'data-loading-history'],
      ['Memory', 'data-memory-scaling'],
      ['Window features', 'data-triage-comparison'],
      ['A tenth of Norway', 'data-scale-10pct'],
      ['The simulated register', 'simulated-register'],
    ]),
  },
  {
    text: 'Trust',
    items: pages('benchmarks', [
      ['Ledger and lineage', 'trust'],
      ['Details', 'trust-details'],
    ]),
  },
  { text: 'Web', items: pages('benchmarks', [['API and pages', 'web']]) },
  {
    text: 'Compute',
    items: pages('benchmarks', [
      ['The demo', 'demo'],
      ['Stages of the demo', 'demo-stages'],
      ['Microbenchmarks', 'microbenchmarks'],
      ['Microbenchmarks: history', 'microbenchmarks-history'],
      ['The test suite', 'test-suite'],
    ]),
  },
];

export const SIDEBAR = {
  '/tutorials/': TUTORIALS,
  '/how-to/': HOW_TO,
  '/audit': HOW_TO,
  '/reference/': REFERENCE,
  '/access': REFERENCE,
  '/explanation/': EXPLANATION,
  '/adr/': EXPLANATION,
  '/benchmarks/': BENCHMARKS,
};
