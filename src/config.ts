// Every setting, read once from the environment. All problems are reported at once, one line per variable, with the
// value as it was typed if the setting says that it is not a secret (setting.ts).

import { z } from 'zod'
import { attempt } from './core/attempt.ts'
import { BridgeError, type Problem } from './core/errors.ts'
import { nearest } from './core/nearest.ts'
import { address, httpAddress, typed, word } from './core/setting.ts'

export type Environment = Record<string, string | undefined>

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .refine(value => value >= min && value <= max, `expected a number from ${min} to ${max}`)

const yesOrNo = z.enum(['true', 'false'], 'expected true or false').transform(text => text === 'true')

const webAddress = httpAddress.refine(
  text => URL.parse(text)?.password === '',
  'expected an address without a password in it'
)

const mailExpected = 'expected an e-mail address'

const onAmount = z.enum(['hold', 'dismiss', 'deliver'], 'expected hold, dismiss or deliver')

const timeZone = z.string().refine(isTimeZone, 'expected a time zone such as Europe/Amsterdam')

// A misspelt time zone is not short, and has no digits.
const likeTimeZone = /^[A-Za-z_+-]{1,20}(\/[A-Za-z_+-]{1,20}){0,2}$/

const day = 24 * 60 * 60_000

// A dead process can write nothing more, but its kernel goes on sending what it wrote for minutes.
const inheritedFactor = 5

export const realPortalUrl = 'https://api.mijnklantportaal.nl/v1'

const isPostgres = (text: string): boolean => /^postgres(ql)?:\/\//i.test(text)

/** In a password that is not encoded, `#`, `/` and `?` end the host, so that it would be shown as one. */
const isWhole = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && url.hash === '' && !/@/.test(url.pathname + url.search) && !url.host.includes(',')
}

/** The bridge's own settings; each tool adds its share. */
export const settings = z.object({
  HOST: word(z.string().default('127.0.0.1')),
  PORT: word(wholeNumber(0, 65_535).default(8080)),
  METRICS_PORT: word(wholeNumber(0, 65_535).optional()),
  PUBLIC_URL: address(webAddress.optional()),
  TRUST_PROXY_HEADER: word(
    z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header')
      .transform(name => name.toLowerCase())
      .optional()
  ),
  PORTAL_TOKEN: z
    .string('expected the API key of the portal (portal: Settings > API Keys)')
    .regex(/^[\x21-\x7e]+$/, 'expected the key alone, without a space or a letter that no key has'),
  PORTAL_URL: address(webAddress.default(realPortalUrl)),
  PORTAL_REQUESTS_PER_MINUTE: word(wholeNumber(1, 100_000).default(60)),
  PORTAL_TIMEOUT_MS: word(wholeNumber(100, 600_000).default(30_000)),
  PORTAL_SETTLE_MS: word(wholeNumber(1000, day).default(60_000)),
  PORTAL_SETTLE_INHERITED_MS: word(wholeNumber(1000, 7 * day).optional()),
  PORTAL_TIME_ZONE: word(timeZone.default('Europe/Amsterdam'), likeTimeZone),
  SEND_NOTIFICATION: word(
    z
      .enum(['true', 'false'], 'expected true or false: whether the portal mails the customer')
      .transform(text => text === 'true')
  ),
  NOTIFY_WITHIN_DAYS: word(wholeNumber(0, 36_500).default(7)),
  CATCH_UP_MINUTES: word(wholeNumber(0, 7 * 24 * 60).optional()),
  REVIEW: word(yesOrNo.default(false)),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .string()
    .refine(isPostgres, 'expected an address that begins with postgres://')
    .refine(
      text => !isPostgres(text) || isWhole(text),
      'expected one host, and special characters of the password percent-encoded: # as %23'
    )
    .optional(),
  DATABASE_POOL: word(wholeNumber(2, 100).default(5)),
  DATABASE_TIMEOUT_MS: word(wholeNumber(100, 600_000).default(5000)),
  WORKER_CONCURRENCY: word(wholeNumber(1, 64).default(4)),
  RETRY_FIRST_MS: word(wholeNumber(10, day).default(5000)),
  RETRY_LONGEST_MS: word(wholeNumber(10, 7 * day).default(3_600_000)),
  RETRY_FOR_HOURS: word(wholeNumber(1, 24 * 365).default(72)),
  PDF_BYTES_MAX: word(wholeNumber(1000, 200_000_000).default(20_000_000)),
  PDF_TIMEOUT_MS: word(wholeNumber(100, 3_600_000).default(60_000)),
  ALLOW_PRIVATE_ADDRESSES: word(yesOrNo.default(false)),
  CUSTOMER_MATCH: word(z.enum(['email', 'off'], 'expected email or off').default('email')),
  CUSTOMER_CREATE: word(yesOrNo.default(false)),
  CREDIT_NOTES: word(onAmount.default('hold')),
  ZERO_AMOUNTS: word(onAmount.default('dismiss')),
  RETENTION_DAYS: word(wholeNumber(1, 36_500).default(90)),
  // Anyone who knows it can post there.
  ALERT_URL: webAddress.optional(),
  SMTP_URL: z
    .string()
    .refine(text => /^smtps?:\/\/./.test(URL.parse(text)?.href ?? ''), 'expected an address that begins with smtps://')
    .optional(),
  ALERT_EMAIL: z.string().refine(isMail, mailExpected).optional(),
  ALERT_FROM: z.string().refine(isMail, mailExpected).optional(),
  SUMMARY: word(z.enum(['off', 'daily', 'weekly'], 'expected off, daily or weekly').default('off')),
  LANGUAGE: word(z.enum(['nl', 'en'], 'expected nl or en').default('en')),
  OPERATOR_TOKEN: z
    .string('expected a text of at least 16 characters that only you know')
    .min(16, 'expected at least 16 characters')
    .regex(/^[\x20-\x7e]+$/, 'expected letters without accents, digits and common signs: it travels in a header'),
  OPERATOR_READ_TOKEN: z
    .string()
    .min(16, 'expected at least 16 characters')
    .regex(/^[\x20-\x7e]+$/, 'expected letters without accents, digits and common signs: it travels in a header')
    .optional(),
  HIDE_PERSONAL: word(yesOrNo.default(false)),
  FLY_APP_NAME: z.string().optional(),
  FLY_MACHINE_ID: z.string().optional()
})

export type Settings = z.output<typeof settings>

export type Config = Readonly<Settings & { PUBLIC_URL: string; PORTAL_SETTLE_INHERITED_MS: number }> & {
  /** PUBLIC_URL if it is set, or the address as the platform knows it; undefined if only a guess is left. */
  readonly publicAddress: string | undefined
  /** Each tool's settings, null where none of them is set. */
  readonly tools: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>
}

export const readConfig = (env: Environment, toolSettings: Readonly<Record<string, z.ZodObject>>): Config => {
  const given = givenIn(env)
  const problems: Problem[] = unreadFiles(given, [settings, ...Object.values(toolSettings)])

  const parse = <S extends z.ZodObject>(schema: S): z.output<S> | undefined => {
    const parsed = schema.safeParse(given)
    if (parsed.success) return parsed.data
    const found = parsed.error.issues.map(issue => problemOf(issue, given, schema))
    problems.push(...found.filter(({ field }, at) => found.findIndex(first => first.field === field) === at))
    return undefined
  }

  const core = parse(settings)
  // Checked whatever else is wrong, so that one start reports everything.
  problems.push(...contradictions(given).map(problem => withTyped(problem, given, settings)))
  const tools: Record<string, Readonly<Record<string, unknown>> | null> = {}
  for (const [tool, schema] of Object.entries(toolSettings)) {
    const on = Object.keys(schema.shape).some(name => name in given)
    tools[tool] = on ? Object.freeze(parse(schema) ?? {}) : null
  }
  if (!core || problems.length > 0) throw new BridgeError('CONFIG_INVALID', undefined, { problems })
  return Object.freeze({
    ...core,
    ...addresses(core),
    PORTAL_SETTLE_INHERITED_MS: core.PORTAL_SETTLE_INHERITED_MS ?? core.PORTAL_SETTLE_MS * inheritedFactor,
    tools: Object.freeze(tools)
  })
}

/** One tool's settings alone: for a command that speaks as the tool would. */
export const readSettings = <S extends z.ZodObject>(env: Environment, schema: S): z.output<S> => {
  const given = givenIn(env)
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(issue => problemOf(issue, given, schema))
  throw new BridgeError('CONFIG_INVALID', undefined, { problems })
}

/** The zone of the portal's dates; all times that a person reads are in it. */
export const readTimeZone = (env: Environment): string =>
  readSettings(env, settings.pick({ PORTAL_TIME_ZONE: true })).PORTAL_TIME_ZONE

// Names that a secret of the bridge may have: no other program's file is read.
const fileOf = /^(\w+_(?:TOKEN|SECRET|KEY|URL|PASSWORD))_FILE$/

/** Sets variables from files, as platforms hand out secrets: `PORTAL_TOKEN_FILE` for `PORTAL_TOKEN`. */
export const takeFiles = (env: Environment, readFile: (path: string) => string): void => {
  for (const [file, path] of Object.entries(env)) {
    const name = fileOf.exec(file)?.[1]
    if (name === undefined || !path?.trim() || env[name]?.trim()) continue
    const text = attempt(() => readFile(path.trim()))
    if (text !== undefined) env[name] = text.trim()
  }
}

/** A file that could not be read, or is empty, would only make its setting seem to be missing. */
const unreadFiles = (given: Environment, schemas: z.ZodObject[]): Problem[] =>
  schemas.flatMap(({ shape }) =>
    Object.keys(shape)
      .filter(name => `${name}_FILE` in given && !(name in given))
      .map(name => ({ field: `${name}_FILE`, message: 'the file cannot be read, or is empty' }))
  )

/** An empty variable counts as not set: that is how people switch one off. */
const givenIn = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])))

/** On Fly the platform knows the public address and the header that carries the client's. */
const addresses = ({ PUBLIC_URL, TRUST_PROXY_HEADER, FLY_APP_NAME, HOST, PORT }: Settings) => {
  const publicAddress = PUBLIC_URL ?? (FLY_APP_NAME ? `https://${FLY_APP_NAME}.fly.dev` : undefined)
  return {
    publicAddress,
    PUBLIC_URL: publicAddress ?? `http://${HOST}:${PORT}`,
    TRUST_PROXY_HEADER: TRUST_PROXY_HEADER ?? (FLY_APP_NAME ? 'fly-client-ip' : undefined)
  }
}

/** What cannot be read is a problem of its own: nothing is compared with it. */
const contradictions = (given: Environment): Problem[] => {
  const found: Problem[] = []
  const read = <S extends z.ZodObject>(schema: S): z.output<S> | undefined => schema.safeParse(given).data

  const settle = read(
    settings.pick({ PORTAL_TIMEOUT_MS: true, PORTAL_SETTLE_MS: true, PORTAL_SETTLE_INHERITED_MS: true })
  )
  if (settle) {
    // A look that comes before the request itself has given up proves nothing.
    const settleMsMin = settle.PORTAL_TIMEOUT_MS + 1000
    if (settle.PORTAL_SETTLE_MS < settleMsMin) {
      found.push({
        field: 'PORTAL_SETTLE_MS',
        message: `expected at least PORTAL_TIMEOUT_MS + 1000, which is ${settleMsMin}`
      })
    }
    if ((settle.PORTAL_SETTLE_INHERITED_MS ?? Number.POSITIVE_INFINITY) < settle.PORTAL_SETTLE_MS)
      found.push({ field: 'PORTAL_SETTLE_INHERITED_MS', message: 'expected at least PORTAL_SETTLE_MS' })
  }

  const ports = read(settings.pick({ PORT: true, METRICS_PORT: true }))
  if (ports && ports.PORT > 0 && ports.METRICS_PORT === ports.PORT)
    found.push({ field: 'METRICS_PORT', message: 'expected another port than PORT, which is public' })

  const retry = read(settings.pick({ RETRY_FIRST_MS: true, RETRY_LONGEST_MS: true }))
  if (retry && retry.RETRY_LONGEST_MS < retry.RETRY_FIRST_MS)
    found.push({ field: 'RETRY_LONGEST_MS', message: 'expected at least RETRY_FIRST_MS' })

  const mail = read(settings.pick({ SMTP_URL: true, ALERT_EMAIL: true, SUMMARY: true }))
  if (mail) {
    if ((mail.SMTP_URL === undefined) !== (mail.ALERT_EMAIL === undefined)) {
      const [set, missing] = mail.SMTP_URL === undefined ? ['ALERT_EMAIL', 'SMTP_URL'] : ['SMTP_URL', 'ALERT_EMAIL']
      found.push({ field: missing as string, message: `missing; ${set} alone sends no mail` })
    }
    if (mail.SUMMARY !== 'off' && mail.SMTP_URL === undefined)
      found.push({ field: 'SMTP_URL', message: 'missing; SUMMARY is sent by mail' })
  }
  return found
}

const problemOf = ({ path, message }: z.core.$ZodIssue, given: Environment, schema: z.ZodObject): Problem => {
  const field = String(path[0])
  if (!(field in given)) return { field, message: `missing; ${message}` }
  return withTyped({ field, message }, given, schema)
}

/** With what was typed, where that may be shown. */
const withTyped = ({ field, message }: Problem, given: Environment, { shape }: z.ZodObject): Problem => {
  const value = given[field]
  const shown = value === undefined ? null : typed(shape[field] as z.ZodType, value)
  return { field, message: shown === null ? message : `${message}, not ${shown}` }
}

function isMail(text: string): boolean {
  return text.split(',').every(address => /^[^\s@<>"]+@[^\s@<>"]+$/.test(address.trim()))
}

function isTimeZone(name: string): boolean {
  return attempt(() => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)) !== undefined
}

// Set by the platform, or too much like other programs' variables: a misspelt name does not mean these.
const notMeant = ['FLY_APP_NAME', 'FLY_MACHINE_ID', 'DATABASE_URL']

// For the command line only; not a setting of the bridge.
const askingOnly = ['FACTUURBRUG_URL']

/**
 * An environment is full of other programs' names, and people stop reading a warning that they cannot end. So a long
 * name may have two typos, a shorter one may have one, HOST and PORT none (HOME is two away, PORTS one), and no name
 * may have one in its first letter: people hardly ever mistype that, while PREVIEW is a word of its own.
 */
const slipsMax = (letters: number): number => (letters < 6 ? 0 : letters < 12 ? 1 : 2)

export type Misspelt = { name: string; meant: string }

/** Variables whose name is not a setting's, but nearly one's. */
export const misspelt = (env: Environment, toolSettings: Readonly<Record<string, z.ZodObject>>): Misspelt[] => {
  const schemas = [settings, ...Object.values(toolSettings)]
  const known = [...schemas.flatMap(({ shape }) => Object.keys(shape)), ...askingOnly]
  const mayBeMeant = known.filter(name => !notMeant.includes(name))
  return Object.keys(givenIn(env))
    .filter(name => /^\w+$/.test(name) && !known.includes(name))
    .flatMap(name => {
      const alike = mayBeMeant.filter(candidate => candidate[0] === name[0]?.toUpperCase())
      const meant = nearest(name, alike, slipsMax)
      return meant ? [{ name, meant }] : []
    })
}

/** Where a person sets them. */
export type Surroundings = {
  /** The folder that the bridge was started from, and whether a .env is in it. */
  folder: string
  hasFile: boolean
  /** The name of the app on Fly, if the bridge runs there. */
  flyApp: string | undefined
}

/** What is wrong, and where each variable is set. */
export const explainProblems = (problems: readonly Problem[], surroundings: Surroundings): string =>
  [
    'Factuurbrug cannot go on: these settings are missing or wrong.',
    ...problems.map(({ field, message }) => `  ${field}: ${message}`),
    whereToSet(problems, surroundings)
  ].join('\n')

const whereToSet = (problems: readonly Problem[], { folder, hasFile, flyApp }: Surroundings): string => {
  if (flyApp) return `Set them with \`fly secrets set --app ${flyApp} NAME=value\`; .env.example explains each.`
  if (hasFile || !problems.some(({ message }) => message.startsWith('missing')))
    return 'Set them in .env, or on Fly with `fly secrets set NAME=value`; .env.example explains each.'
  return `There is no .env in ${folder}. In the folder of Factuurbrug run \`cp .env.example .env\`, and fill in its first block.`
}
