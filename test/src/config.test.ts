import t from 'tap'
import { z } from 'zod'
import { loadTools, settingsOf } from '../../plugins/registry.ts'
import { explainProblems, misspelt, readConfig, settings, takeFiles } from '../../src/config.ts'
import type { BridgeError, Problem } from '../../src/core/errors.ts'

const required = {
  PORTAL_TOKEN: 'portal-token',
  SEND_NOTIFICATION: 'true',
  OPERATOR_TOKEN: 'sixteen characters'
}
const tools = {
  acme: z.object({
    ACME_SECRET: z.string('expected a secret').min(5, 'expected five'),
    ACME_KEY: z.string('expected a key')
  }),
  rival: z.object({
    RIVAL_SECRET: z.string('expected a secret'),
    RIVAL_MODE: z.enum(['a', 'b'], 'expected a or b').default('a')
  })
}

const read = (env: Record<string, string | undefined> = {}) => readConfig({ ...required, ...env }, tools)

const here = { folder: '/srv/brug', hasFile: true, flyApp: undefined }

const problemsOf = (env: Record<string, string | undefined>, all = tools): readonly Problem[] => {
  try {
    readConfig(env, all)
    return []
  } catch (error) {
    return (error as BridgeError).problems
  }
}

const wrong = (env: Record<string, string | undefined>) => problemsOf({ ...required, ...env })

t.test('three settings are enough; the rest has the defaults that the contract names', async t => {
  t.strictSame(
    { ...read() },
    {
      HOST: '127.0.0.1',
      PORT: 8080,
      PUBLIC_URL: 'http://127.0.0.1:8080',
      publicAddress: undefined,
      TRUST_PROXY_HEADER: undefined,
      PORTAL_TOKEN: 'portal-token',
      PORTAL_URL: 'https://api.mijnklantportaal.nl/v1',
      PORTAL_REQUESTS_PER_MINUTE: 60,
      PORTAL_TIMEOUT_MS: 30_000,
      PORTAL_SETTLE_MS: 60_000,
      PORTAL_SETTLE_INHERITED_MS: 300_000,
      PORTAL_TIME_ZONE: 'Europe/Amsterdam',
      SEND_NOTIFICATION: true,
      NOTIFY_WITHIN_DAYS: 7,
      REVIEW: false,
      HIDE_PERSONAL: false,
      SUMMARY: 'off',
      LANGUAGE: 'en',
      DATA_DIR: './data',
      DATABASE_POOL: 5,
      DATABASE_TIMEOUT_MS: 5000,
      WORKER_CONCURRENCY: 4,
      RETRY_FIRST_MS: 5000,
      RETRY_LONGEST_MS: 3_600_000,
      RETRY_FOR_HOURS: 72,
      PDF_BYTES_MAX: 20_000_000,
      PDF_TIMEOUT_MS: 60_000,
      ALLOW_PRIVATE_ADDRESSES: false,
      CUSTOMER_MATCH: 'email',
      CUSTOMER_CREATE: false,
      CREDIT_NOTES: 'hold',
      ZERO_AMOUNTS: 'dismiss',
      RETENTION_DAYS: 90,
      OPERATOR_TOKEN: 'sixteen characters',
      tools: { acme: null, rival: null }
    }
  )
})

t.test('a setting that is set to nothing is not set, and the space around a value is nothing', async t => {
  const config = read({ PORT: '', METRICS_PORT: '  ', PORTAL_TOKEN: ' portal-token\n', ACME_KEY: '\t' })

  t.match(config, {
    PORT: 8080,
    METRICS_PORT: undefined,
    PORTAL_TOKEN: 'portal-token',
    tools: { acme: null }
  })
  t.match(problemsOf({ ...required, PORTAL_TOKEN: ' ' }), [{ field: 'PORTAL_TOKEN', message: /^missing; / }])
})

t.test('every problem is told at once, one line for each setting', async t => {
  const env = {
    HOST: 'ok.example',
    PORT: '-secret1',
    METRICS_PORT: '65536',
    PUBLIC_URL: 'secret2',
    TRUST_PROXY_HEADER: 'secret 3',
    PORTAL_TOKEN: 'secret4 of the portal',
    PORTAL_URL: 'ftp://secret5',
    PORTAL_REQUESTS_PER_MINUTE: '0',
    PORTAL_TIMEOUT_MS: '1e3',
    PORTAL_SETTLE_MS: '99999999999999999999',
    PORTAL_TIME_ZONE: 'Secret/Six',
    SEND_NOTIFICATION: 'secret7',
    REVIEW: 'ja',
    DATABASE_URL: 'mysql://secret8@host/db',
    WORKER_CONCURRENCY: '4.5',
    RETRY_FIRST_MS: '',
    CREDIT_NOTES: 'secret9',
    ALERT_URL: 'https://u:secret10@host',
    OPERATOR_TOKEN: 'tësecret11',
    ACME_SECRET: 'abc'
  }
  const problems = problemsOf(env)

  t.strictSame(
    problems.map(({ field }) => field),
    Object.keys(env)
      .filter(name => name !== 'HOST' && name !== 'RETRY_FIRST_MS')
      .concat('ACME_KEY')
  )
  t.notMatch(JSON.stringify(problems), /secret(2|4|5|8|10|11)/, 'what is or may be a secret stays unseen')
  for (const { message } of problems) t.match(message, /^(missing; )?expected [^\n]+$/)
  t.match(explainProblems(problems, here).split('\n').length, problems.length + 2)
  t.match(explainProblems([{ field: 'PORT', message: 'expected a port' }], here), /^ {2}PORT: expected a port$/m)
})

t.test('what to do about it depends on where one is', async t => {
  const missing = { field: 'PORTAL_TOKEN', message: 'missing; expected a key' }
  const wrong = { field: 'PORT', message: 'expected a port' }
  const advice = (problem: Problem, more: object) =>
    explainProblems([wrong, problem], { ...here, ...more })
      .split('\n')
      .at(-1)

  t.match(advice(missing, {}), /^Set them in \.env, or on Fly with `fly secrets set NAME=value`/)
  t.match(
    advice(missing, { hasFile: false }),
    /^There is no \.env in \/srv\/brug\. .*`cp \.env\.example \.env`, and fill in its first block\.$/
  )
  t.match(advice(wrong, { hasFile: false }), /^Set them in \.env/, 'they are set elsewhere')
  t.match(
    advice(missing, { hasFile: false, flyApp: 'mijn-brug' }),
    /^Set them with `fly secrets set --app mijn-brug NAME=value`/
  )
})

t.test('the value is told where it is no secret, also of settings that contradict each other', async t => {
  t.strictSame(wrong({ PORT: 'tachtig', SEND_NOTIFICATION: 'ja', PORTAL_TIME_ZONE: 'Europe/Amsterdm' }), [
    { field: 'PORT', message: 'expected a whole number, not "tachtig"' },
    {
      field: 'PORTAL_TIME_ZONE',
      message: 'expected a time zone such as Europe/Amsterdam, not "Europe/Amsterdm"'
    },
    {
      field: 'SEND_NOTIFICATION',
      message: 'expected true or false: whether the portal mails the customer, not "ja"'
    }
  ])
  t.match(wrong({ RETRY_FIRST_MS: '2000', RETRY_LONGEST_MS: '1999' }), [
    { message: 'expected at least RETRY_FIRST_MS, not "1999"' }
  ])
  t.match(wrong({ PORTAL_TIMEOUT_MS: '59001' }), [{ message: /which is 60001$/ }], 'nobody typed the default')
})

// As found in a shell of macOS, under npm, in a container on Fly, under systemd, in Kubernetes beside a service that is
// called portal, in CI, and beside programs for the same work.
const others = [
  'PATH HOME HOSTNAME HOSTTYPE HOST_NAME LHOST USER LOGNAME SHELL SHLVL PWD OLDPWD TERM TERM_PROGRAM LANG LC_ALL TMPDIR EDITOR _',
  'VISUAL PAGER LESS DISPLAY XDG_DATA_DIRS XDG_RUNTIME_DIR SSH_CONNECTION SSH_AUTH_SOCK COLORTERM COMMAND_MODE MAIL TZ POSIXLY_CORRECT',
  'npm_config_cache npm_config_user_agent npm_config_noproxy npm_package_name npm_package_version npm_lifecycle_event',
  'npm_execpath npm_node_execpath INIT_CWD NODE NODE_ENV NODE_OPTIONS NODE_VERSION YARN_VERSION NODE_EXTRA_CA_CERTS',
  'MALLOC_ARENA_MAX FACTUURBRUG_READ http_proxy https_proxy no_proxy HTTP_PROXY ALL_PROXY',
  'FLY_ALLOC_ID FLY_IMAGE_REF FLY_MACHINE_VERSION FLY_PRIVATE_IP FLY_PROCESS_GROUP FLY_PUBLIC_IP FLY_REGION FLY_VM_MEMORY_MB',
  'PRIMARY_REGION FLY_API_TOKEN INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID NOTIFY_SOCKET CREDENTIALS_DIRECTORY LISTEN_FDS',
  'KUBERNETES_SERVICE_HOST KUBERNETES_PORT KUBERNETES_PORT_443_TCP PORTAL_PORT PORTAL_SERVICE_HOST PORTAL_PORT_80_TCP',
  'FACTUURBRUG_PORT FACTUURBRUG_SERVICE_HOST FACTUURBRUG_SERVICE_PORT RAILWAY_PUBLIC_DOMAIN RENDER_EXTERNAL_URL DYNO',
  'CI GITHUB_ACTIONS GITHUB_TOKEN GITHUB_REF RUNNER_OS CI_JOB_TOKEN REVIEW_ID PREVIEW PREVIEW_URL CODE_REVIEW',
  'DATABASE_URI DB_HOST DB_PORT PGHOST PGPORT PGDATA REDIS_URL SMTP_URL MAIL_PORT APP_URL BASE_URL PORTS HOSTS SPORT',
  'WEB_CONCURRENCY STRIPE_SECRET_KEY STRIPE_PUBLISHABLE_KEY STRIPE_DEVICE_NAME STRIPE_CLI_TELEMETRY_OPTOUT STRIPE_API_VERSION',
  'MONEYBIRD_CLIENT_ID MONEYBIRD_CLIENT_SECRET SLACK_WEBHOOK_URL SENTRY_DSN GPG_TTY'
].flatMap(line => line.split(' '))

const envOf = (names: string[]) => Object.fromEntries(names.map(name => [name, 'x']))
const real = settingsOf(await loadTools())

t.test('a setting under a name that nearly is one is named, of a tool as well', async t => {
  const slips = {
    REVEIW: 'REVIEW',
    SEND_NOTIFICATON: 'SEND_NOTIFICATION',
    review: 'REVIEW',
    ZERO_AMOUNT: 'ZERO_AMOUNTS',
    PORTAL_TOKN: 'PORTAL_TOKEN',
    OPERATER_TOKENS: 'OPERATOR_TOKEN',
    PUBLIC_URI: 'PUBLIC_URL',
    DATADIR: 'DATA_DIR',
    ALLOW_PRIVATE_ADRESSES: 'ALLOW_PRIVATE_ADDRESSES',
    INTAKE_SECRETS: 'INTAKE_SECRET',
    STRIPE_APIKEY: 'STRIPE_API_KEY',
    MONEYBIRD_ADMINSTRATION_ID: 'MONEYBIRD_ADMINISTRATION_ID',
    FACTUURBRUG_ULR: 'FACTUURBRUG_URL'
  }

  t.strictSame(
    misspelt(envOf(Object.keys(slips)), real),
    Object.entries(slips).map(([name, meant]) => ({ name, meant }))
  )
})

t.test('names of the platform and of other programs are not accused, nor a setting that is set to nothing', async t => {
  const known = [settings, ...Object.values(real)].flatMap(({ shape }) => Object.keys(shape))

  t.strictSame(misspelt(envOf(others), real), [])
  t.strictSame(misspelt(envOf([...known, 'FACTUURBRUG_URL']), real), [])
  t.strictSame(misspelt({ REVEIW: ' ', SEND_NOTIFICATON: undefined }, real), [])
})

t.test('settings that contradict each other are told beside what is missing', async t => {
  t.match(problemsOf({ PORTAL_TIMEOUT_MS: '5000', PORTAL_SETTLE_MS: '5999' }), [
    ...Object.keys(required).map(field => ({ field, message: /^missing/ })),
    { field: 'PORTAL_SETTLE_MS', message: 'expected at least PORTAL_TIMEOUT_MS + 1000, which is 6000' }
  ])
  t.match(wrong({ PORTAL_TIMEOUT_MS: '59001' }), [{ field: 'PORTAL_SETTLE_MS' }], 'with the default, too')
  t.strictSame(wrong({ PORTAL_TIMEOUT_MS: '5000', PORTAL_SETTLE_MS: '6000' }), [])
  t.match(wrong({ RETRY_FIRST_MS: '2000', RETRY_LONGEST_MS: '1999' }), [{ field: 'RETRY_LONGEST_MS' }])
  t.match(wrong({ PORT: '9000', METRICS_PORT: '9000' }), [{ field: 'METRICS_PORT', message: /which is public/ }])
  t.strictSame(wrong({ PORT: '0', METRICS_PORT: '0' }), [], 'any two that are free')

  const beside = { PORT: 'tachtig', PORTAL_SETTLE_MS: '5000', PORTAL_SETTLE_INHERITED_MS: '4000', SUMMARY: 'daily' }
  t.strictSame(
    wrong(beside).map(({ field }) => field),
    ['PORT', 'PORTAL_SETTLE_MS', 'PORTAL_SETTLE_INHERITED_MS', 'SMTP_URL'],
    'and beside what is wrong'
  )
  t.strictSame(
    wrong({ PORTAL_TIMEOUT_MS: 'lang', PORTAL_SETTLE_MS: '2000' }).map(({ field }) => field),
    ['PORTAL_TIMEOUT_MS'],
    'nothing is compared with what cannot be read'
  )
})

t.test('what another process sent settles later: five times as late, unless it is said', async t => {
  const settle = { PORTAL_TIMEOUT_MS: '5000', PORTAL_SETTLE_MS: '7000' }

  t.equal(read(settle).PORTAL_SETTLE_INHERITED_MS, 35_000)
  t.equal(read({ ...settle, PORTAL_SETTLE_INHERITED_MS: '7000' }).PORTAL_SETTLE_INHERITED_MS, 7000)
  t.match(wrong({ ...settle, PORTAL_SETTLE_INHERITED_MS: '6999' }), [
    { field: 'PORTAL_SETTLE_INHERITED_MS', message: 'expected at least PORTAL_SETTLE_MS' }
  ])
})

t.test('an address of PostgreSQL that reads otherwise than it was meant is refused, and not shown', async t => {
  const passwords = ['geheim#1', '12#x', '12/x', '12?x', 'a b:c/d']
  const others = ['postgres://one,two:5432/db', 'postgres://host:no port/db', 'postgres://u:geheim@/db?host=/run']
  for (const DATABASE_URL of [...passwords.map(password => `postgres://u:${password}@host/db`), ...others])
    t.strictSame(
      wrong({ DATABASE_URL }),
      [
        {
          field: 'DATABASE_URL',
          message: 'expected one host, and special characters of the password percent-encoded: # as %23'
        }
      ],
      DATABASE_URL
    )
})

t.test('another database than PostgreSQL is refused rather than ignored, and not shown', async t => {
  for (const DATABASE_URL of ['mysql://u:geheim@host/db', 'host/db', 'postgres:/host/db'])
    t.strictSame(wrong({ DATABASE_URL }), [
      { field: 'DATABASE_URL', message: 'expected an address that begins with postgres://' }
    ])
  for (const DATABASE_URL of [
    'postgres://u:p@host/db',
    'postgresql://host/db?sslmode=verify-full',
    'postgres://u:12%23%2F%3F%40x@host/db',
    'postgres://u:p@%2Frun%2Fpostgresql/db'
  ])
    t.match(read({ DATABASE_URL }), { DATABASE_URL, DATABASE_POOL: 5, DATABASE_TIMEOUT_MS: 5000 })
})

t.test('a token that no header can carry is refused before the portal or a person meets it', async t => {
  t.match(wrong({ PORTAL_TOKEN: 'zwei wörter' }), [{ field: 'PORTAL_TOKEN' }])
  t.match(wrong({ OPERATOR_TOKEN: 'een wachtwoord met ë' }), [{ field: 'OPERATOR_TOKEN' }])
  t.match(wrong({ OPERATOR_TOKEN: 'fifteen letters' }), [{ message: 'expected at least 16 characters' }])
})

t.test('addresses lose their last slash, and may not carry a password', async t => {
  t.match(read({ PORTAL_URL: 'http://127.0.0.1:8090/v1//' }), { PORTAL_URL: 'http://127.0.0.1:8090/v1' })
  t.match(wrong({ PORTAL_URL: 'https://a:b@portal.example' }), [{ message: /without a password/ }])
})

t.test('on Fly the public address and the header of the client are known', async t => {
  const fly = { FLY_APP_NAME: 'mijn-brug', HOST: '0.0.0.0' }

  t.match(read(fly), { PUBLIC_URL: 'https://mijn-brug.fly.dev', TRUST_PROXY_HEADER: 'fly-client-ip' })
  t.match(read({ ...fly, PUBLIC_URL: 'https://facturen.example/', TRUST_PROXY_HEADER: 'X-Real-IP' }), {
    PUBLIC_URL: 'https://facturen.example',
    TRUST_PROXY_HEADER: 'x-real-ip'
  })
})

t.test('a tool is on when any of its settings is set; then all must be right', async t => {
  t.match(read({ RIVAL_SECRET: 'a' }), {
    tools: { acme: null, rival: { RIVAL_SECRET: 'a', RIVAL_MODE: 'a' } }
  })
  t.match(wrong({ RIVAL_MODE: 'b' }), [{ field: 'RIVAL_SECRET', message: 'missing; expected a secret' }])
  t.match(wrong({ ACME_SECRET: 'abc' }), [
    { field: 'ACME_SECRET', message: 'expected five' },
    { field: 'ACME_KEY', message: 'missing; expected a key' }
  ])
})

t.test('nobody can change what was read', async t => {
  const config = read({ RIVAL_SECRET: 'a' }) as { PORT: number; tools: Record<string, unknown> }

  t.throws(() => {
    config.PORT = 1
  }, TypeError)
  t.throws(() => {
    config.tools.rival = null
  }, TypeError)
})

t.test('a failure stops the start by its name', async t => {
  t.throws(() => readConfig({}, {}), { code: 'CONFIG_INVALID' })
  t.strictSame(
    problemsOf({}, {} as never).map(({ field }) => field),
    Object.keys(settings.shape).filter(name => name in required)
  )
})

t.test('secrets come from files, too, and a file that cannot be read is named', async t => {
  const read = (path: string): string => {
    if (path === '/run/none') throw new Error('ENOENT')
    return path === '/run/empty' ? '' : `  in ${path}\n`
  }
  const env: Record<string, string | undefined> = {
    ...required,
    PORTAL_TOKEN: '',
    PORTAL_TOKEN_FILE: '/run/token',
    OPERATOR_TOKEN_FILE: '/run/ignored',
    ACME_SECRET_FILE: '/run/acme',
    ACME_PASSWORD_FILE: '/run/password',
    DATABASE_URL_FILE: '/run/none',
    ACME_KEY_FILE: '/run/empty',
    SSL_CERT_FILE: '/run/cert'
  }
  takeFiles(env, read)

  t.match(env, { PORTAL_TOKEN: 'in /run/token', OPERATOR_TOKEN: required.OPERATOR_TOKEN, ACME_SECRET: 'in /run/acme' })
  t.equal(env.ACME_PASSWORD, 'in /run/password')
  t.notOk('SSL_CERT' in env, 'of other programs nothing is read')
  const files = problemsOf(env).filter(({ field }) => field.endsWith('_FILE'))
  t.strictSame(
    files.map(({ field }) => field),
    ['DATABASE_URL_FILE', 'ACME_KEY_FILE']
  )
})

t.test('mails need a server and somebody to get them', async t => {
  const mail = { SMTP_URL: 'smtps://user:password@mail.example', ALERT_EMAIL: 'a@a.example, b@b.example' }

  t.match(read({ ...mail, SUMMARY: 'weekly', LANGUAGE: 'nl' }), { ...mail, SUMMARY: 'weekly', LANGUAGE: 'nl' })
  t.match(wrong({ SMTP_URL: mail.SMTP_URL }), [{ field: 'ALERT_EMAIL', message: /^missing; SMTP_URL alone/ }])
  t.match(wrong({ ALERT_EMAIL: mail.ALERT_EMAIL }), [{ field: 'SMTP_URL', message: /^missing; ALERT_EMAIL alone/ }])
  t.match(wrong({ SUMMARY: 'daily' }), [{ field: 'SMTP_URL', message: /SUMMARY is sent by mail/ }])
  t.match(wrong({ ...mail, ALERT_FROM: 'nobody' }), [{ field: 'ALERT_FROM', message: /e-mail address/ }])
  t.match(wrong({ ...mail, SMTP_URL: 'mail.example' }), [{ field: 'SMTP_URL', message: /smtps:/ }])
})
