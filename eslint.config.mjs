import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * Five tiers, and imports go down only: apps -> application -> workflows, activities -> compute, models, platform,
 * simulation -> domain. A breach is a red build. `from` is what the target may not reach; scripts/check-layers.mjs also
 * refuses two folders that import each other.
 */
const zone = (target, from, message, except) => ({ target, from, message, ...(except ? { except } : {}) });
const FOLDERS = [
  'domain',
  'models',
  'platform',
  'simulation',
  'compute',
  'workflows',
  'activities',
  'application',
  'migrations',
  'apps',
  'bench',
  'test',
].map((folder) => `./${folder}`);
/** All folders but a folder itself and those that it may import. */
const allBut = (...allowed) => FOLDERS.filter((folder) => !allowed.includes(folder));
const may = (folder, ...imports) =>
  zone(
    `./${folder}`,
    allBut(`./${folder}`, ...imports.map((name) => `./${name}`)),
    `${folder} may import ${imports.join(', ') || 'nothing of ours'}`,
  );

/** The formatter is never switched off, and nothing is left to do. */
const LEFT_OVERS = ['error', { terms: ['prettier-ignore', 'todo', 'fixme'], location: 'anywhere' }];
const SIZE = {
  'no-warning-comments': LEFT_OVERS,
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 60, IIFEs: true }],
  'max-len': ['error', { code: 120, tabWidth: 2 }],
};

const RULES = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  '@typescript-eslint/consistent-type-imports': [
    'error',
    { disallowTypeAnnotations: false, fixStyle: 'inline-type-imports' },
  ],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.stack/', 'coverage/', '**/*.gen.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    ignores: ['apps/web/**'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js', '.mjs'] } } },
    rules: {
      ...RULES,
      ...SIZE,
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            may('domain'),
            may('models', 'domain'),
            may('platform', 'domain', 'migrations'),
            may('simulation', 'domain'),
            may('migrations'),
            may('compute', 'domain', 'models', 'platform'),
            may('workflows', 'domain', 'activities'),
            may('activities', 'domain', 'models', 'platform', 'compute'),
            may('application', 'domain', 'models', 'platform', 'compute', 'workflows', 'activities'),
            zone(['./apps/api', './apps/cli'], './activities', 'API and CLI ask application, never an activity'),
            zone('./apps', ['./bench', './test'], 'apps import neither benchmarks nor tests'),
            zone('./bench', './test', 'nobody imports test'),
          ],
        },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^\\.\\./(activities|application|compute|platform|models|apps|simulation)/',
              allowTypeImports: true,
              message: 'a workflow imports activities as types only',
            },
            { regex: '^node:', message: 'workflows are deterministic: no Node modules' },
          ],
        },
      ],
    },
  },
  {
    files: ['application/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(workflows|activities)/',
              allowTypeImports: true,
              message: 'application knows workflows and activities as types only: it asks for them through Temporal',
            },
          ],
        },
      ],
    },
  },
  {
    // Typed fakes are async as their contracts are; a `describe` is no function to read at a glance.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off', 'max-lines-per-function': 'off' },
  },
  {
    files: ['apps/web/**/*.{ts,tsx}'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: { parserOptions: { project: './apps/web/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...RULES,
      ...SIZE,
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      // Handlers of events give their promises to nobody; what they await shows its own problem.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: [
                '(^|/)(?:activities|application|compute|workflows|migrations|simulation|models)/',
                'platform/(?!ledger/(?:export-verifier|merkle))',
                'apps/(?!web)',
              ].join('|'),
              message: 'pages know the API by its document alone; only words and the verifier of the ledger are shared',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    rules: SIZE,
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        SharedArrayBuffer: 'readonly',
        Atomics: 'readonly',
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
        ArrayBuffer: 'readonly',
      },
    },
  },
);
