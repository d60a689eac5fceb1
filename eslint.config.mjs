import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Who may import whom: a breach is a red build. `from` is what the target may not reach. */
const zone = (target, from, message, except) => ({ target, from, message, ...(except ? { except } : {}) });
const OURS = [
  './models',
  './workflows',
  './activities',
  './migrations',
  './platform',
  './apps',
  './simulation',
  './bench',
  './test',
];
const others = (...allowed) => OURS.filter((folder) => !allowed.includes(folder));

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
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            zone('./domain', others(), 'domain imports nothing of ours'),
            zone('./models', others('./models'), 'models import only domain'),
            zone(
              './platform',
              others('./platform', './migrations', './workflows', './activities'),
              'platform imports domain; of workflows and activities only types',
            ),
            zone(
              './workflows',
              others('./workflows', './activities'),
              'workflows import rules, and types of activities',
            ),
            zone(
              './activities',
              others('./activities', './models', './platform'),
              'activities import domain, models and platform',
            ),
            zone('./migrations', others('./migrations'), 'migrations stand alone'),
            zone('./simulation', others('./simulation'), 'the simulation imports only domain'),
            zone(
              [
                './domain',
                './models',
                './platform',
                './workflows',
                './activities',
                './migrations',
                './apps',
                './simulation',
                './bench',
              ],
              './test',
              'nobody imports test',
            ),
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
              regex: '^\\.\\./(activities|platform|models|apps|simulation)/',
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
    files: ['platform/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(workflows|activities)/',
              allowTypeImports: true,
              message: 'platform knows workflows and activities as types only',
            },
          ],
        },
      ],
    },
  },
  {
    // Typed fakes are async as their contracts are.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  {
    files: ['apps/web/**/*.{ts,tsx}'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: { parserOptions: { project: './apps/web/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...RULES,
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      // Handlers of events give their promises to nobody; what they await shows its own problem.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '(^|/)(?:activities|workflows|migrations|simulation|models)/|platform/(?!ledger/(?:export-verifier|merkle))|apps/(?!web)',
              message: 'pages know the API by its document alone; only words and the verifier of the ledger are shared',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
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
